"""A Stripe account as a comparison reads it. Asks Stripe; compares nothing."""

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from stripe_subscription_handler.comparison import lists
from stripe_subscription_handler.conversation.messages import Fetch, Fetched
from stripe_subscription_handler.events.objects import read_object
from stripe_subscription_handler.events.selection import Selection
from stripe_subscription_handler.stripe_side.api import Page, Snapshot, StripeApi

_INVOICES = 10
"""So many of a subscription's newest invoices are looked at for one that tells a payment."""


@attrs.frozen
class Account:
    """A Stripe account, and what is read of its objects.

    Attributes:
        with_invoices: Whether each subscription's newest invoice is read with it, for which the key must be
            allowed to read invoices.
    """

    api: StripeApi
    selection: Selection
    with_invoices: bool = False

    def subscriptions(self, after: str | None = None, customer_id: str | None = None) -> Iterable[Page]:
        return lists.subscriptions(self.api, after, customer_id, with_invoices=self.with_invoices)

    def subscriptions_of(self, customer_ids: Iterable[str], test_clock_ids: Iterable[str]) -> Iterable[Page]:
        """Those of customers and of test clocks alone, each as the only ones there are."""
        for customer_id in customer_ids:
            yield from self.subscriptions(customer_id=customer_id)
        for test_clock_id in test_clock_ids:
            yield from lists.subscriptions(
                self.api, test_clock_id=test_clock_id, with_invoices=self.with_invoices
            )

    def failures(self, since: int) -> Iterable[Page]:
        """The events of failed attempts to collect an invoice, from a second on, newest first."""
        return lists.failures(self.api, since)

    def subscription(self, subscription_id: str) -> Snapshot | None:
        return self.api.fetch_subscription(subscription_id, with_invoice=self.with_invoices)

    def checkout_session(self, session_id: str) -> Snapshot | None:
        return self.api.fetch_checkout_session(session_id)

    def current(self, asked: Fetch) -> Fetched:
        """A subscription or a customer as it is now, as far as it tells whose it is."""
        snapshot = self.api.fetch_fresh(asked.subject, asked.object_id, "")
        if snapshot is None:
            return Fetched(None, "")
        found = read_object(asked.subject, snapshot.object, snapshot.as_of, self.selection)
        return Fetched(found, snapshot.as_of)

    def events(self, since: int, after: str | None) -> Iterable[Page]:
        return lists.events(self.api, since, after)

    def invoices(self, subscription_id: str) -> tuple[dict[str, Any], ...]:
        """A subscription's newest invoices, newest first."""
        query = (("subscription", subscription_id), ("limit", str(_INVOICES)))
        return self.api.fetch_page("invoices", query).objects

    def failed_attempts(self, invoice: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
        """The events of an invoice's failed attempts, newest first, as far as Stripe still lists them."""
        return lists.failed_attempts(self.api, invoice)
