"""An event takes the best road that is open: one's own bus, the bridge's, or straight to the function."""

import json
from typing import Any

import pytest

from stripe_handler_cli.operate.doctor.exercise.made_up import CREATED, made_up
from stripe_handler_cli.operate.doctor.exercise.roads import Road, admitted, find_road
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_subscription_handler.events.envelope import parse_event
from support.doctor.exercise import BESIDE, CONFIG, NOW, OUTPUTS, SETTINGS, Located

PARTNER = OUTPUTS["event_bus_name"]
OF_STRIPE = {"source": [{"prefix": "aws.partner/stripe.com/"}], "detail-type": [CREATED]}
ARCHIVE = {"archive_name": "events", "archive_arn": "a", "rule_arn": f"arn:aws:events:{BESIDE}:rule/r"}
BRIDGE = {
    "webhook_bridge_bus_name": "bayon-stripe-bridge-production",
    "webhook_bridge_bus_arn": "b",
    "webhook_bridge_event_source": "stripe-webhook-bridge",
    "webhook_bridge_rule_name": "bridge-rule",
    "webhook_bridge_rule_arn": "r",
    "webhook_bridge_archive_name": "bridge",
    "webhook_bridge_archive_arn": "a",
}
OWN = {"event_bus_name": "bayon-stripe-events-production"}
EVENT = made_up(CONFIG, "0a1b2c", NOW).created()


class Sent:
    """What AWS was sent: operation → request."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.requests: dict[str, dict[str, Any]] = {}

    def note(self, operation: str) -> Any:
        """Take an operation's request."""

        def take(**request: Any) -> dict[str, Any]:
            self.requests[operation] = request
            return {"FailedEntryCount": 0, "Entries": [], "StatusCode": 202, "Result": True}

        return take


def road(
    pattern: dict[str, Any], url: str = "https://events.eu-central-1.amazonaws.com", **outputs: Any
) -> tuple[Road, Sent, DeployedStack]:
    """The road into a stack, and what is sent on it."""
    sent = Sent()
    operations = ("put_events", "put_partner_events", "invoke", "test_event_pattern")
    answers = {
        "describe_rule": {"EventPattern": json.dumps(pattern)},
        "get_function_configuration": SETTINGS,
        **{name: sent.note(name) for name in operations},
    }
    found = Located(answers, url=url)
    stack = DeployedStack(Endpoint({}, lambda _: found), {**OUTPUTS, **ARCHIVE, **outputs})
    return find_road(stack), sent, stack


def test_onto_a_bus_of_ones_own() -> None:
    """As the bridge whose source the rule admits; what came over it is in its archive."""
    pattern = {**OF_STRIPE, "source": [*OF_STRIPE["source"], "my-bridge"]}
    found, sent, _ = road(pattern, **OWN)
    found.put(EVENT)
    assert (found.key, found.source) == ("own-bus", "my-bridge")
    assert found.archive is not None
    [entry] = sent.requests["put_events"]["Entries"]
    assert (entry["EventBusName"], entry["Source"]) == (OWN["event_bus_name"], "my-bridge")
    assert json.loads(entry["Detail"]) == EVENT


@pytest.mark.parametrize("bus", [{}, OWN], ids=["partner bus", "own bus for Stripe's source alone"])
def test_straight_to_the_function(bus: dict[str, str]) -> None:
    """Asynchronously, as the rule invokes it, in an envelope that the handler reads; no archive has it."""
    found, sent, _ = road(OF_STRIPE, **bus)
    found.put(EVENT)
    assert (found.key, found.archive) == ("invocation", None)
    assert "Stripe's own events alone" in found.told
    request = sent.requests["invoke"]
    assert request["InvocationType"] == "Event"
    assert request["FunctionName"] == OUTPUTS["function_name"]
    event = parse_event(json.loads(request["Payload"]), CONFIG.selection)
    assert (event.id, event.user_id) == (EVENT["id"], "stripe-handler-exercise")
    assert "put_events" not in sent.requests
    assert event.type == CREATED


def test_onto_the_bridges_own_bus() -> None:
    """Beside a partner bus: a bus of our own that leads to the same function, with an archive of its own."""
    found, sent, _ = road(OF_STRIPE, **BRIDGE)
    found.put(EVENT)
    assert (found.key, found.source) == ("bridge-bus", "stripe-webhook-bridge")
    assert found.archive is not None
    assert found.archive.name == "bridge"
    [entry] = sent.requests["put_events"]["Entries"]
    assert entry["EventBusName"] == "bayon-stripe-bridge-production"


def test_onto_a_partner_bus_on_local_aws() -> None:
    """There anybody is the partner."""
    found, sent, _ = road(OF_STRIPE, "http://127.0.0.1:4566")
    found.put(EVENT)
    assert (found.key, found.source) == ("partner-bus", PARTNER)
    assert [entry["Source"] for entry in sent.requests["put_partner_events"]["Entries"]] == [PARTNER]


def test_eventbridge_says_whether_the_rule_lets_it_through() -> None:
    """Asked with the deployed pattern, and the event as Stripe would send it."""
    found, sent, stack = road(OF_STRIPE)
    assert admitted(stack, found, EVENT)
    asked = sent.requests["test_event_pattern"]
    assert json.loads(asked["EventPattern"]) == OF_STRIPE
    event = json.loads(asked["Event"])
    assert {"id", "account", "source", "time", "region", "resources", "detail-type"} <= event.keys()
    assert (event["source"], event["detail-type"]) == (PARTNER, CREATED)
