"""Searching a log group as operators' commands do."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from support.cloud import Cloud

pytestmark = pytest.mark.embedded

NOW_MS = 1_800_000_000_000


def _group(cloud: Cloud, *messages: str) -> str:
    """A log group with these lines, a millisecond apart, in two streams by turns."""
    logs, name = cloud.client("logs"), f"/own/{cloud.name()}"
    logs.create_log_group(logGroupName=name)
    for stream in range(2):
        logs.create_log_stream(logGroupName=name, logStreamName=str(stream))
        batch = [
            {"timestamp": NOW_MS + number, "message": message} for number, message in enumerate(messages)
        ][stream::2]
        if batch:
            logs.put_log_events(logGroupName=name, logStreamName=str(stream), logEvents=batch)
    return name


def _search(cloud: Cloud, group: str, **request: Any) -> list[str]:
    return [event["message"] for page in _pages(cloud, group, **request) for event in page]


def _pages(cloud: Cloud, group: str, **request: Any) -> list[list[Any]]:
    pages = cloud.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group, **request)
    return [page["events"] for page in pages]


def test_a_json_pattern_finds_the_lines_it_describes(emulator: Cloud) -> None:
    """One of several values, in the order in which they were written; what is no JSON is passed over."""
    lines = [json.dumps({"user_id": user}) for user in ("a", "b", "c", "a")]
    group = _group(emulator, "START RequestId: 1", *lines)
    found = _search(emulator, group, filterPattern='{ ($.user_id = "a") || ($.user_id = "c") }')
    assert found == [lines[0], lines[2], lines[3]]
    assert _search(emulator, group, filterPattern="RequestId") == ["START RequestId: 1"]


def test_a_wrong_pattern_is_refused(emulator: Cloud) -> None:
    """Rather than finding everything."""
    group = _group(emulator, "{}")
    with pytest.raises(ClientError, match="InvalidParameterException"):
        _search(emulator, group, filterPattern="{ $.user_id }")


def test_long_answers_come_in_pages(emulator: Cloud) -> None:
    """Nothing twice, nothing missing; each event has an id of its own."""
    group = _group(emulator, *map(str, range(7)))
    logs = emulator.client("logs")
    first = logs.filter_log_events(logGroupName=group, limit=3)
    second = logs.filter_log_events(logGroupName=group, limit=3, nextToken=first["nextToken"])
    last = logs.filter_log_events(logGroupName=group, limit=3, nextToken=second["nextToken"])
    events = [*first["events"], *second["events"], *last["events"]]
    assert [event["message"] for event in events] == list(map(str, range(7)))
    assert len({event["eventId"] for event in events}) == 7
    assert "nextToken" not in last


def test_a_page_has_10_000_events_or_1_mb(emulator: Cloud) -> None:
    """And the next one has the rest, also where all lines are of one stream."""
    lines = [f"line {number}" for number in range(10_050)]
    pages = _pages(emulator, _group(emulator, *lines))
    assert [len(page) for page in pages] == [10_000, 50]
    assert [event["message"] for page in pages for event in page] == lines
    long = [letter * 200_000 for letter in "abcdefg"]
    assert [len(page) for page in _pages(emulator, _group(emulator, *long))] == [5, 2]


def test_only_the_time_asked_for_is_searched(emulator: Cloud) -> None:
    """Both ends belong to it."""
    group = _group(emulator, *map(str, range(7)))
    assert _search(emulator, group, startTime=NOW_MS + 2, endTime=NOW_MS + 4) == ["2", "3", "4"]


def test_stock_ministack_still_finds_everything_and_tells_of_no_rest(stock: Cloud) -> None:
    """When this fails, see whether `log_search` is still needed."""
    group = _group(stock, '{"user_id": "a"}', '{"user_id": "b"}')
    assert len(_search(stock, group, filterPattern='{ $.user_id = "a" }')) == 2
    assert "nextToken" not in stock.client("logs").filter_log_events(logGroupName=group, limit=1)
