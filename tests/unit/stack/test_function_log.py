"""The function's log read back: its lines, patterns that find them, pieces of time."""

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from stripe_handler_cli.stack.function_log import FunctionLog, LogLine, patterns, phrase
from stripe_handler_cli.stack.function_log.reading import LONGEST_PATTERN
from stripe_subscription_handler.app import Runtime, handle
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.conversation.messages import Applied
from stripe_subscription_handler.dynamodb.store import Store
from stripe_subscription_handler.loggable import loggable
from stripe_subscription_handler.logger import make_logger
from support import events
from support.dynamodb import ScriptedDynamoDB

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def logged(raw: dict[str, Any], *script: Any) -> str:
    """The line that the handler itself writes about an event."""
    config = Config(table_name="profiles", sync_table_name="sync")
    output = io.StringIO()
    handle(raw, Runtime(Store(ScriptedDynamoDB(list(script)), config), config, make_logger(output=output)))  # type: ignore[arg-type]
    return output.getvalue()


def test_a_line_of_the_handler_is_read_back() -> None:
    """Every field that is typed here is one that the handler writes."""
    raw = events.envelope(events.created(events.subscription())) | {"replay-name": "again"}
    line = LogLine.of(json.loads(logged(raw, {})), NOW)
    assert (line.event_id, line.event_type, line.event_created) == (
        "evt_1",
        raw["detail-type"],
        "2025-11-22T08:26:40Z",
    )
    assert (line.subscription_id, line.user_id) == ("sub_1", "user_1")
    assert (line.decision, line.reason, line.replay) == ("write", "first_event", "again")
    assert line.changed is not None
    assert "subscriptionStatus" in line.changed


def test_a_line_tells_its_own_time() -> None:
    """CloudWatch's time is taken where it does not; the handling began its duration earlier, rounded up."""
    own = {"decision": "skip", "timestamp": "2026-11-23T10:00:00.250000Z", "duration_ms": 250}
    assert LogLine.of(own, NOW).began_at == datetime(2026, 11, 23, 9, 59, 59, 999000, tzinfo=UTC)
    assert LogLine.of({"decision": "skip", "timestamp": "?"}, NOW).handled_at == NOW


def test_a_line_of_an_earlier_handler_does_not_tell_what_changed() -> None:
    """Which is something else than "nothing changed"."""
    assert LogLine.of({"decision": "write"}, NOW).changed is None
    assert LogLine.of({"decision": "write", "changed": []}, NOW).changed == ()


def test_what_was_applied_on_the_way_is_read_too() -> None:
    """One entry for each event and user."""
    other = {"event_id": "evt_2", "user_id": "user_2", "reason": "primary", "changed": ["subscriptionId"]}
    line = LogLine.of({"decision": "write", "also_applied": [other]}, NOW)
    assert line.also_applied == (Applied("evt_2", "user_2", "primary", ("subscriptionId",)),)


def test_what_a_profile_does_not_know_is_read() -> None:
    """Names only; a line of an earlier handler has none."""
    line = LogLine.of({"decision": "write", "incomplete": ["items", 7, "plan"]}, NOW)
    assert line.incomplete == ("items", "plan")
    assert LogLine.of({"decision": "write"}, NOW).incomplete == ()


def test_one_pattern_finds_several_things() -> None:
    """In CloudWatch Logs' language for JSON lines."""
    assert patterns([("user_id", "u"), ("subscription_id", "sub_1")]) == [
        '{ ($.user_id = "u") || ($.subscription_id = "sub_1") }'
    ]


def test_too_many_things_take_several_patterns() -> None:
    """None is longer than CloudWatch Logs takes, none is empty, and nothing is left out."""
    conditions = [("subscription_id", f"sub_{number:030d}") for number in range(60)]
    found = patterns(conditions)
    assert len(found) > 1
    assert all(0 < len(pattern) <= LONGEST_PATTERN for pattern in found)
    assert all(any(f'"{value}"' in pattern for pattern in found) for _, value in conditions)


@pytest.mark.parametrize("value", ['a"b', "a\\b", "a\nb"])
def test_what_cannot_be_put_into_a_pattern_reads_everything(value: str) -> None:
    """Rather than the wrong lines."""
    assert patterns([("user_id", value), ("subscription_id", "sub_1")]) == [""]


def test_a_value_is_found_in_any_place() -> None:
    """In a list of objects too, of which a pattern for JSON lines can ask one by one only."""
    assert phrase("user_1") == '"user_1"'


