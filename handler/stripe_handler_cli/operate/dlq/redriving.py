"""Sends the chosen events to the function again, one after another, each at most once in a run.

A message is removed only after the function decided about its event. One that fails again stays as it is:
SQS can't change a message, and a changed copy would begin a new 14 days, lower the age of the oldest message
that the alarm watches, and want a right to send. Its history is the function's log, where every attempt
stands under the event's id (`history`), and SQS's receive count.
"""

import enum
from collections.abc import Callable, Iterator
from typing import Protocol

import attrs

from stripe_handler_cli.operate.dlq.answers import Applied, NotApplied
from stripe_handler_cli.operate.dlq.messages import DeadLetter
from stripe_handler_cli.operate.dlq.queues import Taken
from stripe_handler_cli.operate.dlq.selection import Selection
from stripe_subscription_handler.comparison.pace import Pace


class Outcome(enum.StrEnum):
    """What became of one message."""

    APPLIED = "applied"
    LEFT = "left"
    UNREADABLE = "unreadable"
    WOULD_SEND = "would_send"
    TAKEN_BY_OTHERS = "taken_by_others"
    NOT_CHOSEN = "not_chosen"


@attrs.frozen
class Result:
    """What became of one message, and why.

    Attributes:
        letter: The message's summary.
        outcome: What became of it.
        applied: The function's answer, where it decided.
        error: Why it was not applied, where it was tried.
        removed: Whether the message was deleted.
    """

    letter: DeadLetter
    outcome: Outcome
    applied: Applied | None = None
    error: NotApplied | None = None
    removed: bool = False


class Source(Protocol):
    """Where dead letters come from: a pass over a queue, or a file."""

    def __iter__(self) -> Iterator[Taken]:
        """Each message once."""

    def hold(self, letter: DeadLetter) -> bool:
        """Keep it from others while it is worked on; False if that can't be."""

    def remove(self, letter: DeadLetter) -> bool:
        """Delete it; False if others have it."""


def redrive(
    source: Source,
    selection: Selection,
    invoke: Callable[[str], Applied | NotApplied] | None,
    pace: Pace,
) -> Iterator[Result]:
    """Send what is chosen to the function again, and say of each message, chosen or not, what became of it.

    Args:
        source: Where the messages come from.
        selection: Which of them.
        invoke: Gives an event to the function; None to send nothing (`--dry-run`).
        pace: How fast.

    Raises:
        StoppedError: The function can't be invoked; the message in hand and all further ones stay.
    """
    for taken in source:
        letter = taken.letter
        if not selection.matches(letter):
            yield Result(letter.summary(), Outcome.NOT_CHOSEN)
        elif letter.payload is None:
            yield Result(letter.summary(), Outcome.UNREADABLE)
        elif invoke is None:
            yield Result(letter.summary(), Outcome.WOULD_SEND)
        else:
            pace.wait()
            yield _sent(source, letter, letter.payload, invoke)


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
