"""The store asks the real stripe client, and the real client asks a fake Stripe on the loopback."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from stripe_handler_cli.lab.fake_stripe import API_KEY, FakeStripe, objects
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.conversation.handling import handling
from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.dynamodb.store import Store
from stripe_subscription_handler.errors import StripeUnavailableError
from stripe_subscription_handler.events.envelope import parse_event
from stripe_subscription_handler.stripe_side.api import StripeApi
from stripe_subscription_handler.stripe_side.secret import StripeKey
from support import events
from support.dynamodb import ScriptedDynamoDB

CONFIG = Config(table_name="profiles", sync_table_name="sync")
ASKING = Policy(can_ask_stripe=True)
NOW = events.T0 + 60
THIN = {
    "id": "evt_thin",
    "object": "v2.core.event",
    "type": "v1.customer.subscription.updated",
    "created": "2025-11-22T08:26:45.123Z",
    "related_object": {"id": "sub_1", "type": "subscription", "url": "/v1/subscriptions/sub_1"},
}
PAID = events.paid(events.invoice(user=None))


@pytest.fixture
def stripe() -> Iterator[FakeStripe]:
    """A Stripe that has one unlabelled subscription, whose customer names the user."""
    customer = {"id": "cus_1", "object": "customer", "metadata": {"userId": "user_7"}}
    with FakeStripe(objects(events.subscription(user=None), customer), now=lambda: NOW) as server:
        yield server


def run(raw: dict[str, Any], stripe: FakeStripe | None, *script: dict[str, Any]) -> tuple[Any, Store, Any]:
    """Handle an event; returns the outcome, the store and the DynamoDB calls."""
    client = ScriptedDynamoDB(list(script))
    api = None
    if stripe is not None:
        key = StripeKey.from_environment({"STRIPE_SECRET_KEY": API_KEY})
        assert key is not None
        api = StripeApi(key, lambda: 30.0, url=stripe.url, sleep=lambda _: None)
    store = Store(client, CONFIG, api)  # type: ignore[arg-type]
    policy = ASKING if api else Policy()
    return store.run(handling(parse_event(raw), policy), raw), store, client.calls


def test_a_thin_event_is_fetched_and_its_user_found_by_the_customer(stripe: FakeStripe) -> None:
    """The event (gone), subscription, links (none), the customer's metadata, the item, then one write."""
    outcome, store, calls = run(THIN, stripe, {"Items": []}, {}, {})
    assert (outcome.applied, outcome.user_id) == (True, "user_7")
    assert [operation for operation, _ in calls] == ["Query", "GetItem", "TransactWriteItems"]
    assert store.stripe is not None
    assert (store.requests, store.stripe.requests) == (3, 3)


@pytest.mark.parametrize(("named", "asked"), [({"snapshot_event": "evt_1"}, 1), ({}, 2)])
def test_a_thin_event_is_the_snapshot_event_that_it_names(named: dict[str, Any], asked: int) -> None:
    """One question where the delivered event names it, two where only the fetched one does; and no wait."""
    snapshot = {**events.updated(events.subscription(), created=events.T0 + 5), "object": "event"}
    thin = THIN | {"snapshot_event": "evt_1", "changes": None}
    with FakeStripe(objects(snapshot, thin), now=lambda: events.T0 + 5) as stripe:
        outcome, store, calls = run(THIN | named, stripe, {})
    assert (outcome.applied, outcome.user_id) == (True, "user_1")
    assert [operation for operation, _ in calls] == ["UpdateItem"]
    assert store.stripe is not None
    assert store.stripe.requests == asked
    as_delivered, _, same_calls = run(snapshot, None, {})
    assert (outcome, calls[0][1].keys()) == (as_delivered, same_calls[0][1].keys())


def test_an_invoice_without_user_asks_stripe(stripe: FakeStripe) -> None:
    """The same way, for an invoice."""
    outcome, _, calls = run(PAID, stripe, {"Items": []}, {}, {})
    assert outcome.user_id == "user_7"
    assert calls[1][1]["Key"]["PK"] == {"S": "USER#user_7"}


def set_by(update: dict[str, Any]) -> dict[str, Any]:
    """The values that an UpdateItem sets in an item that is new, by attribute."""
    pairs = re.findall(r"(#n\d+) = (?:if_not_exists\(#n\d+, )?(:v\d+)", update["UpdateExpression"])
    names, values = update["ExpressionAttributeNames"], update["ExpressionAttributeValues"]
    return {names[name]: values[value] for name, value in pairs}


def is_set_once(update: dict[str, Any], attribute: str) -> bool:
    """Whether an attribute stays as it is where the item has it."""
    [name] = [name for name, one in update["ExpressionAttributeNames"].items() if one == attribute]
    return f"{name} = if_not_exists({name}, :" in update["UpdateExpression"]


def test_without_a_key_the_event_is_parked_whole() -> None:
    """One transaction: the id at the customer's record, the event beside it, with its expiry."""
    outcome, _, calls = run(events.envelope(PAID), None, {"Items": []}, {})
    assert outcome.reason is Reason.PARKED
    link, update, kept = calls[1][1]["TransactItems"]
    assert link["ConditionCheck"]["ConditionExpression"] == "attribute_not_exists(#n0)"
    assert update["Update"]["UpdateExpression"] == "SET #n0 = :v0, #n1 = :v1 ADD #n2 :v2"
    assert update["Update"]["ConditionExpression"] == "attribute_not_exists(#n0)"
    assert kept["Update"]["Key"]["SK"] == {"S": "PARKED#evt_1"}
    written = set_by(kept["Update"])
    assert '"id":"evt_1"' in written["event"]["S"]
    assert "detail-type" not in written["event"]["S"]


def test_an_event_that_waits_and_comes_again_keeps_its_first_expiry() -> None:
    """No read: the one transaction leaves alone since when and until when it waits, and writes the rest."""
    _, _, calls = run(events.envelope(PAID), None, {"Items": []}, {})
    [*_, kept] = calls[1][1]["TransactItems"]
    names = set(kept["Update"]["ExpressionAttributeNames"].values())
    kept_as_they_are = {name for name in names if is_set_once(kept["Update"], name)}
    assert kept_as_they_are == {"parkedAt", "expiresAt"}
    assert names == {"waitingFor", "customer", "event", *kept_as_they_are}


def test_a_thin_event_without_a_key_comes_back() -> None:
    """It cannot be applied, and must not be lost."""
    with pytest.raises(StripeUnavailableError, match="no Stripe key"):
        run(THIN, None)