@pytest.mark.parametrize("value", ['a"b', "a\\b", "a\nb", "ä"])
def test_a_value_that_stands_otherwise_in_a_line_reads_everything(value: str) -> None:
    """JSON escapes it."""
    assert phrase(value) == ""


@attrs.define
class Logs:
    """Answers as CloudWatch Logs does, in pages of two."""

    events: list[dict[str, Any]]
    group: dict[str, Any] = attrs.Factory(dict)
    asked: list[dict[str, Any]] = attrs.Factory(list)

    def describe_log_groups(self, *, logGroupNamePrefix: str) -> Any:  # noqa: N803 - boto3's word
        """The group, and another one with the same beginning."""
        other = {"logGroupName": f"{logGroupNamePrefix}-2", "creationTime": 0}
        return {"logGroups": [other, {"logGroupName": logGroupNamePrefix, **self.group}]}

    def get_paginator(self, operation: str) -> "Logs":
        """Itself."""
        assert operation == "filter_log_events"
        return self

    def paginate(self, **request: Any) -> Any:
        """The events of the time asked for; the pattern is left to the reader."""
        self.asked.append(request)
        found = [e for e in self.events if request["startTime"] <= e["timestamp"] <= request["endTime"]]
        return ({"events": found[at : at + 2]} for at in range(0, len(found), 2))


def entry(minutes_ago: int, **values: Any) -> dict[str, Any]:
    """A log event."""
    moment = NOW - timedelta(minutes=minutes_ago)
    return {
        "timestamp": int(moment.timestamp() * 1000),
        "message": json.dumps({"decision": "skip", "timestamp": moment.isoformat(), **values}) + "\n",
    }


def test_lines_are_read_in_order_piece_by_piece() -> None:
    """Every line once, the oldest first, whatever piece it lies in; the ends of the range belong to it."""
    ages = (6000, 4321, 4320, 600, 61, 60, 59, 0)
    logs = Logs([entry(age, event_id=str(age)) for age in ages])
    told: list[tuple[int, int]] = []
    lines = FunctionLog(logs, "group").lines(  # type: ignore[arg-type]
        ["a", "b"],
        lambda _: True,
        NOW - timedelta(minutes=6000),
        NOW,
        lambda done, total: told.append((done, total)),
    )
    assert [line.event_id for line in lines] == [str(age) for age in ages]
    assert told == [(number, 10) for number in range(1, 11)]
    assert {request["filterPattern"] for request in logs.asked} == {"a", "b"}


def test_lines_that_are_not_wanted_are_left_out() -> None:
    """A pattern may find more, and Lambda writes lines of its own."""
    noise = {"timestamp": int(NOW.timestamp() * 1000), "message": "START RequestId: 1 Version: $LATEST\n"}
    logs = Logs([entry(2, user_id="other"), noise, entry(1, user_id="mine")])
    lines = FunctionLog(logs, "group").lines(  # type: ignore[arg-type]
        [""], lambda line: line.user_id == "mine", NOW - timedelta(hours=1), NOW
    )
    assert [line.user_id for line in lines] == ["mine"]


@pytest.mark.parametrize(
    ("age_days", "retention_days", "oldest_days"), [(3, None, 3), (3, 14, 3), (90, 14, 14)]
)
def test_the_log_goes_back_to_its_creation_or_its_retention(
    age_days: int, retention_days: int | None, oldest_days: int
) -> None:
    """Whichever is later."""
    group = {"creationTime": int((NOW - timedelta(days=age_days)).timestamp() * 1000)}
    kept = {} if retention_days is None else {"retentionInDays": retention_days}
    log = FunctionLog(Logs([], {**group, **kept}), "group")  # type: ignore[arg-type]
    assert log.oldest(NOW) == NOW - timedelta(days=oldest_days)


def test_a_user_whose_id_is_no_id_is_found_by_its_fingerprint() -> None:
    """An e-mail address stands in the log as a fingerprint; the explanation names it again."""
    logged_as = str(loggable("ada@example.com"))
    other = Applied("evt_0", logged_as, "stale", ())
    line = LogLine(handled_at=datetime(2026, 11, 1, tzinfo=UTC), decision="write", user_id=logged_as)
    named = attrs.evolve(line, also_applied=(other,)).with_user(logged_as, "ada@example.com")
    assert (named.user_id, named.also_applied[0].user_id) == ("ada@example.com", "ada@example.com")
    assert line.with_user("somebody", "else") == line
