"""A completed checkout session, in the current shape; older ones told the same in the same places. Pure."""

from stripe_handler_cli.lab.simulator.catalogue import CURRENCY
from stripe_handler_cli.lab.simulator.people import person
from stripe_handler_cli.lab.simulator.state import CheckoutSession, Json


def session_object(session: CheckoutSession) -> Json:
    """The session object, with references as ids."""
    amount = sum(item.price.amount * (item.quantity or 0) for item in session.subscription.items)
    return {
        "id": session.id,
        "object": "checkout.session",
        "amount_subtotal": amount,
        "amount_total": amount,
        "cancel_url": "https://example.com/cancel",
        "client_reference_id": session.client_reference_id,
        "created": session.created,
        "currency": CURRENCY,
        "customer": session.customer.id,
        "customer_details": {**person(session.customer).contact, "tax_exempt": "none", "tax_ids": []},
        "customer_email": None,
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
