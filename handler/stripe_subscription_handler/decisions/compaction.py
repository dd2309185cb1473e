"""Keeps the ledger small: dead subscriptions that can never be shown again shrink to an id. Pure.

Every live register stays, and of the dead ones that are ours the best. A dead subscription that is not the
best can only be followed by one that ended later, so it will never be the primary one again.
"""

import attrs

from stripe_subscription_handler.decisions.filters import is_ours
from stripe_subscription_handler.decisions.ledger import Ledger
from stripe_subscription_handler.decisions.ranking import primary_key
from stripe_subscription_handler.decisions.short_forms import read_word, stored_word
from stripe_subscription_handler.decisions.view_settings import ViewSettings
from stripe_subscription_handler.events.subscriptions import Subscription


def compacted(ledger: Ledger, most_closed: int, shows: ViewSettings) -> Ledger:
    """Close every dead subscription but the best one of ours, and the best of other apps'.

    The latter may turn out to be ours when the filter is corrected. One for which parked events are still to
    be applied stays, so that its next event can do that. Of the closed ids at most `most_closed` are kept;
    beyond that the oldest are dropped and the floor rises.
    """
    dead = _dead(ledger)
    best = {is_ours(one, shows): one.id for one in sorted(dead, key=lambda one: primary_key(one, shows))}
    gone = {one.id: one for one in dead if one.id not in best.values() and ledger.of(one.id).linked}
    if not gone:
        return ledger
    closed = ledger.closed | {closed_entry(subscription) for subscription in gone.values()}
    dropped = sorted(closed)[: max(0, len(closed) - most_closed)]
    newest_dropped = read_word(dropped[-1].partition(" ")[0]) if dropped else None
    return attrs.evolve(
        ledger,
        held={key: held for key, held in ledger.held.items() if key not in gone},
        closed=closed - set(dropped),
        floor=max(filter(None, (ledger.floor, newest_dropped)), default=None),
    )


def is_outlived(ledger: Ledger, subscription: Subscription, shows: ViewSettings) -> bool:
    """Whether a subscription is dead and another dead one of this user, and of the same app, ended later.

    Then it can never be shown: a dead subscription's own key never rises again, and of the dead ones the best
    is always kept.
    """
    key, is_our_own = primary_key(subscription, shows), is_ours(subscription, shows)
    others = (one for one in _dead(ledger) if one.id != subscription.id and is_ours(one, shows) is is_our_own)
    return subscription.is_terminal and any(primary_key(other, shows) > key for other in others)


def _dead(ledger: Ledger) -> list[Subscription]:
    states = (register.subscription for register in ledger.registers.values())
    return [subscription for subscription in states if subscription.is_terminal]


def closed_entry(subscription: Subscription) -> str:
    """How a closed subscription is remembered: `creation id`, so that the oldest sort first."""
    return f"{stored_word(subscription.created)} {subscription.id}"


def is_closed(ledger: Ledger, subscription_id: str) -> bool:
    return any(entry.endswith(f" {subscription_id}") for entry in ledger.closed)


def may_be_forgotten(ledger: Ledger, subscription_id: str, created: str | None) -> bool:
    """Whether an unknown subscription may be one that was dropped even from the closed ids.

    `created` is None where the event (an invoice) does not tell when the subscription was made.
    """
    if ledger.floor is None or subscription_id in ledger.held or is_closed(ledger, subscription_id):
        return False
    return created is None or created <= ledger.floor
