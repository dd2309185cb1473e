"""The ledger's versions and choices in words for people. Pure."""

from collections.abc import Iterable

import attrs

from stripe_subscription_handler.decisions.filters import is_ours
from stripe_subscription_handler.decisions.payments import Payment
from stripe_subscription_handler.decisions.ranking import primary_key
from stripe_subscription_handler.decisions.registers import Register
from stripe_subscription_handler.decisions.view import primary
from stripe_subscription_handler.decisions.view_settings import ViewSettings
from stripe_subscription_handler.events.event_types import INVOICE_EVENTS, Rank

RANK_WORDS = {
    Rank.CREATED: "created",
    Rank.UPDATED: "updated",
    Rank.DELETED: "deleted",
    Rank.SNAPSHOT: "read from Stripe",
}
"""Rank inside one second → what reported the state."""


@attrs.frozen
class StateVersion:
    """What reported a register's state, and Stripe's second of it; see `registers.subscription_version`."""

    is_terminal: bool
    second: str
    rank: Rank

    @classmethod
    def of(cls, register: Register) -> "StateVersion":
        terminal, _, rank = register.version.split(" ")
        # The version of a `created` has no second: it is older than anything else, whatever its stamp.
        return cls(terminal == "1", register.second, Rank(int(rank)))

    def __str__(self) -> str:
        return f"{RANK_WORDS[self.rank]} {self.second}{', final' if self.is_terminal else ''}"


def payment_second(payment: Payment) -> str:
    """When what a payment says was so, for Stripe; see `payments.Payment`."""
    return payment.second


def reports(event_type: str | None, event_created: str | None, payment: Payment) -> bool:
    """Whether an event of a type and a second may be the one that told of a payment.

    An invoice's end is dated by the invoice itself, and its event may be of a second that comes later.
    """
    status = INVOICE_EVENTS.get((event_type or "").removeprefix("v1."))
    return status == payment.status and (event_created or "") >= payment_second(payment)


_REASONS = (
    "{mine.status} ranks below {best.status}",
    "{best.id} holds a product of plan_product_ids",
    "{mine.status} ranks below {best.status}, or its collection is paused",
    "the plan of {best.id} comes earlier in plan_product_ids",
    "created before {best.id}",
    "created in the same second as {best.id}, which has the higher id",
)
_REASONS_OF_THE_DEAD = (
    "{mine.status} ranks below {best.status}",
    "{mine.status} ranks below {best.status}",
    "ended before {best.id}",
    "the plan of {best.id} comes earlier in plan_product_ids",
    "ended in the same second as {best.id}, which has the higher id",
)
"""Why one is not shown, by the first part of `ranking.primary_key` that is lower."""


def why_shown(register: Register, registers: Iterable[Register], shows: ViewSettings) -> str:
    """Why the app sees this subscription of all in the user's ledger, or why it does not."""
    mine = register.subscription
    if not is_ours(mine, shows):
        return "not shown: another app's, by handled_product_ids and required_metadata"
    ours = [one.subscription for one in registers if is_ours(one.subscription, shows)]
    best = primary(ours, shows)
    if best is None or best.id == mine.id:
        return "shown: the only one" if len(ours) == 1 else f"shown: the best of {len(ours)}"
    my_key, best_key = primary_key(mine, shows), primary_key(best, shows)
    first = next(
        index for index, (low, high) in enumerate(zip(my_key, best_key, strict=False)) if low != high
    )
    reasons = _REASONS_OF_THE_DEAD if best.is_terminal else _REASONS
    return f"not shown: {reasons[first].format(mine=mine, best=best)}"
