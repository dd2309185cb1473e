"""Reads the function's log group in pieces of time, oldest first. Uses CloudWatch Logs, decides nothing."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import attrs

from stripe_handler_cli.stack.function_log.lines import LogLine
from stripe_handler_cli.stack.pipeline import lambda_log_line

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

_PIECES = 10
"""A long range is read in so many pieces: progress can be shown, and no more than one is held in memory."""
_SHORTEST_PIECE = timedelta(hours=1)
_MILLISECOND = timedelta(milliseconds=1)  # the ends of a piece are inclusive, and whole milliseconds

Progress = Callable[[int, int], None]
"""Called with how many pieces are read and how many there are."""


@attrs.frozen
class FunctionLog:
    """The log group of a deployed function.

    Attributes:
        client: A CloudWatch Logs client.
        group: The log group's name.
    """

    client: "CloudWatchLogsClient"
    group: str

    def oldest(self, now: datetime) -> datetime:
        """Since when the group can hold lines: its creation, or its retention if that is shorter."""
        found: Any = self.client.describe_log_groups(logGroupNamePrefix=self.group)
        for group in found["logGroups"]:
            if group["logGroupName"] == self.group:
                created = datetime.fromtimestamp(group["creationTime"] / 1000, UTC)
                days = group.get("retentionInDays")
                return created if days is None else max(created, now - timedelta(days=days))
        return now

    def lines(
        self,
        wanted: Sequence[str],
        keep: Callable[[LogLine], bool],
        start: datetime,
        end: datetime,
        progress: Progress = lambda _, __: None,
    ) -> Iterator[LogLine]:
        """Read the handler's lines, in the order in which they were written.

        Args:
            wanted: Filter patterns; a line is read if any of them matches. They only save reading.
            keep: Says of each line whether it is wanted.
            start: From this moment.
            end: To this moment.
            progress: Told of each piece read.
        """
        piece = max((end - start) / _PIECES, _SHORTEST_PIECE)
        total = max(1, -((start - end) // piece))
        for number in range(total):
            first = start + number * piece
            last = end if number == total - 1 else first + piece - _MILLISECOND
            yield from self._piece(wanted, keep, first, last)
            progress(number + 1, total)

    def _piece(
        self, wanted: Sequence[str], keep: Callable[[LogLine], bool], first: datetime, last: datetime
    ) -> list[LogLine]:
        found: dict[tuple[int, str], LogLine] = {}
        for pattern in wanted:
            pages = self.client.get_paginator("filter_log_events").paginate(
                logGroupName=self.group,
                startTime=_milliseconds(first),
                endTime=_milliseconds(last),
                filterPattern=pattern,
            )
            for page in pages:
                for event in page["events"]:
                    values = lambda_log_line(event["message"])
                    if values is None:
                        continue
                    line = LogLine.of(values, datetime.fromtimestamp(event["timestamp"] / 1000, UTC))
                    if keep(line):
                        # Two patterns may both find it; no two lines are alike to the microsecond.
                        found[event["timestamp"], event["message"]] = line
        return sorted(found.values(), key=lambda line: line.handled_at)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
