"""The two dead-letter queues: empty, closed to others, and kind to whoever redrives them."""

import datetime as dt
from typing import Any, Literal, get_args

import attrs

from stripe_handler_cli.common.moments import duration
from stripe_handler_cli.common.words import plural
from stripe_handler_cli.operate.doctor.check import Area, Finding, check, failed, passed, warned
from stripe_handler_cli.operate.doctor.commands import APPLY
from stripe_handler_cli.operate.doctor.policies import (
    Admission,
    PolicyFacts,
    judge_policy,
    parse_policy,
    rules_may,
)
from stripe_handler_cli.operate.doctor.site import Site, found_or_none, look_at_settings, metric_points

LIST_DEAD_LETTERS = "stripe-handler dlq list{stack_options}"
REMOVE_REDRIVE_POLICY = (
    "# remove the redrive policy from the queue (SQS console, Dead-letter queue), then\n" + APPLY
)
LEAST_RETENTION_SECONDS = 4 * 86400
_DAY_SECONDS = 86400
_AGE_WINDOW = dt.timedelta(hours=2)
"""The hourly count tells an age; two hours have the newest one in them."""
Queue = Literal["delivery_dead_letter_queue", "failure_queue"]
"""The queue's name in Terraform's outputs."""
_AGES: dict[Queue, str] = {
    "delivery_dead_letter_queue": "DeliveryQueueAge",
    "failure_queue": "FailureQueueAge",
}
"""The metric of the oldest message's age; SQS's own leaves out what was received three times."""
_COUNTS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


def look_at_attributes(site: Site, queue: Queue) -> dict[str, Any] | None:
    url = site.output(f"{queue}_url")
    found = found_or_none(site.client("sqs").get_queue_attributes, QueueUrl=url, AttributeNames=["All"])
    return None if found is None else dict(found["Attributes"])


def look_at_policy(site: Site, queue: Queue, expected: tuple[Admission, ...]) -> PolicyFacts:
    found = site.see(look_at_attributes, queue)
    statements = None if found is None else parse_policy(found.get("Policy"))
    return PolicyFacts(f"queue {site.output(f'{queue}_name')}", statements, expected)


@check(
    Area.QUEUES,
    lambda site: look_at_policy(
        site, "delivery_dead_letter_queue", rules_may("sqs:SendMessage", site.rule_arns)
    ),
)
def delivery_queue_policy(facts: PolicyFacts) -> Finding:
    """Delivery queue's policy.

    Without it EventBridge drops what it cannot deliver; a wider one lets others fill the queue, or read
    it.

    The queue's policy lets EventBridge send for the rules that lead to the function, and lets nobody
    else.
    """
    return judge_policy(facts)


@check(Area.QUEUES, lambda site: look_at_policy(site, "failure_queue", ()))
def failure_queue_policy(facts: PolicyFacts) -> Finding:
    """Failure queue's policy.

    Lambda writes there with the function's own role; nobody else has any business there.

    The queue exists and its policy lets nobody in.
    """
    return judge_policy(facts)


@attrs.frozen(kw_only=True)
class QueueFacts:
    """A dead-letter queue."""

    name: str
    exists: bool = True
    messages: int = 0  # those just being read included; approximate, as SQS's own number
    oldest_seconds: float | None = None  # None where nobody has counted since it came
    retention_seconds: int = 14 * _DAY_SECONDS
    visibility_timeout_seconds: int = 120
    function_timeout_seconds: int = 30
    has_redrive_policy: bool = False


def look_at_queue(site: Site, queue: Queue) -> QueueFacts:
    name = site.output(f"{queue}_name")
    found = site.see(look_at_attributes, queue)
    if found is None:
        return QueueFacts(name=name, exists=False)
    messages = sum(int(found.get(count, 0)) for count in _COUNTS)
    return QueueFacts(
        name=name,
        messages=messages,
        oldest_seconds=_oldest_seconds(site, queue) if messages else None,
        retention_seconds=int(found["MessageRetentionPeriod"]),
        visibility_timeout_seconds=int(found["VisibilityTimeout"]),
        function_timeout_seconds=(site.see(look_at_settings) or {}).get("Timeout", 0),
        has_redrive_policy="RedrivePolicy" in found,
    )


