"""Counts what became of many messages, in memory that does not grow with them. Pure."""

from collections import Counter
from typing import Any

import attrs

from stripe_handler_cli.operate.dlq.redriving import Outcome, Result
from stripe_subscription_handler.decisions.decision import Reason

SHOWN = 20
"""How many of the messages that remain are kept, to be shown."""

_SHOWN = {Outcome.LEFT, Outcome.UNREADABLE, Outcome.WOULD_SEND}


@attrs.define
class Tally:
    """Counts what became of messages, and keeps the first of those that remain, to be shown.

    Attributes:
        decisions: Applied events by the function's decision and reason.
        outcomes: Messages by outcome.
        errors: Messages left, by the error met now.
        shown: The first results that are worth a line.
        not_deleted: Applied events whose message others had by then.
        found: Event and message ids of what was chosen.
    """

    decisions: Counter[str] = attrs.field(factory=Counter)
    outcomes: Counter[str] = attrs.field(factory=Counter)
    errors: Counter[str] = attrs.field(factory=Counter)
    shown: list[Result] = attrs.field(factory=list)
    not_deleted: int = 0
    found: set[str] = attrs.field(factory=set)

    def add(self, result: Result) -> None:
        """Count a result."""
        self.outcomes[result.outcome] += 1
        if result.outcome is Outcome.NOT_CHOSEN:
            return
        self.found |= {result.letter.message_id, result.letter.event_id or ""}
        if result.applied:
            self.decisions[_decision(result.applied.decision, result.applied.reason)] += 1
            self.not_deleted += not result.removed
        if result.error:
            self.errors[result.error.error_type] += 1
        if result.outcome in _SHOWN and len(self.shown) < SHOWN:
            self.shown.append(result)

    @property
    def remaining(self) -> int:
        """How many chosen messages are still to be dealt with."""
        return self.outcomes[Outcome.LEFT] + self.outcomes[Outcome.UNREADABLE]

    @property
    def has_parked(self) -> bool:
        """Whether the function parked an event: it is dealt with, and waits for its customer to be linked."""
        return any(decision.endswith(Reason.PARKED) for decision in self.decisions)

    def as_json(self) -> dict[str, Any]:
        """As plain values, for `--json`."""
        return {
            **{str(outcome): self.outcomes[outcome] for outcome in Outcome},
            "decisions": dict(self.decisions),
            "errors": dict(self.errors),
            "not_deleted": self.not_deleted,
        }


def _decision(decision: str, reason: str | None) -> str:
    return f"{decision} · {reason}" if reason else decision
