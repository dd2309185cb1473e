"""What the function's log says about each attempt at an event. Reads only."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import attrs

from stripe_handler_cli.stack.pipeline import lambda_log_line

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

_BEFORE = timedelta(days=1)
"""Lambda tries an event for 6 hours at most before its message is sent; a day leaves a margin."""
_PATIENCE_SECONDS = 20.0
_STRIPE_ID = re.compile(r"\w+")


@attrs.frozen
class Attempt:
    """One attempt, as the function logged it.

    Attributes:
        at: When.
        decision: `write`, `skip` or `error`.
        reason: Why; an error's message, where it is the handler's own.
        error_type: The exception's class.
    """

    at: datetime
    decision: str
    reason: str | None
    error_type: str | None


@attrs.frozen
class History:
    """The attempts at an event, oldest first.

    Attributes:
        attempts: The attempts.
        is_complete: False where reading the log took too long.
    """

    attempts: tuple[Attempt, ...] = ()
    is_complete: bool = True


def read_history(
    logs: "CloudWatchLogsClient",
    log_group: str,
    event_id: str,
    sent_at: datetime,
    clock: Callable[[], float] = time.monotonic,
) -> History:
    """Find the attempts at an event from a day before its message was sent until now.

    Args:
        logs: CloudWatch Logs.
        log_group: The function's log group.
        event_id: Stripe's event id; anything that can't be one has no history.
        sent_at: When its message came into the queue.
        clock: Seconds from any point in time.
    """
    if not _STRIPE_ID.fullmatch(event_id):
        return History()
    deadline = clock() + _PATIENCE_SECONDS
    found: list[Attempt] = []
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=log_group,
        startTime=int((sent_at - _BEFORE).timestamp() * 1000),
        filterPattern=f'"{event_id}"',
    )
    for page in pages:
        found += (attempt for event in page["events"] if (attempt := _attempt(event, event_id)))
        if clock() > deadline and page.get("nextToken"):
            return History(tuple(found), is_complete=False)
    return History(tuple(sorted(found, key=lambda attempt: attempt.at)))


def _attempt(event: Any, event_id: str) -> Attempt | None:
    line = lambda_log_line(event["message"])
    if line is None or line.get("event_id") != event_id:
        return None
    at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
    return Attempt(at, str(line["decision"]), line.get("reason"), line.get("error_type"))
