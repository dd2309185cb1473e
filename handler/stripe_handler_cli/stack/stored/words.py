"""The ledger's versions and choices in words for people. Pure."""

from collections.abc import Iterable

import attrs

from stripe_subscription_handler.decisions.ledger import (
    STATUS_RANK,
    UNKNOWN_STATUS_RANK,
    Register,
    primary_key,
)
from stripe_subscription_handler.decisions.view import primary
from stripe_subscription_handler.events.event_types import Rank

RANK_WORDS = {
    Rank.CREATED: "created",
    Rank.UPDATED: "updated",
    Rank.DELETED: "deleted",
    Rank.SNAPSHOT: "read from Stripe",
}
"""Rank inside one second → what reported the state."""


@attrs.frozen
class StateVersion:
    """What reported a register's state, and Stripe's second of it; see `ledger.subscription_version`."""

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


@attrs.frozen
class PaymentVersion:
    """A payment's version, taken apart; see `ledger.Payment.of`."""

    second: str
    event_id: str

    @classmethod
    def of(cls, version: str) -> "PaymentVersion":
        second, _, _, event_id = version.split(" ", 3)
        return cls(second, event_id)


def why_shown(register: Register, registers: Iterable[Register]) -> str:
    """Why the app sees this subscription of all in the user's ledger, or why it does not."""
    all_registers = list(registers)
    mine, best = register.subscription, primary(all_registers)
    if best is None or best.id == mine.id:
        return (
            "shown: the only one" if len(all_registers) == 1 else f"shown: the best of {len(all_registers)}"
        )
    my_rank, best_rank = (STATUS_RANK.get(one.status, UNKNOWN_STATUS_RANK) for one in (mine, best))
    if my_rank != best_rank:
        return f"not shown: {mine.status} ranks below {best.status}"
    verb = "ended" if mine.is_terminal else "created"
    if primary_key(mine).split(" ")[1] == primary_key(best).split(" ")[1]:
        return f"not shown: {verb} in the same second as {best.id}, which has the higher id"
    return f"not shown: {verb} before {best.id}"
