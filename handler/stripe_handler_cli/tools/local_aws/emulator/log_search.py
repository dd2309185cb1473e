"""Searching a log group: `FilterLogEvents` with JSON patterns, page by page.

AWS rules modelled:
- A filter pattern in braces finds the lines whose JSON matches it (`filter_pattern`).
- An answer holds at most 10,000 events, or `limit`, and at most 1 MB; while there are more, it has a
  `nextToken`.
- Every event has an `eventId`.

Stock MiniStack takes a pattern in braces as "every line", answers 10,000 events at most without a way to the
rest, and gives the lines of functions no id.
"""

import heapq
import itertools
from collections.abc import Callable, Iterator
from typing import Any

from ministack.core.responses import error_response_json, json_response, new_uuid
from ministack.services import cloudwatch_logs

from .filter_pattern import UnsupportedPatternError, compile_pattern, json_line
from .replacing import replaces

_MOST_EVENTS = 10_000
_MOST_BYTES = 1_048_576


@replaces(cloudwatch_logs, "_filter_log_events")
def filter_log_events(stock: Any, data: dict[str, Any]) -> Any:
    group = cloudwatch_logs._log_groups.get(cloudwatch_logs._resolve_log_group_name(data))
    if group is None:
        return stock(data)
    try:
        matches = _test((data.get("filterPattern") or "").strip())
    except UnsupportedPatternError as unsupported:
        return error_response_json("InvalidParameterException", f"Invalid filter pattern: {unsupported}")
    offset = cloudwatch_logs._decode_token(data.get("nextToken"))
    limit = min(data.get("limit") or _MOST_EVENTS, _MOST_EVENTS)
    with cloudwatch_logs._log_events_lock:
        found = list(_in_order(group, data, matches))
    events = _at_most_1_mb(found[offset : offset + limit])
    end = offset + len(events)
    more = {"nextToken": cloudwatch_logs._encode_token(end)} if end < len(found) else {}
    return json_response({"events": events, "searchedLogStreams": [], **more})


def _at_most_1_mb(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    sizes = itertools.accumulate(len(event["message"].encode()) for event in events)
    fitting = sum(size <= _MOST_BYTES for size in sizes)
    return events[: max(1, fitting)]


def _test(pattern: str) -> Any:
    """The test of a message that a pattern stands for."""
    if not pattern.startswith("{"):
        return cloudwatch_logs._compile_filter_pattern(pattern)
    test = compile_pattern(pattern)
    return lambda message: (line := json_line(message)) is not None and test(line)


def _in_order(
    group: dict[str, Any], data: dict[str, Any], matches: Callable[[str], bool]
) -> Iterator[dict[str, Any]]:
    start, end = data.get("startTime"), data.get("endTime")
    wanted = data.get("logStreamNames") or list(group["streams"])
    streams = [
        [
            {**event, "logStreamName": name}
            for event in group["streams"].get(name, {}).get("events", ())
            if (start is None or event["timestamp"] >= start)
            and (end is None or event["timestamp"] <= end)
            and matches(event["message"])
            and event.setdefault("eventId", new_uuid())
        ]
        for name in wanted
    ]
    return heapq.merge(*streams, key=lambda event: (event["timestamp"], event.get("ingestionTime", 0)))
