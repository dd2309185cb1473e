"""Turns references into whole objects, where the simulated account has Stripe expand them. Pure.

`previous_attributes` are made before this step, so old references stay ids there.
"""

from stripe_handler_cli.lab.simulator.api_versions import ApiVersion
from stripe_handler_cli.lab.simulator.people import payment_method
from stripe_handler_cli.lab.simulator.render_invoices import invoice_object
from stripe_handler_cli.lab.simulator.render_parts import product
from stripe_handler_cli.lab.simulator.render_subscriptions import customer_object, subscription_object
from stripe_handler_cli.lab.simulator.state import CheckoutSession, Invoice, Json, Subscription

EXPANDABLE = ("customer", "latest_invoice", "product", "subscription")
"""References that an account's events may carry as whole objects; with the customer comes their card."""


def expand_subscription(
    body: Json,
    subscription: Subscription,
    latest: Invoice | None,
    expanded: frozenset[str],
    version: ApiVersion,
) -> None:
    """Expand the references of a rendered subscription, in place."""
    if "customer" in expanded:
        body["customer"] = customer_object(subscription.customer, version)
        card = body.get("default_payment_method")
        if card is not None:
            body["default_payment_method"] = payment_method(card, subscription.customer)
    if "latest_invoice" in expanded and latest is not None and body.get("latest_invoice"):
        body["latest_invoice"] = invoice_object(latest, version)
    if "product" in expanded and version.has_products:
        for item in body["items"]["data"]:
            for sold in (item["plan"], item.get("price")):
                if sold is not None:
                    sold["product"] = product(
                        sold["product"], version, livemode=subscription.customer.livemode
                    )


def expand_invoice(body: Json, invoice: Invoice, expanded: frozenset[str], version: ApiVersion) -> None:
    """Expand the references of a rendered invoice, in place."""
    if "customer" in expanded:
        body["customer"] = customer_object(invoice.customer, version)
    if "subscription" in expanded and invoice.subscription is not None:
        whole = subscription_object(invoice.subscription, version)
        if version.has_parents:
            body["parent"]["subscription_details"]["subscription"] = whole
        else:
            body["subscription"] = whole


def expand_session(
    body: Json, session: CheckoutSession, expanded: frozenset[str], version: ApiVersion
) -> None:
    """Expand the references of a rendered checkout session, in place."""
    if "customer" in expanded:
        body["customer"] = customer_object(session.customer, version)
    if "subscription" in expanded:
        body["subscription"] = subscription_object(session.subscription, version)
