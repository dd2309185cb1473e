"""What an invoice event does to its owner's item. Pure; called by `decide` only."""

from collections.abc import Mapping
from typing import Any

import attrs

from stripe_subscription_handler.decisions.claims import KEY, Claim
from stripe_subscription_handler.decisions.compaction import is_closed, is_outlived, may_be_forgotten
from stripe_subscription_handler.decisions.conditions import (
    Absent,
    AnyOf,
    AtLeast,
    Condition,
    Differs,
    Equal,
    Holds,
    Less,
    Present,
)
from stripe_subscription_handler.decisions.decision import NoProfile, Reason, Refetch, Skip, Write
from stripe_subscription_handler.decisions.ledger import (
    CLAIM,
    LIVE,
    NOTHING,
    PAYMENT,
    REGISTER,
    SETTINGS,
    Held,
    Ledger,
    subscription_attribute,
)
from stripe_subscription_handler.decisions.merging import merged
from stripe_subscription_handler.decisions.payments import VERSION, Payment
from stripe_subscription_handler.decisions.policy import Circumstances
from stripe_subscription_handler.decisions.view import payment_view
from stripe_subscription_handler.decisions.writes import blind_write, full_write
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.events.invoices import Invoice
from stripe_subscription_handler.events.subscriptions import Subscription
from stripe_subscription_handler.value import Value


@attrs.frozen(repr=False)
class PaymentChange(Value):
    """An invoice event, its owner known, ready to be decided.

    Attributes:
        claim: Why the subscription is this user's, where that is to be written down.
        brought: What another item held of the subscription, which comes along with it.
    """

    subscription_id: str
    payment: Payment
    second: str
    fetched: Subscription | None
    owner: str
    claim: Claim | None
    brought: Held
    circumstances: Circumstances

    @classmethod
    def of(
        cls,
        event: StripeEvent,
        invoice: Invoice,
        owner: str,
        claim: Claim | None,
        brought: Held,
        circumstances: Circumstances,
    ) -> "PaymentChange":
        payment = Payment.of(invoice, event.plain_type, event.created)
        subscription_id = invoice.subscription_id or ""
        return cls(
            subscription_id, payment, event.created, event.fetched, owner, claim, brought, circumstances
        )

    def blind(self) -> Write:
        """The write that is right if the invoice is the primary subscription's."""
        name, payment = subscription_attribute(self.subscription_id), self.payment.to_attribute()
        return blind_write(
            self.owner,
            payment_view(self.payment, is_live=True),
            conditions=(
                Equal(("subscriptionId",), self.subscription_id),
                Present((name, REGISTER)),
                AnyOf((Absent((name, PAYMENT)), Less((name, PAYMENT, VERSION), payment[VERSION]))),
                Equal((SETTINGS,), self.circumstances.policy.shows.fingerprint),
                *self._shows_no_more(),
                *self._is_outranked(name),
            ),
            policy=self.circumstances.policy,
            parts={(name, PAYMENT): payment},
        )

    def _shows_no_more(self) -> tuple[Condition, ...]:
        # One that has ended shows no next attempt, and the access of one that is past due may end earlier.
        tries_again = self.payment.next_attempt_at is not None
        is_live = (Holds((LIVE,), self.subscription_id),) if tries_again else ()
        is_limited = self.circumstances.policy.shows.limits_past_due
        return is_live + ((Differs(("subscriptionStatus",), "past_due"),) if is_limited else ())

    def _is_outranked(self, name: str) -> tuple[Condition, ...]:
        # Otherwise the invoice says better whose the subscription is, and that must be written down too.
        return (AtLeast((name, CLAIM, KEY), self.claim.to_attribute()[KEY]),) if self.claim else ()

    def with_item(self, item: Mapping[str, Any] | None) -> Write | Skip | Refetch | NoProfile:
        if item is None and not self.circumstances.policy.create_missing_profile:
            return NoProfile(self.owner)
        ledger = Ledger.from_item(item)
        if is_closed(ledger, self.subscription_id):
            return Skip(Reason.CLOSED)
        if self.brought == NOTHING and may_be_forgotten(ledger, self.subscription_id, created=None):
            if self.fetched is None:
                return Refetch(self.subscription_id, self.second)
            if is_outlived(ledger, self.fetched, self.circumstances.policy.shows):
                return Skip(Reason.CLOSED)
        held = merged(ledger.of(self.subscription_id), self.brought)
        seen, reason = held.payment, None
        if seen is not None and seen.version >= self.payment.version:
            if self.claim is None and self.brought == NOTHING:
                return Skip(Reason.DUPLICATE if seen.version == self.payment.version else Reason.STALE)
            reason = Reason.CLAIMED
        payment = self.payment if reason is None else seen
        before = ledger.of(self.subscription_id)
        linked = self.circumstances.linked if before == NOTHING else before.linked
        held = Held(held.register, payment, self.claim or held.claim, linked)
        after = ledger.with_held(self.subscription_id, held)
        policy = self.circumstances.policy
        return full_write(self.owner, item, after, self.subscription_id, policy, reason)
