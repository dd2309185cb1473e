"""A Stripe account as a comparison reads it. Asks Stripe; compares nothing."""

from collections.abc import Iterable
from typing import Any

import attrs

from stripe_subscription_handler.comparison import lists
from stripe_subscription_handler.conversation.messages import Fetch, Fetched
from stripe_subscription_handler.events.objects import read_object
from stripe_subscription_handler.events.selection import Selection
from stripe_subscription_handler.stripe_side.api import Page, Snapshot, StripeApi


@attrs.frozen
class Account:
    """A Stripe account, and what is read of its objects."""

    api: StripeApi
    selection: Selection

    def subscriptions(self, after: str | None = None, customer_id: str | None = None) -> Iterable[Page]:
        return lists.subscriptions(self.api, after, customer_id)

    def subscription(self, subscription_id: str) -> Snapshot | None:
        return self.api.fetch_subscription(subscription_id)

    def current(self, asked: Fetch) -> Fetched:
        """A subscription or a customer as it is now, as far as it tells whose it is."""
        snapshot = self.api.fetch_fresh(asked.subject, asked.object_id, "")
        if snapshot is None:
            return Fetched(None, "")
        found = read_object(asked.subject, snapshot.object, snapshot.as_of, self.selection)
        return Fetched(found, snapshot.as_of)

    def events(self, since: int, after: str | None) -> Iterable[Page]:
        return lists.events(self.api, since, after)

    def newest_payment_events(self, subscription_id: str, invoices: int) -> Iterable[dict[str, Any]]:
        """The payment events of a subscription's newest invoices, as far as Stripe still lists them."""
        query = (("subscription", subscription_id), ("limit", str(invoices)))
        for invoice in self.api.fetch_page("invoices", query).objects:
            yield from lists.payment_events(self.api, invoice)
