"""Keeps the ledger small: dead subscriptions that can never be shown again shrink to an id. Pure.

Every live register stays, and of the dead ones the best. A dead subscription that is not the best can only be
followed by one that ended later, so it will never be the primary one again.
"""

import attrs

from stripe_subscription_handler.decisions.ledger import Ledger, Register, primary_key
from stripe_subscription_handler.events.subscriptions import Subscription


def compacted(ledger: Ledger, most_closed: int) -> Ledger:
    """Close every dead register but the best one.

    One for which parked events are still to be applied stays, so that its next event can do that. Of
    the closed ids at most `most_closed` are kept; beyond that the oldest are dropped and the floor rises.
    """
    dead = _dead(ledger)
    best = max(dead, key=_key, default=None)
    gone = {
        register.subscription.id: register
        for register in dead
        if register is not best and ledger.of(register.subscription.id).linked
    }
    if not gone:
        return ledger
    closed = ledger.closed | {closed_entry(register) for register in gone.values()}
    dropped = sorted(closed)[: max(0, len(closed) - most_closed)]
    newest_dropped = dropped[-1].partition(" ")[0] if dropped else None
    return attrs.evolve(
        ledger,
        held={key: held for key, held in ledger.held.items() if key not in gone},
        closed=closed - set(dropped),
        floor=max(filter(None, (ledger.floor, newest_dropped)), default=None),
    )


def is_outlived(ledger: Ledger, subscription: Subscription) -> bool:
    """Whether a subscription is dead and another dead one of this user ended later.

    Then it can never be shown: a dead subscription's own key never rises again, and of the dead ones the best
    is always kept.
    """
    key = primary_key(subscription)
    others = (register for register in _dead(ledger) if register.subscription.id != subscription.id)
    return subscription.is_terminal and any(_key(other) > key for other in others)


def _dead(ledger: Ledger) -> list[Register]:
    return [register for register in ledger.registers.values() if register.subscription.is_terminal]


def _key(register: Register) -> str:
    return primary_key(register.subscription)


def closed_entry(register: Register) -> str:
    """How a closed subscription is remembered: `creation id`, so that the oldest sort first."""
    return f"{register.subscription.created} {register.subscription.id}"


def is_closed(ledger: Ledger, subscription_id: str) -> bool:
    return any(entry.endswith(f" {subscription_id}") for entry in ledger.closed)


def may_be_forgotten(ledger: Ledger, subscription_id: str, created: str | None) -> bool:
    """Whether an unknown subscription may be one that was dropped even from the closed ids.

    `created` is None where the event (an invoice) does not tell when the subscription was made.
    """
    if ledger.floor is None or subscription_id in ledger.held or is_closed(ledger, subscription_id):
        return False
    return created is None or created <= ledger.floor
