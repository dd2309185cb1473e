"""What the fake answers has the shape that Stripe publishes for today's API version."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from stripe_handler_cli.lab.fake_stripe import FakeStripe, SimulatedAccount
from stripe_handler_cli.lab.fake_stripe.messages import Request
from stripe_handler_cli.lab.simulator import CURRENT, Simulation, SimulationOptions, simulate
from stripe_handler_cli.lab.simulator.delivery import thin_event
from support.stripe_types.check import differences, differences_of_event

OPTIONS = SimulationOptions(
    eras=("2023", "2025-basil", "2025-clover", "2026-endive"),
    sessions=True,
    customers=True,
    entitlements=True,
    entitled_share=1,
)
MADE = simulate(15, 60, OPTIONS)
LAST = max(event["created"] for event in MADE.snapshot_events.values())
DESTINATION = "/v2/core/event_destinations"


@pytest.fixture(scope="module")
def fake() -> FakeStripe:
    """The fake, on the day of the account's last event; asked without a connection."""
    return FakeStripe(SimulatedAccount(MADE), now=lambda: LAST)


def ask(fake: FakeStripe, method: str, target: str, body: bytes = b"") -> Mapping[str, Any]:
    """What the fake answers; nothing is refused."""
    told = fake.answer(Request.of(method, target, LAST, body))
    assert told.status == 200, told.body
    return told.body


def wrong(body: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with an answer, or with what it lists."""
    listed = body["data"] if "object" not in body or body["object"] == "list" else [body]
    for one in listed:
        is_event = one["object"] == "event"
        yield from differences_of_event(one) if is_event else differences(one, CURRENT.name)


def kinds_of(made: Simulation) -> dict[str, list[str]]:
    """Path of a kind of object → the ids of its objects."""
    return {
        "subscriptions": list(made.subscriptions),
        "customers": list(made.customers),
        "invoices": list(made.invoices),
        "checkout/sessions": list(made.sessions),
        "events": list(made.snapshot_events),
    }


@pytest.mark.parametrize("kind", kinds_of(MADE))
def test_objects_and_lists_of_them(kind: str, fake: FakeStripe) -> None:
    """Each by its id, and the first page; of subscriptions also with their newest invoices."""
    identifiers = kinds_of(MADE)[kind]
    page = ask(fake, "GET", f"/v1/{kind}?limit=100")
    bodies = [page, *(ask(fake, "GET", f"/v1/{kind}/{one}") for one in identifiers)]
    if kind == "subscriptions":
        bodies.append(ask(fake, "GET", "/v1/subscriptions?limit=100&expand[]=data.latest_invoice"))
    assert {one for body in bodies for one in wrong(body)} == set()
    assert len(page["data"]) > 1


def test_what_belongs_to_an_object(fake: FakeStripe) -> None:
    """A subscription's items, all that a customer is entitled to, and a customer who is deleted."""
    found, entitled = set(), 0
    for one in MADE.subscriptions:
        found |= set(wrong(ask(fake, "GET", f"/v1/subscription_items?subscription={one}")))
    deleted = {event["data"]["object"]["id"] for event in MADE.events if event["type"] == "customer.deleted"}
    for one in {*MADE.customers, *deleted}:
        told = ask(fake, "GET", f"/v1/entitlements/active_entitlements?limit=100&customer={one}")
        found |= {*wrong(told), *wrong(ask(fake, "GET", f"/v1/customers/{one}"))}
        entitled = max(entitled, len(told["data"]))
    assert found == set()
    # The event of the best plan tells ten of them.
    assert entitled > 10
    assert deleted


def test_thin_events(fake: FakeStripe) -> None:
    """As they are delivered, and as they are read."""
    found = set()
    for event in MADE.snapshot_events.values():
        if event["api_version"] == CURRENT.name and not event["type"].startswith("entitlements."):
            delivered = thin_event(event)
            read = ask(fake, "GET", f"/v2/core/events/{delivered['id']}")
            found |= {*wrong(delivered), *wrong(read)}
    assert found == set()


def test_event_destinations_and_a_changed_subscription(fake: FakeStripe) -> None:
    """Made, listed, switched off and on, pinged; metadata that somebody sets."""
    common = {"name": "ours", "enabled_events": ["customer.created"], "event_payload": "snapshot"}
    bridge = {"aws_account_id": "123456789012", "aws_region": "eu-west-1"}
    bodies = []
    for given in (
        {**common, "type": "amazon_eventbridge", "amazon_eventbridge": bridge},
        {**common, "type": "webhook_endpoint", "webhook_endpoint": {"url": "http://127.0.0.1:1/hook"}},
    ):
        made = ask(fake, "POST", DESTINATION, json.dumps(given).encode())
        path = f"{DESTINATION}/{made['id']}"
        bodies += [made, *(ask(fake, "POST", f"{path}/{verb}", b"{}") for verb in ("disable", "enable"))]
        bodies.append(ask(fake, "GET", path))
    bodies.append(ask(fake, "GET", DESTINATION))
    for one in MADE.subscriptions:
        bodies.append(ask(fake, "POST", f"/v1/subscriptions/{one}", b"metadata[team]=blue"))
    events = list(fake.edits.events.values())
    assert {one for body in (*bodies, *events) for one in wrong(body)} == set()
    assert events
