"""What happens in the fake's account reaches its event destinations, in the form each of them wants."""

from collections.abc import Mapping
from typing import Any

import attrs
import pytest
import stripe

from stripe_handler_cli.lab.fake_stripe import (
    AccountClock,
    Destinations,
    FakeStripe,
    Happenings,
    InMemoryPartner,
    Pusher,
    SimulatedAccount,
)
from stripe_handler_cli.lab.fake_stripe.destinations import Destination
from stripe_handler_cli.lab.fake_stripe.pushing import Delivery
from stripe_handler_cli.lab.simulator import SimulationOptions, simulate
from stripe_handler_cli.lab.simulator.delivery import thin_event
from stripe_subscription_handler.webhook_bridge.signature import verify_signature

MADE = simulate(4, 2, SimulationOptions(scenarios=("upgrade",), eras=("2026-endive",)))
EVENTS = list(MADE.snapshot_events.values())
CREATED, UPDATED = "customer.subscription.created", "customer.subscription.updated"
NOW = 1_793_440_800
PLACE = {"amazon_eventbridge": {"aws_account_id": "123456789012", "aws_region": "us-east-1"}}
HOOK = {"webhook_endpoint": {"url": "http://127.0.0.1:1/hook"}}


@attrs.define
class Posts:
    """Notes what is posted."""

    seen: list[tuple[str, bytes, Mapping[str, str]]] = attrs.Factory(list)
    status: int | None = 200

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> int | None:
        """Post."""
        self.seen.append((url, body, headers))
        return self.status


def made(destinations: Destinations, kind: str, payload: str, types: list[str], **place: Any) -> Destination:
    """Make a destination; an event source is associated at once."""
    one = destinations.create(
        {"type": kind, "name": "n", "event_payload": payload, "enabled_events": types, **place}
    )
    if kind == "amazon_eventbridge":
        assert isinstance(destinations.partner, InMemoryPartner)
        destinations.partner.statuses[one.source] = "active"
    return one


def test_each_destination_gets_the_types_and_the_form_it_asked_for() -> None:
    """Snapshots here, thin events there; nothing to a disabled one."""
    destinations = Destinations()
    partner = destinations.partner
    assert isinstance(partner, InMemoryPartner)
    snapshots = made(destinations, "amazon_eventbridge", "snapshot", [CREATED], **PLACE)
    thin = made(destinations, "amazon_eventbridge", "thin", [f"v1.{CREATED}", f"v1.{UPDATED}"], **PLACE)
    off = made(destinations, "amazon_eventbridge", "snapshot", ["*"], **PLACE)
    destinations.switch(off, "disabled")
    Pusher(destinations).push(*EVENTS)
    assert partner.delivered[snapshots.source] == [one for one in EVENTS if one["type"] == CREATED]
    expected = [thin_event(one) for one in EVENTS if one["type"] in {CREATED, UPDATED}]
    assert partner.delivered[thin.source] == expected
    assert off.source not in partner.delivered


@pytest.mark.parametrize("payload", ["snapshot", "thin"])
@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("@self", [None]),
        ("@accounts", ["acct_1"]),
        ("@organization_members", ["acct_2"]),
        ("@organization_members/@accounts", ["acct_1"]),
    ],
)
def test_a_destination_gets_the_events_of_its_accounts(
    scope: str, expected: list[str | None], payload: str
) -> None:
    """An event of another account names it; a thin one as its context."""
    destinations = Destinations()
    one = made(destinations, "amazon_eventbridge", payload, ["*"], events_from=[scope], **PLACE)
    event = EVENTS[0]
    connected = {**event, "account": "acct_1", "context": "acct_1"}
    Pusher(destinations).push(event, connected, {**event, "context": "acct_2"})
    assert isinstance(destinations.partner, InMemoryPartner)
    assert [sent.get("context") for sent in destinations.partner.delivered[one.source]] == expected


def test_a_webhook_is_signed_as_stripe_signs() -> None:
    """Stripe's own library and our check take it; what the endpoint answered is told."""
    destinations, posts = Destinations(), Posts(status=503)
    hook = made(destinations, "webhook_endpoint", "snapshot", ["*"], **HOOK)
    [delivery] = Pusher(destinations, posts, lambda: NOW).push(EVENTS[0])
    assert delivery == Delivery(hook.id, EVENTS[0]["id"], 503)
    [(url, body, headers)] = posts.seen
    assert url == HOOK["webhook_endpoint"]["url"]
    signature = headers["Stripe-Signature"]
    verify_signature(body, signature, [hook.signing_secret], NOW)
    assert stripe.WebhookSignature.verify_header(body.decode(), signature, hook.signing_secret)


def test_nobody_at_the_webhooks_address_is_told() -> None:
    """A closed port, through the real HTTP."""
    with FakeStripe() as fake:
        url = f"{fake.url}/hook"
    hook = {"webhook_endpoint": {"url": url}}
    made(fake.destinations, "webhook_endpoint", "snapshot", ["*"], **hook)
    assert [one.status for one in fake.pusher.push(EVENTS[0])] == [None]


def test_a_webhook_is_posted_over_http() -> None:
    """Another fake Stripe answers that it knows no such path."""
    with FakeStripe(keys=set()) as receiver, FakeStripe() as fake:
        place = {"webhook_endpoint": {"url": f"{receiver.url}/hook"}}
        made(fake.destinations, "webhook_endpoint", "snapshot", ["*"], **place)
        assert [one.status for one in fake.pusher.push(EVENTS[0])] == [401]
        assert [path for path, _ in receiver.received] == ["/hook"]


def test_an_accounts_next_events_happen_when_somebody_says_so() -> None:
    """They are sent, and the account is as it was then; at its end nothing more happens."""
    clock = AccountClock(monotonic=lambda: 0.0)
    account = SimulatedAccount(MADE, clock)
    destinations = Destinations()
    one = made(destinations, "amazon_eventbridge", "snapshot", ["*"], **PLACE)
    happenings = Happenings(account, Pusher(destinations))
    first = happenings.happen()
    assert first == EVENTS[:1]
    assert account.find("event", EVENTS[0]["id"]).body == EVENTS[0]
    assert account.find("event", EVENTS[-1]["id"]).body is None
    assert happenings.happen(len(EVENTS)) == EVENTS[1:]
    assert happenings.happen() == []
    assert isinstance(destinations.partner, InMemoryPartner)
    assert destinations.partner.delivered[one.source] == EVENTS
