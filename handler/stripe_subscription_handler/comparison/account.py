"""A Stripe account as a comparison reads it. Asks Stripe; compares nothing."""

from collections.abc import Iterable
from typing import Any

import attrs

from stripe_subscription_handler.comparison import lists
from stripe_subscription_handler.events.subscriptions import Subscription, read_subscription
from stripe_subscription_handler.stripe_side.api import Page, Snapshot, StripeApi


@attrs.frozen
class Account:
    """A Stripe account, and the key of the metadata that names the user."""

    api: StripeApi
    user_id_metadata_key: str

    def subscriptions(self, after: str | None = None, customer_id: str | None = None) -> Iterable[Page]:
        return lists.subscriptions(self.api, after, customer_id)

    def subscription(self, subscription_id: str) -> Snapshot | None:
        return self.api.fetch_subscription(subscription_id)

    def customer_user(self, customer_id: str) -> str | None:
        metadata = self.api.fetch_customer_metadata(customer_id) or {}
        return metadata.get(self.user_id_metadata_key) or None

    def current(self, subscription_id: str) -> Subscription | None:
        snapshot = self.subscription(subscription_id)
        if snapshot is None:
            return None
        return read_subscription(snapshot.object, "subscription", self.user_id_metadata_key)

    def events(self, since: int, after: str | None) -> Iterable[Page]:
        return lists.events(self.api, since, after)

    def newest_payment_events(self, subscription_id: str, invoices: int) -> Iterable[dict[str, Any]]:
        """The payment events of a subscription's newest invoices, as far as Stripe still lists them."""
        query = (("subscription", subscription_id), ("limit", str(invoices)))
        for invoice in self.api.fetch_page("invoices", query).objects:
            yield from lists.payment_events(self.api, invoice)
