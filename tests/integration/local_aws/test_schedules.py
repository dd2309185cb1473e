"""Scheduled rules: they fire by their rate, on a clock that can run faster."""

import json

import pytest

from support.cloud import Cloud

pytestmark = pytest.mark.embedded


def _message_of_an_hourly_rule(cloud: Cloud, *, patience_seconds: int) -> list[str]:
    events, name = cloud.client("events"), cloud.name()
    queue_url, queue_arn = cloud.queue()
    events.put_rule(Name=name, ScheduleExpression="rate(1 hour)")
    constant = json.dumps({"count": True})
    events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": queue_arn, "Input": constant}])
    found = [message["Body"] for message in cloud.messages(queue_url, wait_seconds=patience_seconds)]
    events.remove_targets(Rule=name, Ids=["queue"])
    events.delete_rule(Name=name)
    return found


def test_an_hourly_rule_sends_its_constant_input(emulator: Cloud) -> None:
    """An hour passes in a few seconds here."""
    assert _message_of_an_hourly_rule(emulator, patience_seconds=15) == ['{"count": true}']


def test_stock_ministacks_hours_still_take_an_hour(stock: Cloud) -> None:
    """Without the faster clock nothing comes in the first second."""
    assert _message_of_an_hourly_rule(stock, patience_seconds=1) == []


def test_a_schedule_invokes_its_function_without_the_functions_permission(emulator: Cloud) -> None:
    """EventBridge Scheduler uses a role, gives the schedule's input, and does so asynchronously."""
    scheduler, name = emulator.client("scheduler"), emulator.name()
    queue_url, queue_arn = emulator.queue()
    function_name, function_arn = emulator.function("def handler(event, context): raise ValueError")
    emulator.on_failure(function_name, queue_arn, MaximumRetryAttempts=0)
    scheduler.create_schedule(
        Name=name,
        ScheduleExpression="rate(1 hour)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": function_arn,
            "RoleArn": "arn:aws:iam::000000000000:role/any",
            "Input": json.dumps({"check": True}),
        },
    )
    (record,) = emulator.messages(queue_url, wait_seconds=20)[:1]
    scheduler.delete_schedule(Name=name)
    assert json.loads(record["Body"])["requestPayload"] == {"check": True}
    assert emulator.metric_sum("AWS/Events", "Invocations", RuleName=name) == 0
