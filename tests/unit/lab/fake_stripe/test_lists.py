"""The real stripe client pages through the fake's lists: newest first, each object once, filtered."""

from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from stripe_handler_cli.lab.fake_stripe import API_KEY, CustomerClocks, FakeStripe, SimulatedAccount, objects
from stripe_handler_cli.lab.fake_stripe.messages import Answer, Request
from stripe_handler_cli.lab.fake_stripe.object_routes import EVENTS_KEPT_SECONDS, answer_objects
from stripe_handler_cli.lab.simulator import SimulationOptions, simulate

MADE = simulate(6, 60, SimulationOptions(eras=("2025-clover", "2026-endive"), thin_share=0.5))
EVENTS = MADE.snapshot_events
END = max(event["created"] for event in EVENTS.values())
SUBSCRIPTION = {"object": "subscription", "customer": "cus_1"}
NUMBERED = objects(
    *(
        {**SUBSCRIPTION, "id": f"sub_{n}", "created": n, "status": "canceled" if n % 2 else "active"}
        for n in range(1, 26)
    ),
    {"object": "customer", "id": "cus_2", "created": 1},
)


@pytest.fixture(scope="module")
def client() -> Iterator[stripe.StripeClient]:
    """The real client, over the account as it ended up, on the day of its last event."""
    with FakeStripe(SimulatedAccount(MADE), now=lambda: END) as server:
        yield stripe.StripeClient(API_KEY, base_addresses={"api": server.url}, max_network_retries=0)


def listed(target: str, now: float = 0) -> Answer:
    """Ask the numbered subscriptions for a page."""
    return answer_objects(NUMBERED, Request.of("GET", f"/v1/subscriptions{target}", now))


def ids(told: Answer) -> list[str]:
    """The ids of a page."""
    return [body["id"] for body in told.body["data"]]


def test_a_list_of_a_customer_who_is_not_there_is_refused() -> None:
    """A customer without subscriptions has an empty list."""
    told = listed("?customer=cus_3&status=all")
    assert told.status == 400
    assert {name: told.body["error"][name] for name in ("code", "param")} == {
        "code": "resource_missing",
        "param": "customer",
    }


def test_paging_on_its_own_gives_every_subscription_once(client: stripe.StripeClient) -> None:
    """Canceled ones too with `status=all`, newest first, over several pages."""
    pages = client.v1.subscriptions.list({"status": "all", "limit": 7})
    found = [(body.created, body.id) for body in pages.auto_paging_iter()]
    assert {identifier for _, identifier in found} == set(MADE.subscriptions)
    assert len(found) == len(MADE.subscriptions) > 14
    assert [created for created, _ in found] == sorted((created for created, _ in found), reverse=True)


def test_paging_backwards_gives_the_events_after_one(client: stripe.StripeClient) -> None:
    """`ending_before` goes from an event on to the newest, oldest first."""
    recent = [event for event in EVENTS.values() if event["created"] >= END - EVENTS_KEPT_SECONDS]
    recent.sort(key=lambda event: event["created"])
    parameters: Any = {"ending_before": recent[0]["id"], "limit": 2}
    found = [event.id for event in client.v1.events.list(parameters).auto_paging_iter()]
    assert found == [event["id"] for event in recent[1:]]
    assert len(found) > 4


def test_events_are_listed_as_snapshots_for_30_days(client: stripe.StripeClient) -> None:
    """Those of lives that send thin events as well; older ones are gone."""
    types = ["customer.subscription.updated", "invoice.payment_succeeded"]
    since = END - 40 * 86_400
    parameters: Any = {"types": types, "created": {"gte": since}, "limit": 100}
    found = {event.id for event in client.v1.events.list(parameters).auto_paging_iter()}
    kept = END - EVENTS_KEPT_SECONDS
    assert found == {e["id"] for e in EVENTS.values() if e["type"] in types and e["created"] >= kept}
    assert any(event["object"] == "v2.core.event" for event in MADE.events)
    assert {event["object"] for event in EVENTS.values()} == {"event"}


def test_one_event_and_the_invoices_of_one_subscription(client: stripe.StripeClient) -> None:
    """By id, and by what they bill."""
    event_id = next(iter(EVENTS))
    assert client.v1.events.retrieve(event_id).id == event_id
    invoice = next(body for body in MADE.invoices.values() if body["parent"])
    subscription_id = invoice["parent"]["subscription_details"]["subscription"]
    found = client.v1.invoices.list({"subscription": subscription_id, "limit": 100}).data
    assert invoice["id"] in {body.id for body in found}
    assert {body["parent"]["subscription_details"]["subscription"] for body in found} == {subscription_id}


