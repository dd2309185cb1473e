"""What of a rehearsal is a difference between Stripe and the profiles, and of which kind. Pure.

A write that only makes a register newer is none. Neither is a register that is newer than the snapshot: the
event that wrote it knew more.
"""

import enum
from collections.abc import Mapping
from typing import Any

import attrs

from stripe_subscription_handler.comparison.fields import (
    Field,
    changed,
    of_register,
    payment_fields,
    register_fields,
)
from stripe_subscription_handler.comparison.rehearsal import Item, LinkKey, Rehearsed
from stripe_subscription_handler.conversation.links import OWNER
from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.decisions.ledger import Ledger, knows
from stripe_subscription_handler.decisions.registers import Register
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.events.subscriptions import Subscription


class Kind(enum.StrEnum):
    """How a profile and Stripe differ."""

    MISSING_PROFILE = "missing_profile"
    MISSING_SUBSCRIPTION = "missing_subscription"
    STALE = "stale"
    PAYMENT = "payment"
    VIEW = "view"
    WRONG_USER = "wrong_user"
    UNLINKED = "unlinked"
    MISSED_EVENT = "missed_event"
    UNMAPPED = "unmapped"
    UNKNOWN_TO_STRIPE = "unknown_to_stripe"
    ENDED = "ended"
    UNREADABLE = "unreadable"


REPAIRABLE = frozenset(
    {
        Kind.MISSING_PROFILE,
        Kind.MISSING_SUBSCRIPTION,
        Kind.STALE,
        Kind.PAYMENT,
        Kind.VIEW,
        Kind.WRONG_USER,
        Kind.UNLINKED,
        Kind.MISSED_EVENT,
    }
)
"""What the decisions for live events put right. The rest needs a person."""


@attrs.frozen
class Difference:
    """One difference.

    Attributes:
        user_id: Whose profile; None where nobody can say.
        customer_id: None where Stripe was not asked for it.
        fields: What differs, where that can be said field by field.
        event_id: The event that was missed.
        can_be_repaired: Whether the decisions for live events put it right.
    """

    kind: Kind
    subscription_id: str
    user_id: str | None = None
    customer_id: str | None = None
    fields: tuple[Field, ...] = ()
    note: str = ""
    event_id: str | None = None
    can_be_repaired: bool = attrs.field(
        default=attrs.Factory(lambda self: self.kind in REPAIRABLE, takes_self=True)
    )
    repaired: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": str(self.kind),
            "subscription_id": self.subscription_id,
            "user_id": self.user_id,
            "customer_id": self.customer_id,
            "fields": [field.as_json() for field in self.fields],
            "note": self.note,
            "event_id": self.event_id,
            "repaired": self.repaired,
        }


def differences(event: StripeEvent, rehearsal: Rehearsed) -> list[Difference]:
    """What differs between a snapshot and the profiles, by what handling the snapshot would do."""
    snapshot, outcome = event.subscription, rehearsal.outcome
    if snapshot is None or outcome is None:
        return []
    if outcome.reason is Reason.UNMAPPED:
        return [_unmapped(snapshot, outcome.user_id)]
    found = []
    for user_id, (before, after) in rehearsal.profiles.items():
        one = _of_user(snapshot, user_id, before, after, is_owner=user_id == outcome.user_id)
        if one is not None:
            found.append(one)
    if outcome.reason in {Reason.STALE, Reason.CLAIMED} and outcome.user_id is not None:
        found += _ended(snapshot, event.created, outcome.user_id, rehearsal.seen.get(outcome.user_id))
    if not found:
        found += _unlinked(snapshot, outcome.user_id, rehearsal.links)
    return found


def missed(event: StripeEvent, rehearsal: Rehearsed) -> list[Difference]:
    """What an event of Stripe's list would change that should have been handled long ago.

    Any write tells that it was not: of an event that was handled, or that a newer one has made worthless, the
    decision is to skip it.
    """
    subscription_id, outcome = event.subscription_id or "", rehearsal.outcome
    if event.subscription_id is None and event.customer is None and event.entitlements is None:
        return []

    def difference(user_id: str | None, note: str = event.type, fields: tuple[Field, ...] = ()) -> Difference:
        about = subscription_id, user_id, event.customer_id, fields, note, event.id
        return Difference(Kind.MISSED_EVENT, *about)

    if outcome is None:
        return [difference(event.user_id, "its order can only be told by asking Stripe")]
    if outcome.reason in {Reason.UNMAPPED, Reason.PARKED}:
        if outcome.reason is Reason.PARKED and not rehearsal.customers:
            return []  # it waits already
        unmapped = difference(outcome.user_id, "nobody can say whose it is")
        return [attrs.evolve(unmapped, kind=Kind.UNMAPPED, can_be_repaired=False)]
    found = [
        difference(user_id, fields=changed(before or {}, after))
        for user_id, (before, after) in rehearsal.profiles.items()
    ]
    if not found and outcome.reason is Reason.CLAIMED:
        found = [difference(outcome.user_id)]  # it only says whose a subscription is going to be
    return found


