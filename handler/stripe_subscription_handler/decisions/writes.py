"""Builds profile writes: the blind ones, and the ones that recompute everything. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from stripe_subscription_handler.decisions.compaction import compacted
from stripe_subscription_handler.decisions.conditions import Absent, AllOf, Condition, Equal, Present
from stripe_subscription_handler.decisions.decision import Reason, Write
from stripe_subscription_handler.decisions.ledger import (
    CLOSED,
    FLOOR,
    KNOWN,
    Ledger,
    payment_attribute,
    register_attribute,
)
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.decisions.view import view


def blind_write(
    user_id: str, values: Mapping[str, Any], *, known: str, conditions: Iterable[Condition], policy: Policy
) -> Write:
    """Build a write that was decided without having seen the item; None among the values means "remove"."""
    return Write(
        user_id=user_id,
        set={name: value for name, value in values.items() if value is not None},
        remove=tuple(name for name, value in values.items() if value is None),
        known=known,
        condition=AllOf((*conditions, *_existing(policy))),
        link=None,
        reason=Reason.PRIMARY,
    )


def full_write(
    user_id: str, item: Mapping[str, Any] | None, after: Ledger, subscription_id: str, policy: Policy
) -> Write:
    """Build the write that takes an item to a new ledger and its view, if the old ledger is unchanged.

    `item` is the item as it was seen, `after` the new ledger before dead subscriptions are closed. Only the
    register or the payment of `subscription_id` may differ between them.
    """
    kept = compacted(after, user_id, policy.most_closed)
    values: dict[str, Any] = {KNOWN: kept.known or None, CLOSED: kept.closed or None, FLOOR: kept.floor}
    for gone in after.known - kept.known:
        values[register_attribute(gone)] = None
        values[payment_attribute(gone)] = None
    if subscription_id in kept.known:
        register, payment = kept.registers.get(subscription_id), kept.payments.get(subscription_id)
        values[register_attribute(subscription_id)] = register.to_attribute() if register else None
        values[payment_attribute(subscription_id)] = payment.to_attribute() if payment else None
    if after.registers:
        # Until a subscription of ours is known, what stands there is the app's own, from before a migration.
        values |= view(kept, user_id)
    seen = item or {}
    return Write(
        user_id=user_id,
        set={name: value for name, value in values.items() if value is not None},
        remove=tuple(name for name, value in values.items() if value is None and name in seen),
        known=None,
        condition=AllOf((*_unchanged(seen, after.known), *_existing(policy))),
        link=None,
        reason=Reason.RECOMPUTED if seen else Reason.FIRST_EVENT,
    )


def _unchanged(item: Mapping[str, Any], subscription_ids: frozenset[str]) -> tuple[Condition, ...]:
    # The view depends on every register and payment, so the guard covers all of them, absences included:
    # guarding on less loses the update of a handler that ran in between.
    names = [KNOWN, CLOSED, FLOOR]
    for subscription_id in sorted(subscription_ids):
        names += [register_attribute(subscription_id), payment_attribute(subscription_id)]
    return tuple(Equal((name,), item[name]) if name in item else Absent((name,)) for name in names)


def _existing(policy: Policy) -> tuple[Condition, ...]:
    return () if policy.create_missing_profile else (Present((policy.partition_key_name,)),)
