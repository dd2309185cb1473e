"""The event that the CPU and cold start benchmarks handle, and what DynamoDB answers to its write."""

import json
from collections.abc import Mapping
from typing import Any

from benchmarks.setting import ROOT
from stripe_subscription_handler.decide import decide
from stripe_subscription_handler.decisions import Write
from stripe_subscription_handler.envelope import parse_event
from stripe_subscription_handler.wire import to_wire

_EVENT = ROOT / "tests" / "fixtures" / "2025-basil" / "subscription_updated_item_removed.json"


def event_text() -> str:
    """The event as compact JSON: a renewal's size, near 6 KB with its envelope."""
    return json.dumps(json.loads(_EVENT.read_text(encoding="utf-8")), separators=(",", ":"))


def answers(event: Mapping[str, Any]) -> dict[str, str]:
    """DynamoDB's answers: the write happened, and returns the old values of what it changed.

    The old values are as large as the new ones. For handlers that read first, the item has them too.
    """
    write = decide(parse_event(event))
    if not isinstance(write, Write):
        raise TypeError("the event must lead to a write")
    old = to_wire({name: value for name, value in write.set.items() if value is not None})
    return {
        "UpdateItem": json.dumps({"Attributes": old}),
        "GetItem": json.dumps({"Item": old}),
    }
