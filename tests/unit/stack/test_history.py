"""The attempts at an event, as the function's log has them."""

import itertools
import json
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from stripe_handler_cli.stack.function_log import FunctionLog, History, LogLine

SINCE = datetime(2025, 11, 21, 8, 0, tzinfo=UTC)
SENT_AT = datetime(2025, 11, 22, 8, 0, tzinfo=UTC)
NOON = datetime(2025, 11, 22, 12, 0, tzinfo=UTC)


def logged(**fields: Any) -> dict[str, Any]:
    """A line of the function's log."""
    return {"timestamp": int(NOON.timestamp() * 1000), "message": json.dumps({"event_id": "evt_1", **fields})}


def history(*pages: dict[str, Any], event_id: str = "evt_1", clock: Any = lambda: 0.0) -> History:
    """Read a history from a log of these pages."""
    client = boto3.client(
        "logs",
        region_name="eu-west-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - a dummy
    )
    with Stubber(client) as stubber:
        for number, page in enumerate(pages):
            expected = {
                "logGroupName": "/aws/lambda/f",
                "startTime": int(SINCE.timestamp() * 1000),
                "filterPattern": '"evt_1"',
            }
            token = {"nextToken": pages[number - 1]["nextToken"]} if number else {}
            stubber.add_response("filter_log_events", page, expected | token)
        found = FunctionLog(client, "/aws/lambda/f").history(event_id, SINCE, clock)
        stubber.assert_no_pending_responses()
    return found


def test_every_attempt_is_found_oldest_first() -> None:
    """Lines of other events that merely name this one, and Lambda's own lines, do not count."""
    late = logged(decision="error", error_type="KeyError", reason=None)
    early = logged(decision="write", reason="primary") | {"timestamp": int(SENT_AT.timestamp() * 1000)}
    stranger = logged(decision="write") | {"message": json.dumps({"event_id": "evt_11", "decision": "write"})}
    start = {"timestamp": 0, "message": "START RequestId: evt_1"}
    found = history({"events": [late, start, stranger], "nextToken": "more"}, {"events": [early]})
    assert found == History(
        (
            LogLine(handled_at=SENT_AT, event_id="evt_1", decision="write", reason="primary"),
            LogLine(handled_at=NOON, event_id="evt_1", decision="error", error_type="KeyError"),
        )
    )


def test_a_log_that_takes_too_long_is_read_in_part() -> None:
    """The attempts found until then, and the word that there may be more."""
    clock = itertools.count(0, 15)
    pages = ({"events": [logged(decision="write")], "nextToken": str(number)} for number in range(2))
    found = history(*pages, clock=lambda: float(next(clock)))
    assert (len(found.attempts), found.is_complete) == (2, False)


@pytest.mark.parametrize("event_id", ["", '" or "', "evt 1", "*"])
def test_what_cannot_be_an_event_id_is_not_looked_for(event_id: str) -> None:
    """It would be a pattern of its own."""
    assert history(event_id=event_id) == History()
