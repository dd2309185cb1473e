"""The events that could not be applied, by error, and the work of sending or dropping them: `dlq`'s own."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import attrs

from stripe_handler_cli.common.moments import duration
from stripe_handler_cli.composed.console.desk import Desk
from stripe_handler_cli.composed.console.jobs import Job
from stripe_handler_cli.operate.dlq import dropping, redriving, wiring
from stripe_handler_cli.operate.profile_events.command import FUNCTION_OUTPUT, QUEUE_OUTPUT
from stripe_handler_cli.operate.profile_events.messages import LostChanges
from stripe_handler_cli.operate.profile_events.queue import LostQueue
from stripe_handler_cli.operate.profile_events.redriving import invoker
from stripe_handler_cli.operate.profile_events.redriving import redrive as retold
from stripe_handler_cli.operate.profile_events.stream import records_of
from stripe_handler_cli.stack.dead_letters import of_stack
from stripe_handler_cli.stack.dead_letters.messages import Choice, DeadLetter, Layer
from stripe_handler_cli.stack.dead_letters.queues import Listing, Pass, Queue, list_queue
from stripe_subscription_handler.comparison.pace import Pace

LIMIT = 200
"""Messages of each queue that a page is made of at most."""
_PER_SECOND = 10
_ADVICE = {
    Layer.DELIVERY: "EventBridge could not hand these to the function. See that the doctor finds the "
    "function and its permission, then send them again.",
    Layer.FUNCTION: "The function failed on these in all its attempts. Read the error, correct its cause, "
    "then send them again.",
}
_NO_EVENT = "No event is inside: it cannot be sent again. Look at the message, then drop it."


@attrs.frozen
class Group:
    """Messages that failed alike."""

    layer: Layer
    error_type: str
    letters: tuple[DeadLetter, ...]

    @property
    def advice(self) -> str:
        if all(letter.event_id is None for letter in self.letters):
            return _NO_EVENT
        return _ADVICE[self.layer]

    @property
    def section(self) -> str:
        """Of the runbook."""
        return "delivery_queue_messages" if self.layer is Layer.DELIVERY else "failure_queue_messages"


@attrs.frozen
class Failures:
    """What both queues hold, and that of the profile events where there is one."""

    listings: tuple[Listing, ...]
    untold: tuple[LostChanges, ...] | None

    @property
    def groups(self) -> list[Group]:
        """The largest first."""
        found: dict[tuple[Layer, str], list[DeadLetter]] = {}
        for listing in self.listings:
            for letter in listing.letters:
                found.setdefault((letter.layer, letter.error_type or "?"), []).append(letter)
        groups = [Group(layer, error, tuple(letters)) for (layer, error), letters in found.items()]
        return sorted(groups, key=lambda one: (-len(one.letters), one.error_type))

    @property
    def unseen(self) -> int:
        return sum(one.unseen for one in self.listings)

    @property
    def held(self) -> int:
        return sum(one.counts.in_flight for one in self.listings)


def age(letter: DeadLetter) -> str:
    return "?" if letter.sent_at is None else duration((datetime.now(UTC) - letter.sent_at).total_seconds())


def read_failures(desk: Desk) -> Failures:
    """Look through the queues, side by side."""
    calls: dict[str, Callable[[], Any]] = {
        str(queue.layer): lambda queue=queue: list_queue(queue, Choice(), limit=LIMIT)  # type: ignore[misc]
        for queue in _queues(desk, Choice())
    }
    if desk.outputs.get(QUEUE_OUTPUT):
        calls["untold"] = lambda: _untold(desk)
    found = desk.together(**calls)
    untold = found.pop("untold", None)
    return Failures(tuple(found.values()), untold)


def whole(desk: Desk, wanted: str) -> list[DeadLetter]:
    """The messages of an event, or with a message's id, whole."""
    choice = Choice(frozenset((wanted,)))
    calls: dict[str, Callable[[], Listing]] = {
        str(queue.layer): lambda queue=queue: list_queue(queue, choice, limit=None, whole=True)  # type: ignore[misc]
        for queue in _queues(desk, choice)
    }
    return [letter for listing in desk.together(**calls).values() for letter in listing.letters]


def _queues(desk: Desk, choice: Choice) -> Sequence[Queue]:
    return of_stack.queues(desk.stack, choice, of_stack.user_id_metadata_key(desk.stack, lambda _: None))


def _untold(desk: Desk) -> tuple[LostChanges, ...]:
    with LostQueue(desk.stack.endpoint.queues, desk.stack.output(QUEUE_OUTPUT)) as queue:
        return tuple(sorted(queue, key=lambda one: str(one.since or one.sent_at)))


def redrive(desk: Desk, choice: Choice, job: Job) -> redriving.Tally:
    """Give events to the function again, as `dlq redrive` does, and tell of each."""
    stack = desk.given
    key = of_stack.user_id_metadata_key(stack, job.say)
    queues, pace, tally = of_stack.queues(stack, choice, key), Pace(_PER_SECOND), redriving.Tally()
    invoke, hold = wiring.invoker(stack), wiring.redrive_hold_seconds(stack)
    done = 0
    for queue in queues:
        about = queue.counts().visible
        with Pass(queue, hold) as messages:
            for done, result in enumerate(redriving.redrive(messages, choice, invoke, pace), start=1):
                tally.add(result)
                job.progress("messages", done, about)
                if result.outcome is not redriving.Outcome.NOT_CHOSEN:
                    job.say(_told(result))
    return tally


def _told(result: redriving.Result) -> str:
    name = result.letter.event_id or f"message {result.letter.message_id}"
    if result.applied is not None:
        return f"{name}: {' · '.join(filter(None, attrs.astuple(result.applied)))}"
    why = f": {result.error.error_type}" if result.error else ""
    return f"{name}: {str(result.outcome).replace('_', ' ')}{why}"


def drop(desk: Desk, choice: Choice, job: Job) -> dropping.Dropped:
    """Delete messages after they are written to a file in the person's own directory, as `dlq drop` does."""
    stack = desk.given
    queues = of_stack.queues(stack, choice, of_stack.user_id_metadata_key(stack, job.say))
    path = dropping.default_path(datetime.now(UTC))
    return dropping.drop(queues, choice, path, lambda _: True)


def retell(desk: Desk, job: Job) -> list[str]:
    """Have the changes that were not told told again, as `profile-events redrive` does."""
    stack = desk.given
    streams = stack.endpoint.client("dynamodbstreams")
    invoke = invoker(stack.endpoint.functions, stack.output(FUNCTION_OUTPUT))
    with LostQueue(stack.endpoint.queues, stack.output(QUEUE_OUTPUT)) as queue:
        results: Iterable[Any] = retold(
            queue, lambda lost: records_of(streams, lost), invoke, drops_expired=False
        )
        for one in results:
            job.say(f"{one.lost.message_id}: {one.outcome}{f', {one.why}' if one.why else ''}")
    return list(job.lines)
