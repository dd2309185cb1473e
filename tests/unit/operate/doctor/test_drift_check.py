"""The doctor reads the drift check's last pass where the drift check keeps it."""

import datetime as dt
import json
import time
from typing import Any

from stripe_handler_cli.operate.doctor import Result
from stripe_handler_cli.operate.doctor.areas.drift_check import drift_check
from stripe_handler_cli.operate.doctor.check import Status
from stripe_subscription_handler.comparison.differences import Difference, Kind
from stripe_subscription_handler.comparison.tally import Tally
from stripe_subscription_handler.drift_check.drift_pass import DriftPass
from stripe_subscription_handler.dynamodb.wire import to_wire
from support.doctor.aws import examined

NAME, ARN = "drift", "arn:aws:lambda:eu-west-1:123456789012:function:drift"
OUTPUTS = {"drift_check_function_name": NAME, "sync_table_name": "s"}
HOUR = 3600


def found(last: DriftPass | None, **answers: Any) -> Result:
    """What the doctor finds where this is the last pass."""
    item = {"PK": "DRIFT-CHECK", "SK": "PASS"} | ({"lastPass": json.dumps(last.as_json())} if last else {})
    changed = dt.datetime.now(dt.UTC).isoformat()
    aws = {
        "get_function_configuration": {"FunctionArn": ARN, "State": "Active", "LastModified": changed},
        "get_schedule": {"State": "ENABLED", "Target": {"Arn": ARN}},
        "batch_get_item": {"Responses": {"s": [to_wire(item)]}},
    }
    return examined(drift_check, OUTPUTS, **{**aws, **answers})


def test_a_pass_that_ended_is_told() -> None:
    """With what was still so at its second look."""
    now = int(time.time())
    ended = DriftPass("p", now - 3 * HOUR, finished=now - 2 * HOUR)
    assert (found(ended).status, found(ended).found) == (
        Status.PASS,
        "the last pass ended 2 hours ago, and left no difference",
    )
    believed = Tally()
    believed.add(Difference(Kind.STALE, "sub_1", "user_1"))
    left = DriftPass("p", ended.started, finished=ended.finished, state={"believed": believed.as_json()})
    assert (found(left).status, found(left).found) == (
        Status.WARN,
        "the last pass ended 2 hours ago and left 1 difference",
    )


def test_a_schedule_that_leads_elsewhere_fails() -> None:
    """Then nobody calls the function, whatever an earlier pass told."""
    result = found(None, get_schedule={"State": "ENABLED", "Target": {"Arn": f"{ARN}-of-another"}})
    assert (result.status, "another function" in result.found) == (Status.FAIL, True)


def test_a_stack_without_one_is_asked_nothing() -> None:
    """And passes."""
    assert examined(drift_check, {}).status is Status.PASS
