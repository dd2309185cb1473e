"""Sends the chosen events to the function again, one after another, each at most once in a run.

A message is removed only after the function decided about its event. One that fails again stays as it is:
SQS can't change a message, and a changed copy would begin a new 14 days, lower the age of the oldest message
that the alarm watches, and want a right to send. Its history is the function's log, where every attempt
stands under the event's id, and SQS's receive count.
"""

import enum
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import attrs
from botocore.exceptions import BotoCoreError, ClientError

from stripe_handler_cli.operate.dlq.dropping import DroppedFile
from stripe_handler_cli.operate.dlq.invoking import Applied, NotApplied
from stripe_handler_cli.stack.dead_letters.messages import Choice, DeadLetter
from stripe_handler_cli.stack.dead_letters.queues import Pass, Queue
from stripe_subscription_handler.comparison.pace import Pace
from stripe_subscription_handler.decisions.decision import Reason


class Outcome(enum.StrEnum):
    """What became of one message."""

    APPLIED = "applied"
    LEFT = "left"
    UNREADABLE = "unreadable"
    WOULD_SEND = "would_send"
    TAKEN_BY_OTHERS = "taken_by_others"
    NOT_CHOSEN = "not_chosen"


SHOWN = 20
"""How many of the messages that remain are kept, to be shown."""
_SHOWN = {Outcome.LEFT, Outcome.UNREADABLE, Outcome.WOULD_SEND}
Source = Pass | DroppedFile


@attrs.frozen
class Result:
    """What became of one message, and why; the letter is a summary."""

    letter: DeadLetter
    outcome: Outcome
    applied: Applied | None = None
    error: NotApplied | None = None
    removed: bool = False


@attrs.define
class Tally:
    """Counts what became of messages, and keeps the first of those that remain, to be shown.

    Attributes:
        decisions: Applied events by the function's decision and reason.
        errors: Messages left, by the error met now.
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
        self.outcomes[result.outcome] += 1
        if result.outcome is Outcome.NOT_CHOSEN:
            return
        self.found |= {result.letter.message_id, result.letter.event_id or ""}
        if result.applied:
            self.decisions[" · ".join(filter(None, attrs.astuple(result.applied)))] += 1
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
        return {
            **{str(outcome): self.outcomes[outcome] for outcome in Outcome},
            "decisions": dict(self.decisions),
            "errors": dict(self.errors),
            "not_deleted": self.not_deleted,
        }


def redrive(
    source: Source,
    choice: Choice,
    invoke: Callable[[str], Applied | NotApplied] | None,
    pace: Pace,
) -> Iterator[Result]:
    """Send what is chosen to the function again, and say of each message, chosen or not, what became of it.

    Without `invoke`, which gives an event to the function, nothing is sent.

    Raises:
        StoppedError: The function can't be invoked; the message in hand and all further ones stay.
    """
    for taken in source:
        letter = taken.letter
        if not choice.matches(letter):
            yield Result(letter.summary(), Outcome.NOT_CHOSEN)
        elif letter.payload is None:
            yield Result(letter.summary(), Outcome.UNREADABLE)
        elif invoke is None:
            yield Result(letter.summary(), Outcome.WOULD_SEND)
        else:
            pace.wait()
            yield _sent(source, letter, letter.payload, invoke)


def waiting(queues: Iterable[Queue]) -> dict[str, int] | None:
    """How many messages each layer's queue holds, hidden ones too, by SQS's count; None if it can't tell."""
    try:
        counts = {str(queue.layer): queue.counts() for queue in queues}
    except (BotoCoreError, ClientError):
        return None
    return {layer: count.visible + count.in_flight for layer, count in counts.items()}


def _sent(
    source: Source, letter: DeadLetter, payload: str, invoke: Callable[[str], Applied | NotApplied]
) -> Result:
    summary = letter.summary()
    if not source.hold(letter):
        # Others may be sending it just now. If it comes again, it is this run's.
        return Result(summary, Outcome.TAKEN_BY_OTHERS)
    answer = invoke(payload)
    if isinstance(answer, NotApplied):
        return Result(summary, Outcome.LEFT, error=answer)
    return Result(summary, Outcome.APPLIED, applied=answer, removed=source.remove(letter))
