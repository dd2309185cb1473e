"""Following a log: each line once, also those that show up late."""

from datetime import UTC, datetime
from typing import Any

from stripe_handler_cli.stack.function_log import FunctionLog, LogTail
from support.aws_fakes import FakeLogs

NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)
MS = int(NOW.timestamp() * 1000)


def following(logs: FakeLogs) -> LogTail:
    """A log being followed from now on."""
    client: Any = logs
    return FunctionLog(client, "group").tail(NOW)


def ids(tail: LogTail) -> list[str]:
    """The events that the next look tells of."""
    return [line["event_id"] for line in tail.read()]


def test_each_line_is_told_once_and_nothing_from_before() -> None:
    """What other people's events said before is theirs."""
    logs = FakeLogs()
    logs.say(MS - 1000, event_id="before")
    tail = following(logs)
    logs.say(MS, event_id="first")
    assert (ids(tail), ids(tail)) == (["first"], [])


def test_an_event_delivered_twice_is_told_twice() -> None:
    """Even in one millisecond: the lines differ in the time they hold."""
    logs = FakeLogs()
    tail = following(logs)
    logs.say(MS, event_id="twin", timestamp="2026-11-02T10:00:00.000001Z")
    logs.say(MS, event_id="twin", timestamp="2026-11-02T10:00:00.000002Z")
    assert ids(tail) == ["twin", "twin"]


def test_a_line_that_shows_up_late_is_told() -> None:
    """CloudWatch takes its time; lines of one look are in order."""
    logs = FakeLogs()
    tail = following(logs)
    logs.say(MS + 60_000, event_id="newer")
    assert ids(tail) == ["newer"]
    logs.say(MS + 5_000, event_id="late")
    logs.say(MS + 1_000, event_id="later")
    assert ids(tail) == ["later", "late"]


def test_old_log_is_not_read_again() -> None:
    """The window moves on with the log, and what left it is not remembered."""
    logs = FakeLogs()
    tail = following(logs)
    for minute in range(10):
        logs.say(MS + minute * 60_000, event_id=f"e{minute}")
        tail.read()
    tail.read()
    assert logs.asked[-1]["startTime"] == MS + 7 * 60_000
    assert len(tail._seen) == 3  # noqa: SLF001 - memory is what this is about


def test_other_lines_are_left_out() -> None:
    """What Lambda itself writes, and our own lines about something else."""
    logs = FakeLogs()
    tail = following(logs)
    logs.say_text("REPORT RequestId: 1", MS)
    logs.say_text('{"level": "info", "event_id": "x"}', MS)
    assert ids(tail) == []
