"""A log group can be read to its end, page by page."""

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from support.cloud import Cloud

pytestmark = pytest.mark.embedded

MANY = 10_050
_BATCH = 5_000


def _group(cloud: Cloud, lines: list[str], *, same_time: bool = False) -> str:
    """A log group with these lines."""
    logs, name = cloud.client("logs"), cloud.name()
    logs.create_log_group(logGroupName=name)
    logs.create_log_stream(logGroupName=name, logStreamName="one")
    now = int(time.time() * 1000) - len(lines)
    entries: list[Any] = [
        {"timestamp": now + (0 if same_time else place), "message": line} for place, line in enumerate(lines)
    ]
    for start in range(0, len(entries), _BATCH):
        logs.put_log_events(logGroupName=name, logStreamName="one", logEvents=entries[start : start + _BATCH])
    return name


def _pages(cloud: Cloud, name: str, **options: Any) -> list[list[str]]:
    pages = cloud.client("logs").get_paginator("filter_log_events").paginate(logGroupName=name, **options)
    return [[event["message"] for event in page["events"]] for page in pages]


@pytest.mark.parametrize("same_time", [False, True])
def test_a_page_has_10_000_events_and_the_next_one_the_rest(emulator: Cloud, *, same_time: bool) -> None:
    """Each once and in order, also where all are of one millisecond."""
    lines = [f"line {number}" for number in range(MANY)]
    pages = _pages(emulator, _group(emulator, lines, same_time=same_time))
    assert [len(page) for page in pages] == [10_000, 50]
    assert [line for page in pages for line in page] == lines


def test_a_page_has_1_mb(emulator: Cloud) -> None:
    """Three lines of 400 KB make two pages."""
    lines = [letter * 400_000 for letter in "abc"]
    assert [len(page) for page in _pages(emulator, _group(emulator, lines))] == [2, 1]


def test_pages_of_what_is_asked_for(emulator: Cloud) -> None:
    """A limit, a pattern and a time hold over all pages."""
    name = _group(emulator, [f"{'odd' if number % 2 else 'even'} {number}" for number in range(20)])
    pages = _pages(emulator, name, filterPattern="odd", limit=4)
    assert [len(page) for page in pages] == [4, 4, 2]
    assert all("odd" in line for page in pages for line in page)


def test_a_token_that_nobody_gave_out_is_refused(emulator: Cloud) -> None:
    """As on AWS; and so is a group that is not there."""
    logs = emulator.client("logs")
    with pytest.raises(ClientError, match="InvalidParameterException"):
        logs.filter_log_events(logGroupName=_group(emulator, ["x"]), nextToken="made-up")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        logs.filter_log_events(logGroupName=emulator.name())


def test_stock_ministack_still_shows_only_the_first_10_000(stock: Cloud) -> None:
    """When this fails, see whether `log_pages` is still needed."""
    pages = _pages(stock, _group(stock, [f"line {number}" for number in range(MANY)]))
    assert [len(page) for page in pages] == [10_000]
