# ruff: noqa: SLF001 - MiniStack has no public interface for this
"""The pages of a log group.

AWS rule modelled: `FilterLogEvents` answers with at most 10,000 events (or `limit`) and at most 1 MB of
them, and where more are left with a `nextToken` to go on from.

Stock MiniStack answers with the first 10,000 and no token: the rest can't be read.
"""

from typing import Any

from ministack.services import cloudwatch_logs

from .answers import Response, answer, error

MOST_EVENTS = 10_000
MOST_BYTES = 1_048_576

_stock_filter_log_events = cloudwatch_logs._filter_log_events


def install() -> None:
    """Replace MiniStack's function by ours."""
    cloudwatch_logs._filter_log_events = filter_log_events


def filter_log_events(data: dict[str, Any]) -> Response:
    """One page. The token tells the time of its last event, and how many of that time were answered."""
    group = cloudwatch_logs._log_groups.get(cloudwatch_logs._resolve_log_group_name(data))
    if group is None:
        stock: Response = _stock_filter_log_events(data)
        return stock
    start, _, skipped = str(data.get("nextToken") or f"{data.get('startTime', 0)}:0").partition(":")
    if not (start.isdigit() and skipped.isdigit()):
        return error("InvalidParameterException", "The specified nextToken is invalid.")
    found = _matching(group, {**data, "startTime": int(start)})[int(skipped) :]
    page = _cut(found[: min(data.get("limit", MOST_EVENTS), MOST_EVENTS)])
    body: dict[str, Any] = {"events": page, "searchedLogStreams": []}
    if len(page) < len(found):
        last = page[-1]["timestamp"]
        told = sum(event["timestamp"] == last for event in page)
        # A whole page of one time goes on counting.
        told += int(skipped) if last == int(start) else 0
        body["nextToken"] = f"{last}:{told}"
    return answer(body)


def _matching(group: dict[str, Any], data: dict[str, Any]) -> list[dict[str, Any]]:
    is_wanted = cloudwatch_logs._compile_filter_pattern(data.get("filterPattern", ""))
    names = data.get("logStreamNames") or list(group["streams"])
    end = data.get("endTime")
    with cloudwatch_logs._log_events_lock:
        found = [
            {**event, "logStreamName": name}
            for name in names
            if name in group["streams"]
            for event in group["streams"][name]["events"]
            if event["timestamp"] >= data["startTime"] and (end is None or event["timestamp"] <= end)
        ]
    found.sort(key=lambda event: (event["timestamp"], event.get("ingestionTime", 0)))
    return [event for event in found if is_wanted(event.get("message", ""))]


def _cut(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    size = 0
    for place, event in enumerate(events):
        size += len(event["message"].encode())
        if size > MOST_BYTES and place:
            return events[:place]
    return events
