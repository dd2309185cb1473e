"""What a user may use: every product of every subscription that gives access, written out by hand."""

from typing import Any

import pytest

from support import events
from support.catalogue import MONTH, YEAR, item, items
from support.profiles import profile_after

T0 = events.T0
IN_A_MONTH, IN_A_YEAR = "2025-12-25T08:26:40Z", "2026-11-24T08:26:40Z"
"""The ends of both periods, and three days."""


def products(*states: dict[str, Any], **settings: Any) -> Any:
    """What is shown of subscriptions in these states, the same in both orders."""
    raw = [
        events.updated(
            events.subscription(**{"id": f"sub_{number}", "created": T0 + number, **state}),
            event_id=f"evt_{number}",
            created=T0 + 50,
            previous={"latest_invoice": "in_0"},
        )
        for number, state in enumerate(states)
    ]
    found = [profile_after(*order, **settings).get("subscriptionProducts") for order in (raw, raw[::-1])]
    assert found[0] == found[1]
    return found[0]


def test_one_plan() -> None:
    """With everything that is known of it."""
    assert products({"items": items(item("prod_basic", 2, lookup_key="basic"))}) == {
        "prod_basic": {
            "accessUntil": IN_A_MONTH,
            "status": "active",
            "subscriptionId": "sub_0",
            "priceId": "price_basic",
            "lookupKey": "basic",
            "quantity": 2,
        }
    }


def test_a_plan_with_add_ons() -> None:
    """Each item by its own period; a metered one has no quantity, and a deleted one is none."""
    plan, seats = item("prod_basic"), item("prod_seats", 5, period=YEAR)
    meter, gone = item("prod_meter", metered=True), item("prod_gone", deleted=True)
    assert products({"items": items(plan, seats, meter, gone)}) == {
        "prod_basic": {
            "accessUntil": IN_A_MONTH,
            "status": "active",
            "subscriptionId": "sub_0",
            "priceId": "price_basic",
            "quantity": 1,
        },
        "prod_seats": {
            "accessUntil": IN_A_YEAR,
            "status": "active",
            "subscriptionId": "sub_0",
            "priceId": "price_seats",
            "quantity": 5,
        },
        "prod_meter": {
            "accessUntil": IN_A_MONTH,
            "status": "active",
            "subscriptionId": "sub_0",
            "priceId": "price_meter",
        },
    }


def test_one_product_in_several_items() -> None:
    """The latest end of all, and the rest from the item that would be the plan."""
    usage = item("prod_pro", metered=True, price="price_usage", period=YEAR)
    assert products({"items": items(usage, item("prod_pro", 4, price="price_seat"))}) == {
        "prod_pro": {
            "accessUntil": IN_A_YEAR,
            "status": "active",
            "subscriptionId": "sub_0",
            "priceId": "price_seat",
            "quantity": 4,
        }
    }


def test_one_product_in_several_subscriptions() -> None:
    """The latest end of all, and the rest from the best subscription; quantities are never summed."""
    better = {"status": "active", "items": items(item("prod_pro", 2, period=MONTH))}
    lasting = {"status": "past_due", "items": items(item("prod_pro", 7, period=YEAR, price="price_yearly"))}
    assert products(better, lasting) == {
        "prod_pro": {
            "accessUntil": IN_A_YEAR,
            "status": "active",
            "subscriptionId": "sub_0",
            "priceId": "price_pro",
            "quantity": 2,
        }
    }


def test_several_subscriptions_with_a_product_each() -> None:
    """Also those that are not shown."""
    found = products(
        {"items": items(item("prod_basic"))}, {"items": items(item("prod_seats", 9)), "status": "trialing"}
    )
    assert {key: (one["subscriptionId"], one["status"]) for key, one in found.items()} == {
        "prod_basic": ("sub_0", "active"),
        "prod_seats": ("sub_1", "trialing"),
    }


@pytest.mark.parametrize(
    ("plans", "expected"), [((), ("sub_1", "past_due")), (("prod_pro",), ("sub_1", "past_due"))]
)
def test_what_gives_no_access_tells_nothing(plans: tuple[str, ...], expected: tuple[str, str]) -> None:
    """The better one is paused, and pausing takes the access away."""
    paused = {
        "status": "active",
        "pause_collection": {"behavior": "void"},
        "items": items(item("prod_basic"), item("prod_pro")),
    }
    late = {"status": "past_due", "items": items(item("prod_basic", 3))}
    found = products(paused, late, plan_product_ids=plans, access_while_collection_paused=False)
    assert {key: (one["subscriptionId"], one["status"]) for key, one in found.items()} == {
        "prod_basic": expected
    }


@pytest.mark.parametrize(
    "state",
    [
        {"status": "unpaid"},
        {"status": "incomplete"},
        {"status": "paused"},
        {"status": "canceled", "ended_at": T0 + 9},
        {"status": "incomplete_expired", "ended_at": T0 + 9},
    ],
)
def test_no_access_is_no_products(state: dict[str, Any]) -> None:
    """The attribute is absent and not empty."""
    assert products(state) is None


def test_the_last_access_takes_the_products_along() -> None:
    """An update in place, written without having seen the item."""
    unpaid = events.updated(
        events.subscription(status="unpaid"), event_id="evt_2", created=T0 + 9, previous={"status": "active"}
    )
    profile = profile_after(events.created(events.subscription()), unpaid)
    assert not {"subscriptionProducts", "subscriptionAccessUntil"} & profile.keys()


def test_an_item_without_a_product_gives_access_and_names_nothing() -> None:
    """Prices of old shapes do not tell their product."""
    nameless = item("prod_basic")
    del nameless["price"]["product"]
    profile = profile_after(events.created(events.subscription(items=items(nameless))))
    assert profile["subscriptionAccessUntil"] == IN_A_MONTH
    assert "subscriptionProducts" not in profile
