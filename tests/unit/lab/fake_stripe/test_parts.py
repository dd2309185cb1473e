"""The real stripe client reads a subscription's items and a customer's entitlements off the fake."""

from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from stripe_handler_cli.lab.fake_stripe import API_KEY, CustomerClocks, FakeStripe, SimulatedAccount, objects
from stripe_handler_cli.lab.fake_stripe.messages import Answer, Request
from stripe_handler_cli.lab.fake_stripe.object_routes import answer_objects
from stripe_handler_cli.lab.fake_stripe.parts import EMBEDDED_ITEMS
from stripe_handler_cli.lab.simulator import SimulationOptions, simulate
from stripe_handler_cli.lab.simulator.options import ENTITLEMENTS_UPDATED

MADE = simulate(81, 30, SimulationOptions(scenarios=("upgrade",), eras=("2025-clover",), entitlements=True))


def subscription(identifier: str, items: int) -> dict[str, Any]:
    """A subscription with so many items, and a deleted one before them."""
    gone = {"id": "si_gone", "object": "subscription_item", "deleted": True}
    data = [{"id": f"si_{number}", "object": "subscription_item"} for number in range(items)]
    listed = {"object": "list", "data": [gone, *data], "has_more": False}
    return {"id": identifier, "object": "subscription", "created": 1, "status": "active", "items": listed}


def summary(customer_id: str, *keys: str) -> dict[str, Any]:
    """What a customer is entitled to."""
    data = [
        {"id": f"ent_{key}", "lookup_key": key, "object": "entitlements.active_entitlement"} for key in keys
    ]
    return {
        "object": "entitlements.active_entitlement_summary",
        "customer": customer_id,
        "entitlements": {"object": "list", "data": data, "has_more": False},
    }


ACCOUNT = objects(
    subscription("sub_many", 45),
    subscription("sub_few", EMBEDDED_ITEMS - 1),
    {"id": "cus_none", "object": "customer"},
    summary("cus_1", *(f"key_{number:02d}" for number in range(25))),
)


@pytest.fixture(scope="module")
def client() -> Iterator[stripe.StripeClient]:
    """The real client."""
    with FakeStripe(ACCOUNT) as server:
        yield stripe.StripeClient(API_KEY, base_addresses={"api": server.url}, max_network_retries=0)


def get(target: str) -> Answer:
    """Ask for something."""
    return answer_objects(ACCOUNT, Request.of("GET", target, 0))


def test_a_subscription_shows_its_first_items_and_that_there_are_more() -> None:
    """By its id and in lists; one with few shows all."""
    many, few = (get(f"/v1/subscriptions/{one}").body["items"] for one in ("sub_many", "sub_few"))
    assert (len(many["data"]), many["has_more"]) == (EMBEDDED_ITEMS, True)
    assert (len(few["data"]), few["has_more"]) == (EMBEDDED_ITEMS, False)
    listed = {body["id"]: body["items"] for body in get("/v1/subscriptions").body["data"]}
    assert listed == {"sub_many": many, "sub_few": few}


def test_the_client_reads_every_item(client: stripe.StripeClient) -> None:
    """Page by page, without those that are deleted."""
    found = client.v1.subscription_items.list({"subscription": "sub_many", "limit": 10}).auto_paging_iter()
    assert [item.id for item in found] == [f"si_{number}" for number in range(45)]


def test_the_client_reads_every_entitlement(client: stripe.StripeClient) -> None:
    """A customer without any has an empty list."""
    listing = client.v1.entitlements.active_entitlements.list
    found = listing({"customer": "cus_1", "limit": 10}).auto_paging_iter()
    assert [one.lookup_key for one in found] == [f"key_{number:02d}" for number in range(25)]
    assert listing({"customer": "cus_none"}).data == []


def test_a_simulated_account_tells_them_as_of_its_customers_clock() -> None:
    """All of those of which an event told, dated by that clock."""
    account = SimulatedAccount(MADE, CustomerClocks(ahead_seconds=3, monotonic=lambda: 0.0))
    checked = 0
    for life in MADE.lives:
        for event in life.events:
            account.sent([event])
            if event["type"] == ENTITLEMENTS_UPDATED:
                [customer_id] = life.book.customers
                path = f"/v1/entitlements/active_entitlements?limit=100&customer={customer_id}"
                told = answer_objects(account, Request.of("GET", path, 0))
                assert told.at == event["created"] + 3
                assert told.body["data"][:10] == event["data"]["object"]["entitlements"]["data"]
                checked += 1
    assert checked > 20


@pytest.mark.parametrize(
    ("target", "status", "message"),
    [
        ("subscription_items", 400, "Missing required param: subscription"),
        ("entitlements/active_entitlements", 400, "Missing required param: customer"),
        ("subscription_items?subscription=sub_none", 404, "No such subscription: 'sub_none'"),
        ("entitlements/active_entitlements?customer=cus_unknown", 404, "No such customer"),
        ("subscription_items?subscription=sub_few&limit=101", 400, "limit"),
        ("subscription_items?subscription=sub_few&limit=0", 400, "limit"),
        ("subscription_items?subscription=sub_few&price=p", 400, "unknown parameter: price"),
        ("subscription_items?subscription=sub_few&starting_after=si_99", 400, "No such object: 'si_99'"),
    ],
)
def test_what_cannot_be_listed_is_refused(target: str, status: int, message: str) -> None:
    """In Stripe's form."""
    told = get(f"/v1/{target}")
    assert told.status == status
    assert message in told.body["error"]["message"]
