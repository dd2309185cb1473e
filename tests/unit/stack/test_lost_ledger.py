"""A ledger that is gone is told by the log: it was written, and the item has none."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from stripe_handler_cli.stack.function_log import FunctionLog, LogLine
from stripe_handler_cli.stack.lost_ledger import look_for_lost_ledger, lost_by_lines
from stripe_handler_cli.stack.stored import UserRecord
from stripe_subscription_handler.conversation.messages import Applied
from stripe_subscription_handler.conversation.model import Tables
from stripe_subscription_handler.events.envelope import parse_event
from stripe_subscription_handler.loggable import loggable
from support import events

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
WROTE = LogLine(
    handled_at=NOW,
    decision="write",
    event_id="evt_1",
    user_id="user_1",
    changed=("subscriptionStatus",),
)
KEY = {"PK": "USER#user_1", "SK": "PROFILE"}


def record(item: dict[str, Any] | None) -> UserRecord:
    """The user's profile with this item."""
    return UserRecord.of("user_1", KEY, item)


def held() -> UserRecord:
    """A profile with its ledger."""
    tables = Tables()
    tables.deliver(parse_event(events.created(events.subscription())))
    return record(dict(tables.profiles["user_1"]))


@pytest.mark.parametrize(
    ("item", "told"),
    [
        ({"email": "x"}, "something else has replaced the whole item since, as PutItem does"),
        (None, "something else has deleted the item since"),
    ],
)
def test_it_is_told_what_has_happened_and_what_restores_it(item: dict[str, Any] | None, told: str) -> None:
    """With the last event that was written."""
    lost = lost_by_lines(record(item), [WROTE])
    assert lost is not None
    assert told in lost.told
    assert "evt_1, handled 2026-11-23T12:00:00Z" in lost.told
    assert lost.repair(" --workspace x") == "stripe-handler sync user_1 --workspace x"


def test_it_is_not_gone_where_it_is_there_or_never_was() -> None:
    """A user of whom no write is logged, one of whom an event was skipped, one who lives."""
    skipped = LogLine(handled_at=NOW, decision="skip", event_id="evt_1", user_id="user_1")
    others = LogLine(handled_at=NOW, decision="write", user_id="user_2", changed=("subscriptionStatus",))
    assert lost_by_lines(held(), [WROTE]) is None
    assert lost_by_lines(record({"email": "x"}), [skipped, others]) is None


def test_what_was_applied_on_the_way_was_written_too() -> None:
    """A parked event, brought out by another's."""
    applied = Applied("evt_0", "user_1", "first_event", ("subscriptionStatus",))
    line = LogLine(handled_at=NOW, decision="write", event_id="evt_2", user_id="u", also_applied=(applied,))
    assert lost_by_lines(record(None), [line]) is not None


def log(*lines: tuple[datetime, dict[str, Any]], error: Exception | None = None) -> FunctionLog:
    """A log group with these lines."""

    def paginate(**request: Any) -> list[dict[str, Any]]:
        if error is not None:
            raise error
        stamped = [(int(at.timestamp() * 1000), json.dumps(line)) for at, line in lines]
        found = [
            {"timestamp": at, "message": text}
            for at, text in stamped
            if request["startTime"] <= at <= request.get("endTime", at)
        ]
        return [{"events": found}]

    client = SimpleNamespace(
        get_paginator=lambda _: SimpleNamespace(paginate=paginate),
        describe_log_groups=lambda **_: {"logGroups": [{"logGroupName": "g", "creationTime": 0}]},
    )
    return FunctionLog(client, "g")  # type: ignore[arg-type]


def logged(event_id: str, at: datetime) -> tuple[datetime, dict[str, Any]]:
    """A line of the handler's about a write to the user."""
    values = {"decision": "write", "event_id": event_id, "user_id": "user_1", "changed": ["subscriptionId"]}
    return at, values | {"timestamp": at.isoformat()}


def test_the_newest_write_is_found_in_the_log() -> None:
    """However many there are; lines about others do not count."""
    old, new = NOW - timedelta(days=20), NOW - timedelta(days=2)
    other = NOW - timedelta(days=1), {**logged("evt_3", NOW)[1], "user_id": "user_12"}
    look = look_for_lost_ledger(log(logged("evt_1", old), logged("evt_2", new), other), record(None), NOW)
    assert look.lost is not None
    assert look.lost.last.event_id == "evt_2"
    assert look.as_json("") == {
        "has_item": False,
        "is_forgotten": False,
        "last_event_id": "evt_2",
        "last_handled_at": new.isoformat(),
        "repair": "stripe-handler sync user_1",
    }


def test_an_id_that_the_log_does_not_tell_is_found_by_what_stands_for_it() -> None:
    """A user id with a space, say an e-mail address of some kind."""
    at, values = logged("evt_1", NOW - timedelta(hours=1))
    user_id = "Ada Lovelace"
    found = log((at, values | {"user_id": str(loggable(user_id))}))
    look = look_for_lost_ledger(found, UserRecord.of(user_id, KEY, None), NOW)
    assert look.lost is not None
    assert look.lost.repair("") == "stripe-handler sync 'Ada Lovelace'"


def test_where_the_ledger_is_there_the_log_is_not_read() -> None:
    """Nor is one that may not be read an end of the command: it is said."""
    denied = ClientError({"Error": {"Code": "AccessDeniedException"}}, "FilterLogEvents")
    assert look_for_lost_ledger(log(error=denied), held(), NOW).unread is None
    look = look_for_lost_ledger(log(error=denied), record(None), NOW)
    assert (look.lost, look.unread) == (None, "the function's log could not be read (AccessDeniedException)")


def test_a_log_that_is_too_long_is_not_read_to_its_end() -> None:
    """Backwards for so long as a person waits."""
    ticks = iter(range(0, 1000, 15))
    line, is_complete = log().newest_write("user_1", NOW - timedelta(days=30), NOW, lambda: next(ticks))
    assert (line, is_complete) == (None, False)
    assert log().newest_write("user_1", NOW - timedelta(days=30), NOW) == (None, True)
