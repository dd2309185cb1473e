"""What Stripe's invoices tell of a subscription's newest payment. Asks Stripe; compares nothing.

The newest invoice comes with the subscription, in the same request. Only where that one tells no payment (it
is open, or asks for nothing), and the profile has none, are the invoices before it asked for.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

import attrs

from stripe_subscription_handler.conversation.snapshots import payment_event
from stripe_subscription_handler.events.envelope import StripeEvent, parse_event
from stripe_subscription_handler.events.selection import Selection

_FIRST = "subscription_create"
"""Why a subscription's first invoice was made: there is none before it."""
_UNPAID = frozenset({"past_due", "unpaid"})
"""Status of subscriptions whose newest invoice could not be collected."""


Attempts = Callable[[str], "Attempt | None"]
"""Tells an invoice's last failed attempt, by the invoice's id, where its event is known."""


@attrs.frozen
class Attempt:
    """A failed attempt to collect an invoice, as its event told it.

    Attributes:
        created: The event's second; ISO-8601 UTC.
        number: Which attempt it was.
    """

    created: str
    number: int


def no_attempts(_invoice_id: str) -> Attempt | None:
    """Nothing is known of attempts."""
    return None


class Invoices(Protocol):
    """Stripe's invoices."""

    def invoices(self, subscription_id: str) -> Iterable[Mapping[str, Any]]:
        """A subscription's newest, newest first."""

    def failed_attempts(self, invoice: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
        """The events of an invoice's failed attempts, newest first."""


@attrs.frozen
class NewestPayments:
    """Finds newest payments.

    Attributes:
        is_thorough: Whether all newest invoices are asked for in any case, and of a failed attempt the event,
            which tells its time. Not for whole accounts: that takes requests for each subscription.
        attempts: The attempts whose events are known beforehand.
    """

    stripe: Invoices
    selection: Selection
    is_thorough: bool = False
    attempts: Attempts = no_attempts

    def of(self, body: Mapping[str, Any], event: StripeEvent, *, is_known: bool) -> StripeEvent | None:
        """Tell the newest payment of a subscription, which is given as JSON and as the event made of it.

        `is_known` says whether the profile has a payment of it, or needs none.

        Raises:
            InvalidEventError: An invoice is malformed.
            StripeUnavailableError: Stripe did not tell.
        """
        newest = body.get("latest_invoice")
        if not self.is_thorough:
            if not isinstance(newest, Mapping):
                return None
            found = self._read(newest, body, event)
            if found is not None or is_known or newest.get("billing_reason") == _FIRST:
                return found
        listed = (self._read(one, body, event) for one in self.stripe.invoices(event.subscription_id or ""))
        return next((one for one in listed if one is not None), None)

    def _read(
        self, invoice: Mapping[str, Any], body: Mapping[str, Any], event: StripeEvent
    ) -> StripeEvent | None:
        if self.is_thorough and invoice.get("status") == "open" and invoice.get("attempted"):
            for attempt in self.stripe.failed_attempts(invoice):
                told = parse_event(attempt, self.selection)
                return attrs.evolve(told, fetched=event.subscription)
        told_of = payment_event(invoice, event, self.selection, is_unpaid=_is_unpaid(body))
        if told_of is None or told_of.invoice is None or told_of.plain_type != "invoice.payment_failed":
            return told_of
        last = self.attempts(told_of.invoice.id)
        if last is None or last.number != told_of.invoice.attempt_count:
            return told_of
        # So it is as if the event itself were told: no older, and no newer.
        return attrs.evolve(told_of, created=last.created, as_of=None)


def _is_unpaid(subscription: Mapping[str, Any]) -> bool:
    """Whether it says that its newest invoice was tried in vain, or that it ended for that."""
    details = subscription.get("cancellation_details")
    reason = details.get("reason") if isinstance(details, Mapping) else None
    return subscription.get("status") in _UNPAID or reason == "payment_failed"
