"""Which of a subscription's items is the plan: its price, product and quantity are those that are shown."""

from typing import Any

import pytest

from support import events
from support.catalogue import MONTH, YEAR, item, items
from support.profiles import profile_after

BASIC, PRO, SEATS = item("prod_basic"), item("prod_pro", 3), item("prod_seats", 5)
METER = item("prod_meter", metered=True)
GONE = item("prod_basic", deleted=True)


def shown(*listed: dict[str, Any], **settings: Any) -> tuple[str | None, str | None, int | None]:
    """Product, price and quantity that are shown of a subscription with these items."""
    profile = profile_after(events.created(events.subscription(items=items(*listed))), **settings)
    names = ("subscriptionProductId", "subscriptionPriceId", "subscriptionQuantity")
    product, price, quantity = (profile.get(name) for name in names)
    return product, price, quantity


@pytest.mark.parametrize(
    ("listed", "plans", "expected"),
    [
        ([BASIC, PRO], (), ("prod_basic", "price_basic", 1)),
        ([PRO, BASIC], (), ("prod_pro", "price_pro", 3)),
        ([PRO, BASIC], ("prod_basic",), ("prod_basic", "price_basic", 1)),
        ([BASIC, PRO], ("prod_pro", "prod_basic"), ("prod_pro", "price_pro", 3)),
        ([SEATS, BASIC, PRO], ("prod_pro", "prod_basic"), ("prod_pro", "price_pro", 3)),
        ([SEATS, PRO], ("prod_basic",), ("prod_seats", "price_seats", 5)),
        ([METER, BASIC], (), ("prod_basic", "price_basic", 1)),
        ([METER, SEATS, BASIC], (), ("prod_seats", "price_seats", 5)),
        ([METER], (), ("prod_meter", "price_meter", None)),
        ([BASIC, METER], ("prod_meter",), ("prod_meter", "price_meter", None)),
        ([GONE, PRO], (), ("prod_pro", "price_pro", 3)),
        ([GONE, PRO], ("prod_basic",), ("prod_pro", "price_pro", 3)),
        (
            [item("prod_pro", metered=True, price="price_usage"), item("prod_pro", 4, price="price_seat")],
            ("prod_pro",),
            ("prod_pro", "price_seat", 4),
        ),
        (
            [item("prod_pro", 1, price="price_first"), item("prod_pro", 2, price="price_second")],
            ("prod_pro",),
            ("prod_pro", "price_first", 1),
        ),
    ],
)
def test_which_item_is_the_plan(
    listed: list[dict[str, Any]], plans: tuple[str, ...], expected: tuple[str, str, int | None]
) -> None:
    """First what `plan_product_ids` lists, then what is licensed, then what Stripe lists first."""
    assert shown(*listed, plan_product_ids=plans) == expected


def test_the_period_is_that_of_all_items() -> None:
    """The one that ends last, whichever item is the plan; a deleted one has none."""
    longest = item("prod_pro", period=(MONTH[0], YEAR[1] + 1), deleted=True)
    body = events.subscription(items=items(BASIC, longest, item("prod_seats", period=YEAR)))
    profile = profile_after(events.created(body))
    assert profile["subscriptionProductId"] == "prod_basic"
    assert profile["subscriptionCurrentPeriodStart"] == "2025-11-21T08:26:40Z"
    assert profile["subscriptionCurrentPeriodEnd"] == "2026-11-21T08:26:40Z"


@pytest.mark.parametrize(
    ("pause", "behavior", "resumes_at"),
    [
        (None, None, None),
        ({"behavior": "void", "resumes_at": None}, "void", None),
        ({"behavior": "keep_as_draft", "resumes_at": events.T0}, "keep_as_draft", "2025-11-22T08:26:40Z"),
        ({"behavior": "mark_uncollectible"}, "mark_uncollectible", None),
    ],
)
def test_what_is_shown_of_a_paused_collection(
    pause: dict[str, Any] | None, behavior: str | None, resumes_at: str | None
) -> None:
    """Stripe's own word, and when it goes on; nothing once it does."""
    profile = profile_after(events.created(events.subscription(pause_collection=pause)))
    assert profile["subscriptionStatus"] == "active"
    assert profile.get("subscriptionPauseCollection") == behavior
    assert profile.get("subscriptionPauseResumesAt") == resumes_at
    again = events.updated(
        events.subscription(pause_collection=None),
        event_id="evt_2",
        created=events.T0 + 5,
        previous={"pause_collection": pause},
    )
    profile = profile_after(events.created(events.subscription(pause_collection=pause)), again)
    assert not {"subscriptionPauseCollection", "subscriptionPauseResumesAt"} & profile.keys()
