"""What one event does to one user's profile item. Pure: events and items in, decisions out.

`decide(event)` answers without having seen the item: a write whose condition covers the common case exactly.
When the condition fails, DynamoDB returns the item, and `decide(event, item)` answers from it: skip, or
recompute the whole view and write on the condition that the whole ledger is still as it was seen.
"""

import enum
from collections.abc import Mapping
from typing import Any, Final

import attrs

from stripe_subscription_handler.conditions import Absent, AllOf, AnyOf, AtMost, Condition, Equal, Less
from stripe_subscription_handler.envelope import StripeEvent
from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.event_types import INVOICE_EVENTS, SUBSCRIPTION_EVENTS, Rank
from stripe_subscription_handler.invoices import Invoice
from stripe_subscription_handler.ledger import (
    KNOWN,
    Candidate,
    Ledger,
    Payment,
    Register,
    payment_attribute,
    primary_key,
    register_attribute,
    subscription_version,
)
from stripe_subscription_handler.profile import payment_view, subscription_view, view
from stripe_subscription_handler.subscriptions import Subscription
from stripe_subscription_handler.ties import settle


class Unread(enum.Enum):
    """Marks an item that was not read, as opposed to None: an item that does not exist."""

    UNREAD = enum.auto()


UNREAD: Final = Unread.UNREAD


class Reason(enum.StrEnum):
    """Why a decision was taken; the `reason` of the log line.

    The first four write, the others skip.
    """

    FIRST_EVENT = "first_event"
    PRIMARY = "primary"
    RECOMPUTED = "recomputed"
    TIE_SETTLED = "tie_settled"
    DUPLICATE = "duplicate"
    STALE = "stale"
    UNHANDLED_TYPE = "unhandled_type"
    ONE_OFF_INVOICE = "one_off_invoice"


@attrs.frozen
class OwnerLink:
    """Says that a customer's subscription belongs to a user; written together with the profile.

    Attributes:
        customer_id: The customer, `cus_…`.
        subscription_id: The subscription, `sub_…`.
        user_id: The owner.
        version: Version of the event that says so.
    """

    customer_id: str
    subscription_id: str
    user_id: str
    version: str


@attrs.frozen
class Write:
    """One conditional write of one profile item.

    Attributes:
        user_id: Whose item.
        set: Attributes to set (plain Python values).
        remove: Attributes to remove.
        known: Subscription id to add to the item's known ids.
        condition: What must hold of the item.
        link: Owner link to write in the same transaction, or None for a plain update.
        reason: Why.
    """

    user_id: str
    set: Mapping[str, Any]
    remove: tuple[str, ...]
    known: str
    condition: Condition
    link: OwnerLink | None
    reason: Reason


@attrs.frozen
class Skip:
    """Nothing to write, and why."""

    reason: Reason


@attrs.frozen
class FindOwner:
    """The event names no user: read the customer's owner links and decide again with `user_id`.

    Attributes:
        customer_id: The customer whose links tell, or None where the event names no customer.
        subscription_id: The subscription whose owner is wanted.
        any_user: Whether a customer with exactly one user settles it: true for subscription events, while an
            invoice waits for its own subscription's owner.
    """

    customer_id: str | None
    subscription_id: str
    any_user: bool


Decision = Write | Skip | FindOwner


def decide(
    event: StripeEvent,
    item: Mapping[str, Any] | Unread | None = UNREAD,
    *,
    user_id: str | None = None,
) -> Decision:
    """Decide what an event does to a user's profile item.

    Args:
        event: The event.
        item: The item as DynamoDB returned it (plain Python values), None where there is none, or `UNREAD`.
        user_id: Whose item; the user the event names unless given.

    Returns:
        A write, a skip with its reason, or the question whose subscription it is.

    Source: section "The semantics" of docs/semantics.md.
    """
    owner = user_id or event.user_id
    if event.subscription is not None:
        if owner is None:
            return FindOwner(event.subscription.customer_id, event.subscription.id, any_user=True)
        change = _SubscriptionChange.of(event, event.subscription, owner)
        return change.blind() if item is UNREAD else change.with_item(item)
    if event.invoice is not None:
        if event.invoice.subscription_id is None:
            return Skip(Reason.ONE_OFF_INVOICE)
        if owner is None:
            return FindOwner(event.invoice.customer_id, event.invoice.subscription_id, any_user=False)
        payment = _PaymentChange.of(event, event.invoice, event.invoice.subscription_id, owner)
        return payment.blind() if item is UNREAD else payment.with_item(item)
    if event.type in SUBSCRIPTION_EVENTS or event.type in INVOICE_EVENTS:
        raise InvalidEventError("event.data.object", "is missing")
    return Skip(Reason.UNHANDLED_TYPE)


