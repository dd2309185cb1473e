"""A completed checkout session as each API version shows it. Pure."""

from stripe_handler_cli.lab.simulator.api_versions import ApiVersion
from stripe_handler_cli.lab.simulator.catalogue import CURRENCY
from stripe_handler_cli.lab.simulator.people import person
from stripe_handler_cli.lab.simulator.render_quiet import automatic_tax, quiet
from stripe_handler_cli.lab.simulator.state import CheckoutSession, Json

_LONGEST_SECONDS = 86_400
"""A session expires a day after it was opened."""


def session_object(session: CheckoutSession, version: ApiVersion) -> Json:
    """The session object, with references as ids."""
    amount = sum(item.price.amount * (item.quantity or 0) for item in session.subscription.items)
    payer = {**person(session.customer).contact, "tax_exempt": "none", "tax_ids": []}
    if version.has_flexible_billing:
        payer |= {"business_name": None, "individual_name": None}
    return quiet("checkout.session", version) | {
        "id": session.id,
        "object": "checkout.session",
        "amount_subtotal": amount,
        "amount_total": amount,
        "automatic_tax": automatic_tax(version),
        "cancel_url": "https://example.com/cancel",
        "client_reference_id": session.client_reference_id,
        "created": session.created,
        "currency": CURRENCY,
        "customer": session.customer.id,
        "customer_details": payer,
        "customer_email": None,
        "expires_at": session.created + _LONGEST_SECONDS,
        "invoice": session.subscription.latest_invoice,
        "livemode": session.customer.livemode,
        "locale": None,
        "metadata": dict(session.metadata),
        "mode": "subscription",
        "payment_intent": None,
        "payment_link": None,
        "payment_method_types": ["card"],
        "payment_status": "paid",
        "setup_intent": None,
        "status": "complete",
        "subscription": session.subscription.id,
        "success_url": "https://example.com/success",
        "url": None,
    }