def _unmapped(snapshot: Subscription, user_id: str | None) -> Difference:
    if user_id is not None:
        note = "the user has no profile, and create_missing_profile is false"
        kind = Kind.MISSING_PROFILE
    else:
        note = "neither metadata nor an owner link names its user"
        kind = Kind.UNMAPPED
    return Difference(kind, snapshot.id, user_id, snapshot.customer_id, note=note, can_be_repaired=False)


def _of_user(
    snapshot: Subscription, user_id: str, before: Item | None, after: Item, *, is_owner: bool
) -> Difference | None:
    held, holds = Ledger.from_item(before).of(snapshot.id), Ledger.from_item(after).of(snapshot.id)
    old, new = held.register, holds.register
    view = changed(before or {}, after)
    if not is_owner:
        if not view and not knows(before, snapshot.id):
            return None
        return Difference(Kind.WRONG_USER, snapshot.id, user_id, snapshot.customer_id, view)
    register = _of_registers(old, new, snapshot)
    payment = payment_fields(held.payment, holds.payment)
    if before is None:
        kind = Kind.MISSING_PROFILE
    # What is forgotten at once (dead, and another dead one ended later) was not missing either.
    elif old is None and new is not None:
        kind = Kind.MISSING_SUBSCRIPTION
    elif register:
        kind = Kind.STALE
    elif payment:
        kind = Kind.PAYMENT
    elif view:
        kind = Kind.VIEW
    elif holds.linked and not held.linked:
        kind = Kind.UNLINKED
    else:
        return None
    if old is not None and new is not None:
        is_primary = after.get("subscriptionId") == snapshot.id
        register = of_register(old, new, view, is_primary=is_primary)
        register += () if is_primary else payment
    return Difference(kind, snapshot.id, user_id, snapshot.customer_id, (*view, *register))


def _of_registers(old: Register | None, new: Register | None, snapshot: Subscription) -> tuple[Field, ...]:
    """What differs between what was known of a subscription and what would be.

    One that has ended may be forgotten at once. That is a difference if it was alive: while another is shown
    the view hides it, and shows it when that one moves or ends.
    """
    if old is None:
        return ()
    if new is not None:
        return register_fields(old, new)
    status = old.subscription.status
    return () if old.subscription.is_terminal else (Field("status", status, snapshot.status),)


def of_view(subscription_id: str, user_id: str, before: Item, after: Item) -> Difference | None:
    """What of a view is not as its own ledger and the settings say; None if the app reads what it should.

    `after` is the item as it should be, `subscription_id` the one with which the difference is told.
    """
    view = changed(before, after)
    if not view:
        return None
    register = Ledger.from_item(before).registers.get(subscription_id)
    customer_id = register.subscription.customer_id if register else None
    return Difference(Kind.VIEW, subscription_id, user_id, customer_id, view)


def _ended(snapshot: Subscription, as_of: str, user_id: str, item: Item | None) -> list[Difference]:
    """A subscription that was over by the ledger when it was alive in Stripe, which cannot be."""
    register = Ledger.from_item(item).registers.get(snapshot.id)
    if register is None or not register.subscription.is_terminal or snapshot.is_terminal:
        return []
    if register.second > as_of:
        return []  # it ended after Stripe answered
    note = f"the ledger says {register.subscription.status}, which is final; Stripe says {snapshot.status}"
    return [Difference(Kind.ENDED, snapshot.id, user_id, snapshot.customer_id, note=note)]


def _unlinked(
    snapshot: Subscription,
    user_id: str | None,
    links: Mapping[LinkKey, tuple[Item | None, Item]],
) -> list[Difference]:
    before, after = links.get((snapshot.customer_id, snapshot.id), (None, {}))
    old, new = (before or {}).get(OWNER), after.get(OWNER)
    if old == new:
        return []
    fields = (Field("owner link", old, new),)
    return [Difference(Kind.UNLINKED, snapshot.id, user_id, snapshot.customer_id, fields)]