@attrs.frozen
class _SubscriptionChange:
    """A subscription event, its owner filled in, ready to be decided."""

    event_id: str
    rank: Rank
    version: str
    subscription: Subscription
    before: Subscription | None
    owner: str

    @classmethod
    def of(cls, event: StripeEvent, subscription: Subscription, owner: str) -> "_SubscriptionChange":
        rank = SUBSCRIPTION_EVENTS[event.type]
        before = event.before
        if subscription.user_id is None:
            subscription = attrs.evolve(subscription, user_id=owner)
        if before is not None and before.user_id is None:
            # Metadata added later tells who it was all along; it is not a change of owner.
            before = attrs.evolve(before, user_id=subscription.user_id)
        version = subscription_version(subscription, event.created, rank)
        return cls(event.id, rank, version, subscription, before, owner)

    @property
    def _register(self) -> Register:
        is_update = self.rank is Rank.UPDATED
        candidates = {self.event_id: Candidate(self.subscription, self.before)} if is_update else {}
        return Register(self.version, self.subscription, linked=True, candidates=candidates)

    @property
    def _link(self) -> OwnerLink:
        subscription = self.subscription
        return OwnerLink(subscription.customer_id, subscription.id, self.owner, self.version)

    def blind(self) -> Write:
        subscription = self.subscription
        name = register_attribute(subscription.id)
        if self.rank is Rank.CREATED:
            return _write(
                self.owner,
                {name: self._register.to_attribute()} | subscription_view(subscription),
                known=subscription.id,
                condition=AllOf((Absent(("subscriptionId",)), Absent((KNOWN,)))),
                link=self._link,
                reason=Reason.FIRST_EVENT,
            )
        return _write(
            self.owner,
            {name: self._register.to_attribute()} | subscription_view(subscription),
            known=subscription.id,
            condition=AllOf(
                (
                    Equal(("subscriptionId",), subscription.id),
                    Less((name, "version"), self.version),
                    Equal((name, "linked"), value=True),
                    AnyOf(
                        (
                            Equal((KNOWN,), frozenset({subscription.id})),
                            AtMost((name, "key"), primary_key(subscription)),
                        )
                    ),
                )
            ),
            reason=Reason.PRIMARY,
        )

    def with_item(self, item: Mapping[str, Any] | None) -> Write | Skip:
        ledger = Ledger.from_item(item)
        seen = ledger.registers.get(self.subscription.id)
        register, reason = self._register, Reason.RECOMPUTED
        if seen is not None and seen.version > self.version:
            return Skip(Reason.STALE)
        if seen is not None and seen.version == self.version:
            if self.rank is not Rank.UPDATED or self.event_id in seen.candidates:
                return Skip(Reason.DUPLICATE)
            candidates = {**seen.candidates, **register.candidates}
            settled = settle(candidates)
            register = attrs.evolve(register, subscription=settled.subscription, candidates=candidates)
            reason = Reason.TIE_SETTLED
        after = attrs.evolve(
            ledger,
            known=ledger.known | {self.subscription.id},
            registers={**ledger.registers, self.subscription.id: register},
        )
        return _write(
            self.owner,
            {register_attribute(self.subscription.id): register.to_attribute()} | view(after, self.owner),
            known=self.subscription.id,
            condition=_unchanged(item, after.known),
            link=None if seen is not None and seen.linked else self._link,
            reason=reason if item else Reason.FIRST_EVENT,
        )


@attrs.frozen
class _PaymentChange:
    """An invoice event, its owner known, ready to be decided."""

    subscription_id: str
    payment: Payment
    owner: str

    @classmethod
    def of(cls, event: StripeEvent, invoice: Invoice, subscription_id: str, owner: str) -> "_PaymentChange":
        status = INVOICE_EVENTS[event.type]
        payment = Payment.of(invoice, status=status, second=event.created, event_id=event.id)
        return cls(subscription_id, payment, owner)

    @property
    def _ledger_value(self) -> dict[str, Any]:
        return {payment_attribute(self.subscription_id): self.payment.to_attribute()}

    def blind(self) -> Write:
        name = payment_attribute(self.subscription_id)
        return _write(
            self.owner,
            self._ledger_value | payment_view(self.payment),
            known=self.subscription_id,
            condition=AllOf(
                (
                    Equal(("subscriptionId",), self.subscription_id),
                    AnyOf((Absent((name,)), Less((name, "version"), self.payment.version))),
                )
            ),
            reason=Reason.PRIMARY,
        )

    def with_item(self, item: Mapping[str, Any] | None) -> Write | Skip:
        ledger = Ledger.from_item(item)
        seen = ledger.payments.get(self.subscription_id)
        if seen is not None and seen.version >= self.payment.version:
            return Skip(Reason.DUPLICATE if seen.version == self.payment.version else Reason.STALE)
        after = attrs.evolve(
            ledger,
            known=ledger.known | {self.subscription_id},
            payments={**ledger.payments, self.subscription_id: self.payment},
        )
        return _write(
            self.owner,
            self._ledger_value | view(after, self.owner),
            known=self.subscription_id,
            condition=_unchanged(item, after.known),
            reason=Reason.RECOMPUTED if item else Reason.FIRST_EVENT,
        )


def _write(
    user_id: str,
    values: Mapping[str, Any],
    *,
    known: str,
    condition: Condition,
    reason: Reason,
    link: OwnerLink | None = None,
) -> Write:
    return Write(
        user_id=user_id,
        set={name: value for name, value in values.items() if value is not None},
        remove=tuple(name for name, value in values.items() if value is None),
        known=known,
        condition=condition,
        link=link,
        reason=reason,
    )


def _unchanged(item: Mapping[str, Any] | None, subscription_ids: frozenset[str]) -> Condition:
    # The view depends on every register and payment, so the guard covers all of them, absences included:
    # guarding on less loses the update of a handler that ran in between.
    item = item or {}
    names = [KNOWN]
    for subscription_id in sorted(subscription_ids):
        names += [register_attribute(subscription_id), payment_attribute(subscription_id)]
    return AllOf(tuple(Equal((name,), item[name]) if name in item else Absent((name,)) for name in names))
