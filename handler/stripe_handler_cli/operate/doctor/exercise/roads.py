"""How a made-up event gets into a stack: by the road that is open to others than Stripe. Finds; sends.

EventBridge takes events of a source that begins with `aws.` from nobody but the partner itself, so nothing of
ours comes onto a partner bus on AWS. There the event takes the road behind the bus: Lambda's asynchronous
invocation, which is what the rule does; and EventBridge is asked what the rule makes of it.
Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.stack.archive import Archive
from stripe_handler_cli.stack.bus import is_local
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.event_pattern import EventPattern
from stripe_handler_cli.stack.pipeline import put_all
from stripe_subscription_handler.webhook_bridge.entry import put_events_entry

_OWN_SOURCE = "stripe-handler-exercise"
_ACCOUNT = "000000000000"


@attrs.frozen
class Road:
    """One way in.

    Attributes:
        key: Its name for programs.
        told: What it is, as a sentence's fragment.
        source: The EventBridge `source` that the events have.
        rule: The rule's pattern, as JSON.
        put: Sends one Stripe event.
        archive: Of the bus that the event comes over; None where it comes over none, or there is none.
    """

    key: str
    told: str
    source: str
    rule: str
    put: Callable[[Mapping[str, Any]], None]
    archive: Archive | None

    @property
    def pattern(self) -> EventPattern:
        return EventPattern.of({"EventPattern": self.rule})


def find_road(stack: DeployedStack) -> Road:
    """Find the best road into a stack: its bus, the webhook bridge's own bus, or straight to the function.

    Raises:
        CliError: The stack's outputs do not name its bus, its rule or its function.
    """
    events = stack.endpoint.events
    rule = _pattern_of(stack, "rule_name", "event_bus_name")
    own = next(iter(EventPattern.of({"EventPattern": rule}).sources), None)
    partner, bus = stack.partner_event_source, stack.output("event_bus_name")
    if partner is not None and is_local(stack):
        put = _putting(stack.pipeline(partner).put)
        return Road(
            "partner-bus", "onto the partner bus, as Stripe does", partner, rule, put, _archive(stack)
        )
    if partner is None and own is not None:
        put = _onto(events, bus, own)
        return Road("own-bus", f"onto the bus {bus} as {own}", own, rule, put, _archive(stack))
    bridge = stack.outputs.get("webhook_bridge_bus_name")
    if bridge:
        source = stack.output("webhook_bridge_event_source")
        rule = _pattern_of(stack, "webhook_bridge_rule_name", "webhook_bridge_bus_name")
        told = f"onto the webhook bridge's bus {bridge}: only Stripe can put events on {bus}"
        put, archive = _onto(events, str(bridge), source), _archive(stack, is_bridges=True)
        return Road("bridge-bus", told, source, rule, put, archive)
    told = f"straight to the function, as the rule invokes it, which takes Stripe's own events alone on {bus}"
    source = partner or _OWN_SOURCE
    return Road("invocation", told, source, rule, _invoking(stack, source), None)


def admitted(stack: DeployedStack, road: Road, event: Mapping[str, Any]) -> bool:
    """Ask EventBridge whether the deployed rule lets an event through."""
    asked = {"account": _ACCOUNT, "region": "us-east-1", "resources": [], **_envelope(event, road.source)}
    answer = stack.endpoint.events.test_event_pattern(EventPattern=road.rule, Event=json.dumps(asked))
    return bool(answer["Result"])


def _pattern_of(stack: DeployedStack, rule: str, bus: str) -> str:
    found: Any = stack.endpoint.events.describe_rule(Name=stack.output(rule), EventBusName=stack.output(bus))
    return str(found.get("EventPattern") or "{}")


def _archive(stack: DeployedStack, *, is_bridges: bool = False) -> Archive | None:
    try:
        return Archive.of(stack, is_bridges=is_bridges)
    except CliError:
        return None


def _putting(put: Callable[..., None]) -> Callable[[Mapping[str, Any]], None]:
    def put_one(event: Mapping[str, Any]) -> None:
        put(event)

    return put_one


def _onto(events: Any, bus: str, source: str) -> Callable[[Mapping[str, Any]], None]:
    def put(event: Mapping[str, Any]) -> None:
        put_all(events.put_events, [{**put_events_entry(event, source), "EventBusName": bus}])

    return put


def _invoking(stack: DeployedStack, source: str) -> Callable[[Mapping[str, Any]], None]:
    def put(event: Mapping[str, Any]) -> None:
        stack.endpoint.functions.invoke(
            FunctionName=stack.invoked_function,
            InvocationType="Event",
            Payload=json.dumps(_envelope(event, source)).encode(),
        )

    return put


def _envelope(event: Mapping[str, Any], source: str) -> dict[str, Any]:
    """An event as EventBridge hands it to its targets."""
    return {
        "version": "0",
        "id": str(event["id"]),
        "detail-type": event["type"],
        "source": source,
        "time": "2026-01-01T00:00:00Z",
        "detail": dict(event),
    }
