"""Reads the function's log group: a range of time, one event's history, from now on. Decides nothing.

Every line of the handler's holds its own time in microseconds, so no two are equal, not even those of one
event delivered twice.
"""

import functools
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import attrs

from stripe_handler_cli.stack.function_log.lines import Logged, LogLine, read_line, read_values
from stripe_subscription_handler.loggable import loggable

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

_PIECES = 10
"""A long range is read in so many pieces: progress can be shown, and no more than one is held in memory."""
_SHORTEST_PIECE = timedelta(hours=1)
_MILLISECOND = timedelta(milliseconds=1)  # the ends of a piece are inclusive, and whole milliseconds
_MONTH = timedelta(days=30)
_PATIENCE_SECONDS = 20.0
OVERLAP_MILLISECONDS = 120_000
"""CloudWatch may show a line later than one written after it, so every look of a tail goes back so far."""
LONGEST_PATTERN = 1024
"""Characters; the limit of CloudWatch Logs."""
_STRIPE_ID = re.compile(r"\w+")
_HANDLED, _ABOUT_EVENTS = "decision", '"event_id"'
"""Patterns that leave out what Lambda itself writes, and the stack traces, which are most of a log."""

Progress = Callable[[int, int], None]
"""Called with how many pieces are read and how many there are."""


def patterns(conditions: Iterable[tuple[str, str]]) -> list[str]:
    """Make as few filter patterns as needed for "one of these fields has one of these values".

    They only save reading: each line found must be looked at again, because a pattern's `*` is a wildcard.
    A value that cannot be put into a pattern makes one empty pattern, which every line matches.
    """
    found: list[str] = []
    for field, value in dict.fromkeys(conditions):
        if not _fits_into_a_pattern(value):
            return [""]
        part = f'($.{field} = "{value}")'
        if found and len(f"{{ {found[-1]} || {part} }}") <= LONGEST_PATTERN:
            found[-1] += f" || {part}"
        else:
            found.append(part)
    return [f"{{ {one} }}" for one in found]


def phrase(value: str) -> str:
    """Make the filter pattern for lines that have a value in any place, in a list of objects too.

    It only saves reading: the value may be a part of a longer one. A value that cannot be put into a pattern
    makes an empty pattern, which every line matches.
    """
    return f'"{value}"' if _fits_into_a_pattern(value) and value.isascii() else ""


def _fits_into_a_pattern(value: str) -> bool:
    return '"' not in value and "\\" not in value and value.isprintable()


@attrs.define
class LogTail:
    """A log being followed; `logged` reads what was logged from a Unix millisecond on."""

    logged: Callable[[int], Iterable[Logged]]
    start_milliseconds: int
    _seen: set[Logged] = attrs.Factory(set)

    def read(self) -> list[Mapping[str, Any]]:
        """The handler's lines that no earlier call has returned, oldest first."""
        found = set(self.logged(self.start_milliseconds))
        new = sorted(found - self._seen)
        self._seen |= found
        if self._seen:
            newest = max(timestamp for timestamp, _ in self._seen)
            self.start_milliseconds = max(self.start_milliseconds, newest - OVERLAP_MILLISECONDS)
            self._seen = {one for one in self._seen if one[0] >= self.start_milliseconds}
        return [values for logged in new if (values := read_values(logged)) is not None]


@attrs.frozen
class History:
    """The attempts at one event, oldest first; not complete if reading the log took too long."""

    attempts: tuple[LogLine, ...] = ()
    is_complete: bool = True


