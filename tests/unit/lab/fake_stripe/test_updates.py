"""A subscription's metadata is changed through the API, and an event tells of it."""

from collections.abc import Iterator
from typing import Any

import pytest

from stripe_handler_cli.lab.fake_stripe import (
    API_KEY,
    AccountClock,
    Destinations,
    FakeStripe,
    InMemoryPartner,
    SimulatedAccount,
    objects,
)
from stripe_handler_cli.lab.simulator import SimulationOptions, simulate
from stripe_handler_cli.lab.simulator.delivery import thin_event
from stripe_subscription_handler.events.envelope import parse_event
from stripe_subscription_handler.stripe_side.api import load_stripe
from support import events

NOW = events.T0 + 100
UPDATED = "customer.subscription.updated"
OLDER = events.created(events.subscription(user=None), event_id="evt_older")
ACCOUNT = objects(events.subscription(user=None), events.subscription(id="sub_2"), OLDER)


def destination(destinations: Destinations, payload: str, event_type: str) -> str:
    """Make one that gets events of a type; its event source."""
    partner = destinations.partner
    assert isinstance(partner, InMemoryPartner)
    made = destinations.create(
        {
            "type": "amazon_eventbridge",
            "name": "n",
            "event_payload": payload,
            "enabled_events": [event_type],
            "amazon_eventbridge": {"aws_account_id": "123456789012", "aws_region": "us-east-1"},
        }
    )
    partner.statuses[made.source] = "active"
    return made.source


@pytest.fixture
def fake() -> Iterator[FakeStripe]:
    """A Stripe with two subscriptions."""
    with FakeStripe(ACCOUNT, now=lambda: float(NOW)) as server:
        yield server


def client(fake: FakeStripe) -> Any:
    """The real client."""
    made = load_stripe().StripeClient(API_KEY, base_addresses={"api": fake.url}, max_network_retries=0)
    return made.v1


def update(fake: FakeStripe, metadata: Any, subscription_id: str = "sub_1", **options: Any) -> dict[str, Any]:
    """Change the metadata; the metadata afterwards."""
    found = client(fake).subscriptions.update(subscription_id, {"metadata": metadata}, options or None)
    changed: dict[str, Any] = found.metadata.to_dict()
    return changed


def test_keys_are_set_changed_and_taken_away_one_by_one(fake: FakeStripe) -> None:
    """An empty value takes its key away; an empty metadata takes all. Whoever reads it sees the same."""
    assert update(fake, {"userId": "user_1", "plan": "gold"}) == {"userId": "user_1", "plan": "gold"}
    assert update(fake, {"userId": "user_2"}) == {"userId": "user_2", "plan": "gold"}
    assert update(fake, {"plan": ""}) == {"userId": "user_2"}
    assert client(fake).subscriptions.retrieve("sub_1").metadata.to_dict() == {"userId": "user_2"}
    [listed] = [one for one in client(fake).subscriptions.list().data if one.id == "sub_1"]
    assert listed.metadata.to_dict() == {"userId": "user_2"}
    assert update(fake, "") == {}
    told = [event["data"]["previous_attributes"]["metadata"] for event in fake.edits.events.values()]
    assert told == [
        {"userId": None, "plan": None},
        {"userId": "user_1"},
        {"plan": "gold"},
        {"userId": "user_2"},
    ]


def test_the_event_reaches_the_destinations_and_the_list(fake: FakeStripe) -> None:
    """As a snapshot or thin; our own reader finds both states in it."""
    partner = fake.destinations.partner
    assert isinstance(partner, InMemoryPartner)
    snapshots = destination(fake.destinations, "snapshot", UPDATED)
    thin = destination(fake.destinations, "thin", f"v1.{UPDATED}")
    destination(fake.destinations, "snapshot", "invoice.paid")
    update(fake, {"userId": "user_1"})
    [event] = fake.edits.events.values()
    assert partner.delivered == {snapshots: [event], thin: [thin_event(event)]}
    read = parse_event(event)
    assert read.subscription is not None
    assert read.before is not None
    assert (read.type, read.subscription.user_id, read.before.user_id) == (UPDATED, "user_1", None)
    assert (event["created"], event["livemode"]) == (NOW, False)
    assert client(fake).events.retrieve(event["id"]).type == UPDATED
    assert [one.id for one in client(fake).events.list().data] == [event["id"], "evt_older"]


def test_nothing_changed_is_no_event(fake: FakeStripe) -> None:
    """The value is what it was."""
    assert update(fake, {"userId": "user_1"}, "sub_2") == {"userId": "user_1"}
    assert fake.edits.events == {}


def test_an_idempotency_key_counts_once(fake: FakeStripe) -> None:
    """Repeated, it is answered as the first time, and nothing happens."""
    assert update(fake, {"userId": "user_1"}, idempotency_key="k") == {"userId": "user_1"}
    assert update(fake, {"userId": "user_2"}, idempotency_key="other") == {"userId": "user_2"}
    assert update(fake, {"userId": "user_1"}, idempotency_key="k") == {"userId": "user_1"}
    assert len(fake.edits.events) == 2
    assert client(fake).subscriptions.retrieve("sub_1").metadata.to_dict() == {"userId": "user_2"}


def test_what_is_not_modelled_is_refused(fake: FakeStripe) -> None:
    """A subscription that is not there, another field, another form of metadata."""
    stripe = load_stripe()
    with pytest.raises(stripe.InvalidRequestError, match="No such subscription: 'sub_none'"):
        update(fake, {"userId": "user_1"}, "sub_none")
    with pytest.raises(stripe.InvalidRequestError, match="unknown parameter: cancel_at_period_end"):
        client(fake).subscriptions.update("sub_1", {"cancel_at_period_end": True})
    with pytest.raises(stripe.InvalidRequestError, match="unknown parameter: metadata"):
        update(fake, "text")
    assert fake.edits.events == {}


def test_another_account_knows_nothing_of_it(fake: FakeStripe) -> None:
    """A server can be given another account; what was changed in the first one stays there."""
    update(fake, {"userId": "user_1"})
    [event_id] = fake.edits.events
    fake.account = objects(events.subscription(id="sub_9"))
    assert client(fake).events.list().data == []
    with pytest.raises(load_stripe().InvalidRequestError, match="No such event"):
        client(fake).events.retrieve(event_id)


def test_a_simulated_account_is_changed_at_its_own_time() -> None:
    """Where its clock stands; what has not happened yet is not listed."""
    made = simulate(4, 1, SimulationOptions(scenarios=("upgrade",), eras=("2026-endive",)))
    account = SimulatedAccount(made, AccountClock(monotonic=lambda: 0.0))
    first, *_, last = made.snapshot_events.values()
    account.sent([first])
    with FakeStripe(account, now=account.clocks.now if account.clocks else float) as fake:
        [subscription_id] = made.subscriptions
        update(fake, {"userId": "user_other"}, subscription_id)
        [event] = fake.edits.events.values()
        assert event["created"] == first["created"] + 3
        listed = [one.id for one in client(fake).events.list().data]
        assert (listed[0], listed[-1], last["id"] in listed) == (event["id"], first["id"], False)
