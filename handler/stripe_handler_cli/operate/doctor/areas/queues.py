"""What is right for the two dead-letter queues: empty, and kind to whoever redrives them. Pure."""

import attrs

from stripe_handler_cli.operate.doctor.check import Area, Check, Finding, failed, passed, warned
from stripe_handler_cli.operate.doctor.commands import APPLY

LIST_DEAD_LETTERS = "stripe-handler dlq list{stack_options}"
LEAST_RETENTION_SECONDS = 4 * 86400
_DAY_SECONDS = 86400


@attrs.frozen(kw_only=True)
class QueueFacts:
    """A dead-letter queue.

    Attributes:
        name: Its name.
        exists: Whether it is there.
        messages: Messages in it, those just being read included; approximate, as SQS's own number.
        oldest_seconds: Age of the oldest, None where CloudWatch has no figure.
        retention_seconds: When SQS drops a message.
        visibility_timeout_seconds: How long a message is hidden from others while somebody redrives it.
        function_timeout_seconds: How long the function may take for it.
    """

    name: str
    exists: bool = True
    messages: int = 0
    oldest_seconds: float | None = None
    retention_seconds: int = 14 * _DAY_SECONDS
    visibility_timeout_seconds: int = 120
    function_timeout_seconds: int = 30


def judge_empty(facts: QueueFacts) -> Finding:
    """Every message in it is an event that its profile lacks."""
    if not facts.exists:
        return failed(f"there is no queue {facts.name}", APPLY)
    if not facts.messages:
        return passed("empty")
    found = f"{facts.messages} event{'s' if facts.messages > 1 else ''} not applied"
    if facts.oldest_seconds is not None:
        left = max(facts.retention_seconds - facts.oldest_seconds, 0) / _DAY_SECONDS
        found += f"; the oldest is {_duration(facts.oldest_seconds)} old, SQS drops it in {left:.1f} days"
    return failed(found, LIST_DEAD_LETTERS)


def judge_queues(facts: tuple[QueueFacts, ...]) -> Finding:
    """A message stays long enough for somebody to see it, and hidden long enough to be redriven once."""
    for queue in facts:
        if not queue.exists:
            return failed(f"there is no queue {queue.name}", APPLY)
        if queue.retention_seconds < LEAST_RETENTION_SECONDS:
            return warned(f"{queue.name} drops messages after {_duration(queue.retention_seconds)}", APPLY)
        if queue.visibility_timeout_seconds <= queue.function_timeout_seconds:
            hidden, taken = queue.visibility_timeout_seconds, queue.function_timeout_seconds
            return warned(
                f"{queue.name} hides a message for {hidden} s, the function may take {taken} s for it: two "
                "people may redrive the same",
                APPLY,
            )
    kept = _duration(min(queue.retention_seconds for queue in facts))
    least = min(queue.visibility_timeout_seconds for queue in facts)
    return passed(f"messages are kept {kept}, and hidden {least} s while one is redriven")


def _duration(seconds: float) -> str:
    units = ((_DAY_SECONDS, "days"), (3600, "hours"), (60, "minutes"))
    unit, name = next(((unit, name) for unit, name in units if seconds >= 2 * unit), (1, "seconds"))
    return f"{seconds / unit:.0f} {name}"


QUEUE_SETTINGS = Check(
    key="queue-settings",
    area=Area.QUEUES,
    title="Retention and visibility",
    why="A message that is dropped before Monday, or that two people redrive at once, is trouble.",
    checked=(
        "Both queues: less than 4 days' retention, or a visibility timeout no longer than the function's "
        "timeout, is a warning."
    ),
    fixes=(APPLY,),
    judge=judge_queues,
)
DELIVERY_QUEUE_EMPTY = Check(
    key="delivery-queue-empty",
    area=Area.QUEUES,
    title="Delivery queue empty",
    why="Each message is an event that never reached the function; its profile is out of date.",
    checked=(
        "The number of messages, with the oldest one's age and how long SQS will still keep it. Any fails."
    ),
    fixes=(LIST_DEAD_LETTERS, APPLY),
    judge=judge_empty,
)
FAILURE_QUEUE_EMPTY = Check(
    key="failure-queue-empty",
    area=Area.QUEUES,
    title="Failure queue empty",
    why="Each message is an event the function failed on three times; its profile is out of date.",
    checked=(
        "The number of messages, with the oldest one's age and how long SQS will still keep it. Any fails."
    ),
    fixes=(LIST_DEAD_LETTERS, APPLY),
    judge=judge_empty,
)
