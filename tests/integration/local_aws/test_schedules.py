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