def _oldest_seconds(site: Site, queue: Queue) -> float | None:
    """What the last count found, and as much older as that was long ago."""
    metric = site.output("metric_namespace"), _AGES[queue], "Maximum"
    points = metric_points(site, *metric, _AGE_WINDOW, 300)
    newest = max(points, key=lambda point: point["Timestamp"], default=None)
    if newest is None or not newest["Maximum"]:
        return None
    since: float = max(0.0, (site.now - newest["Timestamp"]).total_seconds())
    return float(newest["Maximum"]) + since


def look_at_queues(site: Site) -> tuple[QueueFacts, ...]:
    return tuple(site.see(look_at_queue, queue) for queue in get_args(Queue))


@check(Area.QUEUES, look_at_queues, APPLY, REMOVE_REDRIVE_POLICY)
def queue_settings(facts: tuple[QueueFacts, ...]) -> Finding:
    """Retention and visibility.

    A message that is dropped before Monday, or that two people redrive at once, is trouble.

    Both queues: less than 4 days' retention, or a visibility timeout no longer than the function's
    timeout, is a warning. So is a redrive policy: each look would bring a message nearer to being moved
    away, so the hourly count does not look, and no alarm tells of its age.
    """
    for queue in facts:
        if not queue.exists:
            return failed(f"there is no queue {queue.name}")
        if queue.retention_seconds < LEAST_RETENTION_SECONDS:
            return warned(f"{queue.name} drops messages after {duration(queue.retention_seconds)}", APPLY)
        if queue.has_redrive_policy:
            found = f"{queue.name} has a redrive policy, so nobody is told how old its messages are"
            return warned(found, REMOVE_REDRIVE_POLICY)
        if queue.visibility_timeout_seconds <= queue.function_timeout_seconds:
            hidden, taken = queue.visibility_timeout_seconds, queue.function_timeout_seconds
            return warned(
                f"{queue.name} hides a message for {hidden} s, the function may take {taken} s for it: two "
                "people may redrive the same",
                APPLY,
            )
    kept = duration(min(queue.retention_seconds for queue in facts))
    least = min(queue.visibility_timeout_seconds for queue in facts)
    return passed(f"messages are kept {kept}, and hidden {least} s while one is redriven")


def _judge_empty(facts: QueueFacts) -> Finding:
    if not facts.exists:
        return failed(f"there is no queue {facts.name}")
    if not facts.messages:
        return passed("empty")
    found = f"{plural(facts.messages, 'event')} not applied"
    if facts.oldest_seconds is not None:
        left = max(facts.retention_seconds - facts.oldest_seconds, 0) / _DAY_SECONDS
        found += f"; the oldest is {duration(facts.oldest_seconds)} old, SQS drops it in {left:.1f} days"
    return failed(found, LIST_DEAD_LETTERS)


@check(
    Area.QUEUES, lambda site: site.see(look_at_queue, "delivery_dead_letter_queue"), LIST_DEAD_LETTERS, APPLY
)
def delivery_queue_empty(facts: QueueFacts) -> Finding:
    """Delivery queue empty.

    Each message is an event that never reached the function; its profile is out of date.

    The number of messages, with the oldest one's age and how long SQS will still keep it. Any fails.
    """
    return _judge_empty(facts)


@check(Area.QUEUES, lambda site: site.see(look_at_queue, "failure_queue"), LIST_DEAD_LETTERS, APPLY)
def failure_queue_empty(facts: QueueFacts) -> Finding:
    """Failure queue empty.

    Each message is an event the function failed on three times; its profile is out of date.

    The number of messages, with the oldest one's age and how long SQS will still keep it. Any fails.
    """
    return _judge_empty(facts)
