"""What a subscription event does to its owner's item. Pure; called by `decide` only."""

from collections.abc import Mapping
from typing import Any

import attrs

from stripe_subscription_handler.decisions.claims import KEY, Claim
from stripe_subscription_handler.decisions.compaction import is_closed, is_outlived, may_be_forgotten
from stripe_subscription_handler.decisions.conditions import Absent, AllOf, AnyOf, Condition, Equal, Less
from stripe_subscription_handler.decisions.decision import NoProfile, ReadItem, Reason, Refetch, Skip, Write
from stripe_subscription_handler.decisions.filters import is_ours
from stripe_subscription_handler.decisions.ledger import (
    CLAIM,
    LIVE,
    NOTHING,
    OTHERS,
    REGISTER,
    REVISION,
    SETTINGS,
    UNLINKED,
    Held,
    Ledger,
    subscription_attribute,
)
from stripe_subscription_handler.decisions.merging import MOST_CANDIDATES, merged, settle
from stripe_subscription_handler.decisions.naming import reported_version
from stripe_subscription_handler.decisions.payments import Payment
from stripe_subscription_handler.decisions.policy import Circumstances
from stripe_subscription_handler.decisions.registers import VERSION, Candidate, Register
from stripe_subscription_handler.decisions.view import NEXT_ATTEMPT, alone_view
from stripe_subscription_handler.decisions.writes import blind_write, full_write, made_by
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.events.event_types import SUBSCRIPTION_EVENTS, Rank
from stripe_subscription_handler.events.subscriptions import Subscription
from stripe_subscription_handler.value import Value


