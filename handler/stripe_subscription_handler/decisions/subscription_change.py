"""What a subscription event does to an item. Pure; called by `decide` only."""

from collections.abc import Mapping
from typing import Any

import attrs

from stripe_subscription_handler.decisions.compaction import is_closed, is_outlived, may_be_forgotten
from stripe_subscription_handler.decisions.conditions import Absent, AnyOf, AtMost, Condition, Equal, Less
from stripe_subscription_handler.decisions.decision import (
    NoProfile,
    OwnerLink,
    ReadItem,
    Reason,
    Refetch,
    Skip,
    Write,
)
from stripe_subscription_handler.decisions.ledger import (
    KNOWN,
    Candidate,
    Ledger,
    Register,
    primary_key,
    register_attribute,
    subscription_version,
)
from stripe_subscription_handler.decisions.policy import Circumstances
from stripe_subscription_handler.decisions.ties import MOST_CANDIDATES, settle
from stripe_subscription_handler.decisions.view import subscription_view
from stripe_subscription_handler.decisions.writes import blind_write, full_write
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.events.event_types import SUBSCRIPTION_EVENTS, Rank
from stripe_subscription_handler.events.subscriptions import Subscription


def reported_version(event: StripeEvent, subscription: Subscription) -> str:
    if event.as_of is not None:
        return subscription_version(subscription, event.as_of, Rank.SNAPSHOT)
    return subscription_version(subscription, event.created, SUBSCRIPTION_EVENTS[event.type])


@attrs.frozen
class SubscriptionChange:
    """A subscription event, its owner filled in, ready to be decided."""

    event_id: str
    rank: Rank
    second: str
    subscription: Subscription
    before: Subscription | None
    owner: str
    circumstances: Circumstances

    @classmethod
    def of(
        cls, event: StripeEvent, subscription: Subscription, owner: str, circumstances: Circumstances
    ) -> "SubscriptionChange":
        before = event.before
        if subscription.user_id is None:
            subscription = attrs.evolve(subscription, user_id=owner)
        if before is not None and before.user_id is None:
            # Metadata added later tells who it was all along; it is not a change of owner.
            before = attrs.evolve(before, user_id=subscription.user_id)
        rank = SUBSCRIPTION_EVENTS[event.type] if event.as_of is None else Rank.SNAPSHOT
        second = event.as_of or event.created
        return cls(event.id, rank, second, subscription, before, owner, circumstances)

    @property
    def version(self) -> str:
        return subscription_version(self.subscription, self.second, self.rank)

    @property
    def _is_owners(self) -> bool:
        """Whether the item is the owner's, and not that of the user the subscription was taken from."""
        return self.subscription.user_id == self.owner

    def _register(self, *, linked: bool) -> Register:
        is_update = self.rank is Rank.UPDATED
        candidates = {self.event_id: Candidate(self.subscription, self.before)} if is_update else {}
        return Register(self.version, self.subscription, linked=linked, candidates=candidates)

    def _linking(self, write: Write, version: str) -> Write:
        link = OwnerLink(self.subscription.customer_id, self.subscription.id, self.owner, version)
        return attrs.evolve(write, link=link, despite_parked=self.circumstances.drained)

    def blind(self) -> Write | ReadItem:
        """The write that is right in the common case: a new user, or the primary subscription goes on."""
        if not self._is_owners:
            return ReadItem(self.owner)
        subscription = self.subscription
        name = register_attribute(subscription.id)
        is_first = self.rank is Rank.CREATED and self.circumstances.linking
        conditions: tuple[Condition, ...]
        if is_first:
            conditions = (Absent(("subscriptionId",)), Absent((KNOWN,)))
        else:
            is_alone = Equal((KNOWN,), frozenset({subscription.id}))
            conditions = (
                Equal(("subscriptionId",), subscription.id),
                Less((name, "version"), self.version),
                Equal((name, "linked"), value=True),
                AnyOf((is_alone, AtMost((name, "key"), primary_key(subscription)))),
            )
        write = blind_write(
            self.owner,
            {name: self._register(linked=True).to_attribute()} | subscription_view(subscription),
            known=subscription.id,
            conditions=conditions,
            policy=self.circumstances.policy,
        )
        if is_first:
            write = attrs.evolve(self._linking(write, self.version), reason=Reason.FIRST_EVENT)
        return write

    def with_item(self, item: Mapping[str, Any] | None) -> Write | Skip | Refetch | NoProfile:
        if item is None and not self.circumstances.policy.create_missing_profile:
            return NoProfile(self.owner)
        ledger = Ledger.from_item(item)
        subscription = self.subscription
        if is_closed(ledger, subscription.id):
            return Skip(Reason.CLOSED)
        if may_be_forgotten(ledger, subscription.id, subscription.created):
            if self.rank is not Rank.SNAPSHOT:
                return Refetch(subscription.id, self.second)
            if is_outlived(ledger, subscription, self.owner):
                return Skip(Reason.CLOSED)
        return self._compared(item, ledger)

    def _compared(self, item: Mapping[str, Any] | None, ledger: Ledger) -> Write | Skip | Refetch:
        seen = ledger.registers.get(self.subscription.id)
        if seen is None or seen.version < self.version:
            return self._write(item, ledger, self._register(linked=False))
        if seen.version > self.version:
            return self._skip(item, ledger, seen, Reason.STALE)
        if self.rank is not Rank.UPDATED or self.event_id in seen.candidates:
            return self._skip(item, ledger, seen, Reason.DUPLICATE)
        return self._tie(item, ledger, seen)

    def _tie(self, item: Mapping[str, Any] | None, ledger: Ledger, seen: Register) -> Write | Refetch:
        candidates = {**seen.candidates, self.event_id: Candidate(self.subscription, self.before)}
        settled = settle(candidates)
        certain = settled.certain and len(candidates) <= MOST_CANDIDATES
        if not certain and not self.circumstances.may_guess:
            return Refetch(self.subscription.id, self.second)
        register = attrs.evolve(seen, subscription=settled.subscription, candidates=candidates)
        return attrs.evolve(self._write(item, ledger, register), reason=Reason.TIE_SETTLED)

    def _skip(
        self, item: Mapping[str, Any] | None, ledger: Ledger, seen: Register, reason: Reason
    ) -> Write | Skip:
        # A register that was written without its link (a drained one) gets it from any event, an old one too.
        if seen.linked or not self.circumstances.linking or seen.subscription.user_id != self.owner:
            return Skip(reason)
        return attrs.evolve(self._write(item, ledger, seen), reason=Reason.LINKED)

    def _write(self, item: Mapping[str, Any] | None, ledger: Ledger, register: Register) -> Write:
        subscription_id = self.subscription.id
        seen = ledger.registers.get(subscription_id)
        was_linked = seen is not None and seen.linked
        links = self.circumstances.linking and not was_linked and self._is_owners
        register = attrs.evolve(register, linked=was_linked or links or not self._is_owners)
        after = attrs.evolve(
            ledger,
            known=ledger.known | {subscription_id},
            registers={**ledger.registers, subscription_id: register},
        )
        write = full_write(self.owner, item, after, subscription_id, self.circumstances.policy)
        if self.rank is Rank.SNAPSHOT:
            write = attrs.evolve(write, reason=Reason.REFETCHED)
        return self._linking(write, register.version) if links else write
