"""The event that the CPU and cold start benchmarks handle, and what DynamoDB answers to its write."""

import json
from collections.abc import Mapping
from typing import Any

import attrs

from benchmarks.setting import ROOT
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.conversation.handling import handling
from stripe_subscription_handler.decisions.decide import decide
from stripe_subscription_handler.decisions.decision import Write
from stripe_subscription_handler.dynamodb.store import Store
from stripe_subscription_handler.dynamodb.wire import to_wire
from stripe_subscription_handler.events.envelope import parse_event

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
    values: dict[str, Any] = {name: value for name, value in write.set.items() if value is not None}
    for (name, part), value in write.parts.items():
        values[name] = values.get(name, {}) | {part: value}
    old = to_wire(values)
    return {
        "UpdateItem": json.dumps({"Attributes": old}),
        "GetItem": json.dumps({"Item": old}),
    }


def write_request(event: dict[str, Any]) -> dict[str, Any]:
    """The parameters of the handler's `update_item`: what the bare call sends too."""
    taken = _Taking()
    store = Store(taken, Config(table_name="profiles", sync_table_name="sync"))  # type: ignore[arg-type]
    store.run(handling(parse_event(event)), event)
    return taken.parameters


@attrs.define
class _Taking:
    """A client that keeps what it is called with."""

    parameters: dict[str, Any] = attrs.Factory(dict)

    def update_item(self, **parameters: Any) -> dict[str, Any]:
        """Keep the parameters."""
        self.parameters = parameters
        return {}