@attrs.frozen(repr=False)
class SubscriptionChange(Value):
    """A subscription event, its owner known, ready to be decided.

    Attributes:
        claim: Why it is this user's, where that is to be written down; None: what is written down stands.
        brought: What another item held of the subscription, which comes along with it.
    """

    event_id: str
    second: str
    rank: Rank
    version: str
    subscription: Subscription
    before: Subscription | None
    owner: str
    claim: Claim | None
    brought: Held
    circumstances: Circumstances

    @classmethod
    def of(
        cls,
        event: StripeEvent,
        subscription: Subscription,
        owner: str,
        claim: Claim | None,
        brought: Held,
        circumstances: Circumstances,
    ) -> "SubscriptionChange":
        is_snapshot = event.as_of is not None
        return cls(
            event.id,
            event.as_of or event.created,
            Rank.SNAPSHOT if is_snapshot else SUBSCRIPTION_EVENTS[event.type],
            reported_version(event, subscription),
            subscription,
            None if is_snapshot else event.before,
            owner,
            claim,
            brought,
            circumstances,
        )

    def blind(self) -> Write | ReadItem:
        """The write that is right in the common case: a new user, or the primary subscription goes on."""
        subscription, shows = self.subscription, self.circumstances.policy.shows
        is_first = self.rank is Rank.CREATED
        if not is_ours(subscription, shows) or (is_first and subscription.is_terminal):
            return ReadItem(self.owner)
        if self.circumstances.paid is not None:
            return ReadItem(self.owner)  # which of two payments is newer, the item tells
        if not is_first and subscription.status == "past_due" and shows.limits_past_due:
            return ReadItem(self.owner)  # until when it gives access depends on the newest invoice
        only, name = frozenset({subscription.id}), subscription_attribute(subscription.id)
        parts = Held(self._register(), claim=self.claim).parts()
        if is_first:
            return blind_write(
                self.owner,
                {key: value for key, value in made_by(shows).items() if value is not None}
                | {name: parts, LIVE: only}
                | alone_view(subscription, shows),
                conditions=(Absent(("subscriptionId",)), Absent((REVISION,))),
                policy=self.circumstances.policy,
                enters=True,
            )
        # One that lives is better than any dead one. One that has died is shown if there is no other.
        ends = subscription.is_terminal
        changed: dict[str, Any] = {LIVE: None, OTHERS: only, NEXT_ATTEMPT: None} if ends else {}
        return blind_write(
            self.owner,
            changed | alone_view(subscription, shows),
            conditions=(
                Equal(("subscriptionId",), subscription.id),
                Less((name, REGISTER, VERSION), parts[REGISTER][VERSION]),
                Absent((name, CLAIM, UNLINKED)),
                _knows_no_other(only) if ends else Equal((LIVE,), only),
                Equal((SETTINGS,), shows.fingerprint),
                # Only what Stripe was asked for can be newer than the state that is written down.
                *((Less((name, CLAIM, KEY), parts[CLAIM][KEY]),) if self.claim else ()),
            ),
            policy=self.circumstances.policy,
            parts={(name, part): value for part, value in parts.items()},
        )

    def with_item(self, item: Mapping[str, Any] | None) -> Write | Skip | Refetch | NoProfile:
        if item is None and not self.circumstances.policy.create_missing_profile:
            return NoProfile(self.owner)
        ledger, subscription = Ledger.from_item(item), self.subscription
        if is_closed(ledger, subscription.id):
            return Skip(Reason.CLOSED)
        if self.brought == NOTHING and may_be_forgotten(ledger, subscription.id, subscription.created):
            if self.rank is not Rank.SNAPSHOT:
                return Refetch(subscription.id, self.second)
            if is_outlived(ledger, subscription, self.circumstances.policy.shows):
                return Skip(Reason.CLOSED)
        return self._compared(item, ledger)

    def _compared(self, item: Mapping[str, Any] | None, ledger: Ledger) -> Write | Skip | Refetch:
        held = merged(ledger.of(self.subscription.id), self.brought)
        seen = held.register
        if seen is None or seen.version < self.version:
            reason = Reason.REFETCHED if self.rank is Rank.SNAPSHOT else None
            return self._write(item, ledger, held, self._register(), reason)
        if seen.version > self.version:
            return self._unless_stale(item, ledger, held, Reason.STALE)
        if self.rank is not Rank.UPDATED or self.event_id in seen.candidates:
            return self._unless_stale(item, ledger, held, Reason.DUPLICATE)
        candidates = {**seen.candidates, self.event_id: Candidate(self.subscription, self.before)}
        state, certain = settle(candidates)
        if not (certain and len(candidates) <= MOST_CANDIDATES) and not self.circumstances.may_guess:
            return Refetch(self.subscription.id, self.second)
        register = attrs.evolve(seen, subscription=state, candidates=candidates)
        return self._write(item, ledger, held, register, Reason.TIE_SETTLED)

    def _unless_stale(
        self, item: Mapping[str, Any] | None, ledger: Ledger, held: Held, reason: Reason
    ) -> Write | Skip:
        """What an event does whose state is not newer: it may still say better whose the subscription is.

        Or the payment is newer that comes along with it.
        """
        if self.claim is None and self.brought == NOTHING:
            if self._payment(held) == held.payment:
                return Skip(reason)
            return self._write(item, ledger, held, held.register, reason)
        return self._write(item, ledger, held, held.register, Reason.CLAIMED)

    def _payment(self, held: Held) -> Payment | None:
        paid = self.circumstances.paid
        return held.payment if paid is None else Payment.told_by(paid, held.payment)

    def _write(
        self,
        item: Mapping[str, Any] | None,
        ledger: Ledger,
        held: Held,
        register: Register | None,
        reason: Reason | None,
    ) -> Write:
        before = ledger.of(self.subscription.id)
        linked = self.circumstances.linked if before == NOTHING else before.linked
        held = Held(register, self._payment(held), self.claim or held.claim, linked)
        after = ledger.with_held(self.subscription.id, held)
        return full_write(self.owner, item, after, self.subscription.id, self.circumstances.policy, reason)

    def _register(self) -> Register:
        is_update = self.rank is Rank.UPDATED
        candidates = {self.event_id: Candidate(self.subscription, self.before)} if is_update else {}
        return Register(self.version, self.second, self.subscription, candidates)


def _knows_no_other(only: frozenset[str]) -> Condition:
    """That an item knows one subscription alone, whether or not it has ended."""
    lives = AllOf((Equal((LIVE,), only), Absent((OTHERS,))))
    return AnyOf((lives, AllOf((Equal((OTHERS,), only), Absent((LIVE,))))))
