# ruff: noqa: SLF001 - MiniStack has no public interface for this
"""The `AWS/SQS` metrics of every queue.

AWS rule: SQS publishes the number of visible and of invisible messages and the age of the oldest message
of each queue, with the dimension QueueName. (AWS does so once a minute; here it is every few seconds, and
at once when a number changes.)

Stock MiniStack records none.
"""

import logging
import threading
import time
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import cloudwatch, sqs

from . import settings

logger = logging.getLogger("stripe-handler.local-aws")

_INTERVAL_SECONDS = 1.0 if settings.ALARM_SPEEDUP == 1 else 0.25
_UNCHANGED_SECONDS = 5.0 / settings.ALARM_SPEEDUP
#: About three hours of an unchanging queue; a forgotten emulator must not fill the memory.
_KEPT_POINTS = 2_000


def install() -> None:
    """Start recording."""
    threading.Thread(target=_record_for_ever, name="queue-metrics", daemon=True).start()


def _record_for_ever() -> None:
    while True:
        time.sleep(_INTERVAL_SECONDS)
        for (account_id, region, _), queue in sqs._queues.all_items():
            try:
                with request_scope(account_id, region):
                    record(queue, time.time())
            except Exception:
                logger.exception("metrics of a queue could not be recorded")


def record(queue: dict[str, Any], now: float) -> None:
    """Record the queue's metrics of this moment."""
    messages = list(queue["messages"])
    visible = sum(message["visible_at"] <= now for message in messages)
    oldest = min((message["sent_at"] for message in messages), default=now)
    name = queue["attributes"]["QueueArn"].rsplit(":", 1)[-1]
    _record_one("ApproximateNumberOfMessagesVisible", name, visible, "Count", now)
    _record_one("ApproximateNumberOfMessagesNotVisible", name, len(messages) - visible, "Count", now)
    _record_one("ApproximateAgeOfOldestMessage", name, int(now - oldest), "Seconds", now)


def _record_one(metric: str, queue_name: str, value: int, unit: str, now: float) -> None:
    dimensions = {"QueueName": queue_name}
    points = cloudwatch._metric_bucket(("AWS/SQS", metric, cloudwatch._dims_key(dimensions)))
    if points and points[-1]["Value"] == value and now - points[-1]["Timestamp"] < _UNCHANGED_SECONDS:
        return
    del points[:-_KEPT_POINTS]
    cloudwatch.record_metric("AWS/SQS", metric, value, unit, dimensions)
