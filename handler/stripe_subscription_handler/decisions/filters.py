"""Whether a subscription of the Stripe account is ours, or another app's. Pure."""

from stripe_subscription_handler.decisions.view_settings import ViewSettings
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.events.invoices import Invoice
from stripe_subscription_handler.events.subscriptions import Subscription


def is_ours(subscription: Subscription, shows: ViewSettings) -> bool:
    """Whether a subscription, in this state, is ours.

    A key of the metadata that was not read, because the settings did not name it then, decides nothing.
    """
    if not shows.has_filter:
        return True
    return _has_product(
        frozenset(item.product_id for item in subscription.items if item.product_id is not None), shows
    ) and _has_metadata(subscription.metadata, shows)


def may_be_ours(event: StripeEvent, shows: ViewSettings) -> bool:
    """Whether an event may be about a subscription that is ours, or was ours until then."""
    if not shows.has_filter:
        return True
    if event.subscription is not None or event.alongside is not None:
        states = (event.subscription, event.before, event.alongside)
        return any(state is not None and is_ours(state, shows) for state in states)
    return event.invoice is None or _bills_ours(event.invoice, shows)


def _bills_ours(invoice: Invoice, shows: ViewSettings) -> bool:
    has_product = invoice.product_ids is None or _has_product(invoice.product_ids, shows)
    return has_product and (invoice.metadata is None or _has_metadata(invoice.metadata, shows))


def _has_product(product_ids: frozenset[str], shows: ViewSettings) -> bool:
    return not shows.handled_product_ids or not shows.handled_product_ids.isdisjoint(product_ids)


def _has_metadata(metadata: tuple[tuple[str, str | None], ...], shows: ViewSettings) -> bool:
    return all(shows.required_metadata.get(key, value) == value for key, value in metadata)