def test_a_page_is_in_stripes_envelope() -> None:
    """Ten at a time unless asked otherwise; whether there are more is told."""
    told = listed("?status=all")
    assert {name: value for name, value in told.body.items() if name != "data"} == {
        "object": "list",
        "url": "/v1/subscriptions",
        "has_more": True,
    }
    assert ids(told) == [f"sub_{n}" for n in range(25, 15, -1)]


@pytest.mark.parametrize(
    ("query", "expected", "has_more"),
    [
        ("status=all&limit=2&starting_after=sub_4", ["sub_3", "sub_2"], True),
        ("status=all&limit=3&starting_after=sub_4", ["sub_3", "sub_2", "sub_1"], False),
        ("status=all&limit=2&ending_before=sub_22", ["sub_24", "sub_23"], True),
        ("status=all&ending_before=sub_23", ["sub_25", "sub_24"], False),
        ("status=all&starting_after=sub_1", [], False),
        ("limit=2", ["sub_24", "sub_22"], True),
        ("status=canceled&limit=1", ["sub_25"], True),
        ("status=ended&limit=1", ["sub_25"], True),
        ("status=all&created[gt]=23", ["sub_25", "sub_24"], False),
        ("status=all&created=7", ["sub_7"], False),
        ("customer=cus_2&status=all", [], False),
    ],
)
def test_pages_begin_beside_the_cursor(query: str, expected: list[str], *, has_more: bool) -> None:
    """On either side, in the same order; canceled subscriptions are left out unless asked for."""
    told = listed(f"?{query}")
    assert (ids(told), told.body["has_more"]) == (expected, has_more)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=ten", "limit"),
        ("starting_after=sub_1&ending_before=sub_2", "both"),
        ("starting_after=sub_99", "No such subscription: 'sub_99'"),
        ("price=price_1", "unknown parameter: price"),
        ("created[gte]=yesterday", "created[gte]"),
    ],
)
def test_a_query_that_is_not_modelled_is_refused(query: str, message: str) -> None:
    """Nothing seems to be filtered that is not."""
    told = listed(f"?{query}")
    assert told.status == 400
    assert message in told.body["error"]["message"]


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("subscriptions?status=cancelled", "one of active, all, canceled, ended, incomplete,"),
        ("invoices?status=all", "one of draft, open, paid, uncollectible, void"),
        ("checkout/sessions?status=paid", "one of complete, expired, open"),
    ],
)
def test_a_status_that_stripe_does_not_know_is_refused(target: str, message: str) -> None:
    """It would be taken for one that nothing has."""
    told = answer_objects(NUMBERED, Request.of("GET", f"/v1/{target}", 0))
    assert told.status == 400
    assert message in told.body["error"]["message"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?status=all", ["sub_1"]),
        ("?status=all&customer=cus_2", ["sub_2"]),
        ("?status=all&test_clock=clock_1", ["sub_2"]),
    ],
)
def test_what_is_under_a_test_clock_is_listed_only_where_it_is_asked_for(
    query: str, expected: list[str]
) -> None:
    """By its customer or by its clock."""
    clocked = {"id": "sub_2", "customer": "cus_2", "test_clock": "clock_1"}
    account = objects(
        {**SUBSCRIPTION, "id": "sub_1", "created": 1, "status": "active", "test_clock": None},
        {**SUBSCRIPTION, "created": 2, "status": "active", **clocked},
    )
    assert ids(answer_objects(account, Request.of("GET", f"/v1/subscriptions{query}", 0))) == expected


def test_an_unfolding_account_lists_what_has_happened() -> None:
    """Subscriptions and events of customers whose clock stands before them are not there yet."""
    account = SimulatedAccount(MADE, CustomerClocks())
    life = MADE.lives[0]
    account.sent([life.events[0]])
    path = "/v1/events?limit=100"
    told = answer_objects(account, Request.of("GET", path, life.happenings[0].second)).body["data"]
    happened = life.happenings[0].second
    assert {event["id"] for event in told} >= {life.happenings[0].snapshot["id"]}
    assert all(happened <= event["created"] <= happened + 10 for event in told)
