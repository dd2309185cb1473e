"""The `AWS/SQS` metrics of every queue, and the order in which a standard queue gives its messages.

AWS rules modelled:
- SQS publishes the number of visible and of invisible messages and the age of the oldest message of each
  queue, with the dimension QueueName. (AWS does so once a minute; here it is every few seconds, and at once
  when a number changes.)
- A message that was received three times and not deleted goes to the back of a standard queue, and the age is
  that of the oldest message that was not. Where there is none, no age is published.

Source:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html

Stock MiniStack records none, and keeps the order in which messages came.
"""

import time
from typing import Any

from ministack.services import cloudwatch, sqs

from . import settings
from .replacing import replaces, watch

_UNCHANGED_SECONDS = 5.0 / settings.ALARM_SPEEDUP
# About three hours of an unchanging queue; a forgotten emulator must not fill the memory.
_KEPT_POINTS = 2_000
_RECEIVED_TOO_OFTEN = 3


@replaces(sqs, "_collect_msgs")
def collect(stock: Any, queue: dict[str, Any], *arguments: Any) -> Any:
    """Take messages as MiniStack does; those taken three times go to the back."""
    taken = stock(queue, *arguments)
    if not queue["is_fifo"]:
        # Sorting is stable: otherwise the order stays.
        queue["messages"] = sorted(queue["messages"], key=_is_at_the_back)
    return taken


def _is_at_the_back(message: dict[str, Any]) -> bool:
    return bool(message["receive_count"] >= _RECEIVED_TOO_OFTEN)


def record(queue: dict[str, Any]) -> None:
    """Record the queue's metrics of this moment."""
    now = time.time()
    messages = list(queue["messages"])
    visible = sum(message["visible_at"] <= now for message in messages)
    is_fifo = queue["is_fifo"]
    times = [message["sent_at"] for message in messages if is_fifo or not _is_at_the_back(message)]
    dimensions = {"QueueName": queue["attributes"]["QueueArn"].rsplit(":", 1)[-1]}
    for metric, value, unit in (
        ("ApproximateNumberOfMessagesVisible", visible, "Count"),
        ("ApproximateNumberOfMessagesNotVisible", len(messages) - visible, "Count"),
        *((("ApproximateAgeOfOldestMessage", int(now - min(times)), "Seconds"),) if times else ()),
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