@attrs.frozen
class FunctionLog:
    """The log group of a deployed function."""

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

    def read_from(self, now: datetime, since: datetime | None = None) -> datetime:
        """Since when a command reads it: a month ago or the time asked for, or else its oldest line."""
        return max(since or now - _MONTH, self.oldest(now))

    def lines(
        self,
        wanted: Sequence[str],
        keep: Callable[[LogLine], bool],
        start: datetime,
        end: datetime,
        progress: Progress = lambda _, __: None,
        at_once: int = 1,
    ) -> Iterator[LogLine]:
        """Read those of the handler's lines that `keep` wants, in the order in which they were written.

        A line is read if any of the filter patterns in `wanted` matches; they only save reading. `at_once`
        pieces are read side by side; with more than one, all that is kept is in memory.
        """
        piece = max((end - start) / _PIECES, _SHORTEST_PIECE)
        total = max(1, -((start - end) // piece))

        def read(number: int) -> list[LogLine]:
            first = start + number * piece
            last = end if number == total - 1 else first + piece - _MILLISECOND
            # Two patterns may both find a line.
            found = {
                logged: line
                for pattern in wanted
                for logged in self._logged(pattern, _milliseconds(first), _milliseconds(last))
                if (line := read_line(logged)) is not None and keep(line)
            }
            return sorted(found.values(), key=lambda line: line.handled_at)

        with ExitStack() as ending:
            pieces: Iterable[list[LogLine]] = map(read, range(total))
            if at_once > 1:
                pieces = ending.enter_context(ThreadPoolExecutor(at_once)).map(read, range(total))
            for number, lines in enumerate(pieces, start=1):
                yield from lines
                progress(number, total)

    def newest_write(
        self, user_id: str, start: datetime, end: datetime, clock: Callable[[], float] = time.monotonic
    ) -> tuple[LogLine | None, bool]:
        """Find the newest line by which a user's profile was written, and whether all of the log was read.

        It is read backwards, for so long as a person waits.
        """
        logged_as = str(loggable(user_id))  # what does not look like an id stands there as its fingerprint
        deadline = clock() + _PATIENCE_SECONDS
        piece = max((end - start) / _PIECES, _SHORTEST_PIECE)
        while end > start:
            if clock() > deadline:
                return None, False
            first = max(start, end - piece)
            kept = list(self.lines([phrase(logged_as)], lambda line: line.wrote_to(logged_as), first, end))
            if kept:
                return kept[-1].with_user(logged_as, user_id), True
            end = first
        return None, True

    def values(self, since: datetime | None = None, pattern: str = _HANDLED) -> list[dict[str, Any]]:
        """Every line of the handler's so far, or since a moment, as JSON objects, oldest first.

        A filter pattern only saves reading: whoever gives one looks at each line again.
        """
        found = sorted(self._logged(pattern, _milliseconds(since) if since else 0))
        return [values for logged in found if (values := read_values(logged)) is not None]

    def tail(self, now: datetime) -> LogTail:
        """Follow it from now on: what was logged already is not told."""
        start = _milliseconds(now) - OVERLAP_MILLISECONDS
        tail = LogTail(functools.partial(self._logged, _ABOUT_EVENTS), start)
        tail.read()
        return tail

    def history(self, event_id: str, since: datetime, clock: Callable[[], float] = time.monotonic) -> History:
        """Find the attempts at one event; what can't be an event's id has no history."""
        if not _STRIPE_ID.fullmatch(event_id):
            return History()
        deadline = clock() + _PATIENCE_SECONDS
        found: list[LogLine] = []
        for page, has_more in self._pages(f'"{event_id}"', _milliseconds(since)):
            lines = map(read_line, page)
            found += (line for line in lines if line is not None and line.event_id == event_id)
            if has_more and clock() > deadline:
                return History(tuple(found), is_complete=False)
        return History(tuple(sorted(found, key=lambda line: line.handled_at)))

    def _logged(self, pattern: str, start: int, end: int | None = None) -> Iterator[Logged]:
        for page, _ in self._pages(pattern, start, end):
            yield from page

    def _pages(self, pattern: str, start: int, end: int | None = None) -> Iterator[tuple[list[Logged], bool]]:
        """What was logged, page by page, and whether another page follows. Times are Unix milliseconds."""
        request: Any = {"logGroupName": self.group, "filterPattern": pattern, "startTime": start}
        if end is not None:
            request["endTime"] = end
        for page in self.client.get_paginator("filter_log_events").paginate(**request):
            yield [(one["timestamp"], one["message"]) for one in page["events"]], bool(page.get("nextToken"))


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
