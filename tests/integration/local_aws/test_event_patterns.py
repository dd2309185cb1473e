"""The patterns that Terraform writes, as local AWS matches them: what passes, and what is held back."""

import json
from typing import Any

import pytest

from support.cloud import ACCOUNT_ID, Cloud
from support.rule_events import HELD_BACK, PASSING
from support.terraform import event_pattern

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("terraform")]

_LAST = "evt_last"


def _bus_with_rule(cloud: Cloud, pattern: dict[str, Any], event_source: str | None) -> tuple[str, str]:
    """A bus, a partner event source's if one is named, and the queue behind its rule: name and URL."""
    events = cloud.client("events")
    name = event_source or cloud.name()
    if event_source:
        events.create_partner_event_source(Name=event_source, Account=ACCOUNT_ID)
        events.create_event_bus(Name=name, EventSourceName=event_source)
    else:
        events.create_event_bus(Name=name)
    queue_url, queue_arn = cloud.queue()
    events.put_rule(Name="stripe", EventBusName=name, EventPattern=json.dumps(pattern))
    events.put_targets(Rule="stripe", EventBusName=name, Targets=[{"Id": "queue", "Arn": queue_arn}])
    return name, queue_url


def _passed(cloud: Cloud, queue_url: str) -> list[str]:
    """The ids of what came through, up to the event that was put last."""
    found: list[str] = []

    def more() -> bool:
        for message in cloud.messages(queue_url, wait_seconds=1):
            found.append(json.loads(message["Body"])["detail"]["id"])
            cloud.client("sqs").delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        return _LAST in found

    assert cloud.until(more)
    return sorted(found)


@pytest.mark.parametrize("rule", ["rule", "webhook_bridge_rule"])
def test_a_rule_passes_what_can_matter_and_nothing_else(emulator: Cloud, rule: str) -> None:
    """As partner events on the stack's bus, and as the webhook bridge puts them on its own."""
    pattern = event_pattern(rule)
    source = f"aws.partner/stripe.com/{emulator.name()}" if rule == "rule" else pattern["source"][-1]
    bus, queue_url = _bus_with_rule(emulator, pattern, source if rule == "rule" else None)
    put = [{**event, "id": reason} for reason, event in (PASSING | HELD_BACK).items()]
    put.append({**PASSING["a ping"], "id": _LAST})
    for event in put:
        entry = {"Source": source, "DetailType": event["type"], "Detail": json.dumps(event)}
        if rule == "rule":
            answer = emulator.client("events").put_partner_events(Entries=[entry])
        else:
            answer = emulator.client("events").put_events(Entries=[{**entry, "EventBusName": bus}])
        assert answer["FailedEntryCount"] == 0
    assert _passed(emulator, queue_url) == sorted([*PASSING, _LAST])


@pytest.mark.parametrize("source", ["com.example.app", "aws.partner/example.com/ed_1"])
def test_events_of_other_sources_are_held_back(emulator: Cloud, source: str) -> None:
    """Whatever they look like; EventBridge itself is asked."""
    test = emulator.client("events").test_event_pattern
    for event in PASSING.values():
        envelope = {
            "id": "1",
            "account": ACCOUNT_ID,
            "source": source,
            "time": "2026-11-02T10:00:00Z",
            "region": emulator.region,
            "resources": [],
            "detail-type": event["type"],
            "detail": event,
        }
        answer = test(EventPattern=json.dumps(event_pattern()), Event=json.dumps(envelope))
        assert answer["Result"] is False
