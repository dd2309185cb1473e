"""Asks SQS for the two dead-letter queues, and CloudWatch for the age of what waits in them."""

from typing import Any, Literal

from stripe_handler_cli.operate.doctor.areas.access import PolicyFacts
from stripe_handler_cli.operate.doctor.areas.queues import QueueFacts
from stripe_handler_cli.operate.doctor.looks.functions import look_at_settings
from stripe_handler_cli.operate.doctor.looks.metrics import latest_maximum
from stripe_handler_cli.operate.doctor.policies import Admission, parse_policy
from stripe_handler_cli.operate.doctor.site import Site, found_or_none

Queue = Literal["delivery_dead_letter_queue", "failure_queue"]
"""The queue's name in Terraform's outputs."""
_COUNTS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


def look_at_delivery_queue(site: Site) -> QueueFacts:
    """The delivery dead-letter queue."""
    return site.see(look_at_queue, "delivery_dead_letter_queue")


def look_at_failure_queue(site: Site) -> QueueFacts:
    """The failure queue."""
    return site.see(look_at_queue, "failure_queue")


def look_at_queues(site: Site) -> tuple[QueueFacts, ...]:
    """Both."""
    return site.see(look_at_delivery_queue), site.see(look_at_failure_queue)


def look_at_queue(site: Site, queue: Queue) -> QueueFacts:
    """GetQueueAttributes, and the metric of the oldest message's age when there is one."""
    name = site.output(f"{queue}_name")
    found = site.see(look_at_attributes, queue)
    if found is None:
        return QueueFacts(name=name, exists=False)
    messages = sum(int(found.get(count, 0)) for count in _COUNTS)
    age = (
        latest_maximum(site, "AWS/SQS", "ApproximateAgeOfOldestMessage", QueueName=name) if messages else None
    )
    return QueueFacts(
        name=name,
        messages=messages,
        oldest_seconds=age,
        retention_seconds=int(found["MessageRetentionPeriod"]),
        visibility_timeout_seconds=int(found["VisibilityTimeout"]),
        function_timeout_seconds=(site.see(look_at_settings) or {}).get("Timeout", 0),
    )


def look_at_attributes(site: Site, queue: Queue) -> dict[str, Any] | None:
    """GetQueueAttributes; None where there is no such queue."""
    url = site.output(f"{queue}_url")
    found = found_or_none(site.client("sqs").get_queue_attributes, QueueUrl=url, AttributeNames=["All"])
    return None if found is None else dict(found["Attributes"])


def look_at_delivery_queue_policy(site: Site) -> PolicyFacts:
    """Of the delivery dead-letter queue: EventBridge, for the rules that lead to the function."""
    rules = (
        Admission("events.amazonaws.com", "sqs:SendMessage", "aws:SourceArn", rule) for rule in site.rule_arns
    )
    return _policy(site, "delivery_dead_letter_queue", tuple(rules))


def look_at_failure_queue_policy(site: Site) -> PolicyFacts:
    """Of the failure queue: nobody."""
    return _policy(site, "failure_queue", ())


def _policy(site: Site, queue: Queue, expected: tuple[Admission, ...]) -> PolicyFacts:
    found = site.see(look_at_attributes, queue)
    statements = None if found is None else parse_policy(found.get("Policy"))
    return PolicyFacts(f"queue {site.output(f'{queue}_name')}", statements, expected)
