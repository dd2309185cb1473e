"""Follows the function's log: what the handler said since the last look. Reads only.

Every line of the handler's holds its own time in microseconds, so no two are equal, not even those of one
event delivered twice.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import attrs

from stripe_handler_cli.stack.pipeline import lambda_log_line

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

_OVERLAP_MILLISECONDS = 120_000
"""CloudWatch may show a line later than one written after it, so every look goes back so far."""
_FIRST_LOOK = timedelta(minutes=2)
_PATTERN = '"event_id"'


@attrs.define
class LogTail:
    """A log group being followed.

    Attributes:
        logs: CloudWatch Logs.
        log_group: The function's log group.
        start_milliseconds: From when on it is read, Unix time.
    """

    logs: "CloudWatchLogsClient"
    log_group: str
    start_milliseconds: int
    _seen: set[tuple[int, str]] = attrs.Factory(set)

    @classmethod
    def starting(cls, logs: "CloudWatchLogsClient", log_group: str, now: datetime) -> "LogTail":
        """Follow from now on: what was logged already is not told."""
        tail = cls(logs, log_group, int((now - _FIRST_LOOK).timestamp() * 1000))
        tail.read()
        return tail

    def read(self) -> list[Mapping[str, Any]]:
        """The handler's lines that no earlier call has returned, oldest first."""
        pages = self.logs.get_paginator("filter_log_events").paginate(
            logGroupName=self.log_group, startTime=self.start_milliseconds, filterPattern=_PATTERN
        )
        found = {(event["timestamp"], event["message"]) for page in pages for event in page["events"]}
        new = sorted(found - self._seen)
        self._seen |= found
        if self._seen:
            newest = max(timestamp for timestamp, _ in self._seen)
            self.start_milliseconds = max(self.start_milliseconds, newest - _OVERLAP_MILLISECONDS)
            self._seen = {(at, message) for at, message in self._seen if at >= self.start_milliseconds}
        return [line for _, message in new if (line := lambda_log_line(message)) is not None]
