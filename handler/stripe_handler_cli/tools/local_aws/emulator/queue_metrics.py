"""The `AWS/SQS` metrics of every queue.

AWS rule: SQS publishes the number of visible and of invisible messages and the age of the oldest message
of each queue, with the dimension QueueName. (AWS does so once a minute; here it is every few seconds, and
at once when a number changes.)

Stock MiniStack records none.
"""

import time
from typing import Any

from ministack.services import cloudwatch, sqs

from . import settings
from .replacing import watch

_UNCHANGED_SECONDS = 5.0 / settings.ALARM_SPEEDUP
# About three hours of an unchanging queue; a forgotten emulator must not fill the memory.
_KEPT_POINTS = 2_000


def record(queue: dict[str, Any]) -> None:
    """Record the queue's metrics of this moment."""
    now = time.time()
    messages = list(queue["messages"])
    visible = sum(message["visible_at"] <= now for message in messages)
    oldest = min((message["sent_at"] for message in messages), default=now)
    dimensions = {"QueueName": queue["attributes"]["QueueArn"].rsplit(":", 1)[-1]}
    for metric, value, unit in (
        ("ApproximateNumberOfMessagesVisible", visible, "Count"),
        ("ApproximateNumberOfMessagesNotVisible", len(messages) - visible, "Count"),
        ("ApproximateAgeOfOldestMessage", int(now - oldest), "Seconds"),
    ):
        points = cloudwatch._metric_bucket(("AWS/SQS", metric, cloudwatch._dims_key(dimensions)))
        last = points[-1] if points else None
        if last and last["Value"] == value and now - last["Timestamp"] < _UNCHANGED_SECONDS:
            continue
        del points[:-_KEPT_POINTS]
        cloudwatch.record_metric("AWS/SQS", metric, value, unit, dimensions)


watch(
    sqs._queues,
    record,
    every_seconds=1.0 if settings.ALARM_SPEEDUP == 1 else 0.25,
    failure="metrics of the queue %s could not be recorded",
)
