"""Which of several subscriptions is shown: one case for each step of the comparison."""

from typing import Any

import pytest

from support import events
from support.catalogue import item, items
from support.profiles import profile_after

T0 = events.T0
HELD: dict[str, Any] = {"pause_collection": {"behavior": "void", "resumes_at": None}}
PLANS = ("prod_pro", "prod_basic")
BASIC, PRO = {"items": items(item("prod_basic"))}, {"items": items(item("prod_pro"))}
ADD_ON = {"items": items(item("prod_seats"))}
GONE = {"items": items(item("prod_pro", deleted=True), item("prod_seats"))}
BESIDE = {"items": items(item("prod_seats"), item("prod_basic"))}


def event_of(number: int, state: dict[str, Any]) -> dict[str, Any]:
    """What tells of one subscription; a later one is created later, unless it says otherwise."""
    body = events.subscription(**{"id": f"sub_{number}", "created": T0 + number, **state})
    build = events.deleted if body["status"] == "canceled" else events.updated
    rest = {} if body["status"] == "canceled" else {"previous": {"latest_invoice": "in_0"}}
    return build(body, event_id=f"evt_{number}", created=T0 + 50, **rest)


def shown(better: dict[str, Any], worse: dict[str, Any], **settings: Any) -> set[str]:
    """Which is shown of two, delivered in both orders, and whichever was created first."""
    found = set()
    for states in ((better, worse), (worse, better)):
        raw = [event_of(number, state) for number, state in enumerate(states)]
        for order in (raw, raw[::-1]):
            profile = profile_after(*order, **settings)
            number = int(profile["subscriptionId"].removeprefix("sub_"))
            found.add("better" if states[number] is better else "worse")
    return found


def status(word: str, **rest: Any) -> dict[str, Any]:
    """A subscription in this state."""
    return {"status": word, **rest}


def ended(word: str, second: int, **rest: Any) -> dict[str, Any]:
    """A subscription that has ended."""
    return {"status": word, "ended_at": T0 + second, **rest}


@pytest.mark.parametrize(
    ("better", "worse", "plans"),
    [
        # The class.
        (status("past_due"), status("a_future_word"), ()),
        (status("active", **HELD), status("a_future_word"), ()),
        (status("past_due", **HELD), status("a_future_word"), ()),
        (status("a_future_word"), status("unpaid"), ()),
        (status("a_future_word"), status("paused"), ()),
        (status("unpaid"), status("incomplete"), ()),
        (status("paused"), status("incomplete"), ()),
        (status("incomplete"), ended("canceled", 90), ()),
        (status("incomplete"), ended("incomplete_expired", 90), ()),
        (status("active", **ADD_ON), status("unpaid", **PRO), PLANS),
        # Whether it sells a plan.
        (status("past_due", **BASIC), status("active", **ADD_ON), PLANS),
        (status("active", **BASIC, **HELD), status("active", **ADD_ON), PLANS),
        (status("past_due", **BESIDE), status("active", **ADD_ON), PLANS),
        (status("past_due", **BASIC), status("active", **GONE), PLANS),
        # The status in its class.
        (status("active"), status("trialing"), ()),
        (status("active", **BASIC), status("trialing", **PRO), PLANS),
        (status("trialing"), status("past_due"), ()),
        (status("trialing"), status("past_due", **HELD), ()),
        (status("past_due"), status("active", **HELD), ()),
        (status("past_due", **HELD), status("trialing", **HELD), ()),
        # The place of its plan.
        (status("active", **PRO), status("active", **BASIC), PLANS),
        (status("active", **PRO), status("active", **BESIDE), PLANS),
        (status("unpaid", **PRO), status("paused", **BASIC), PLANS),
        # Which began last, then the id.
        (status("active", created=T0 + 9), status("active", created=T0 + 8), ()),
        (status("unpaid", created=T0 + 9), status("paused", created=T0 + 8), ()),
        (status("active", **HELD, created=T0 + 9), status("trialing", **HELD, created=T0 + 8), ()),
        # The dead.
        (ended("canceled", 60), ended("incomplete_expired", 90), ()),
        (ended("canceled", 90), ended("canceled", 60), ()),
        (ended("canceled", 90, **ADD_ON), ended("canceled", 60, **PRO), PLANS),
        (ended("canceled", 90, **PRO), ended("canceled", 90, **BASIC), PLANS),
        (ended("incomplete_expired", 90), ended("incomplete_expired", 60), ()),
    ],
)
def test_which_of_two_is_shown(better: dict[str, Any], worse: dict[str, Any], plans: tuple[str, ...]) -> None:
    """In either order, and whichever of them is younger, unless their age is what decides."""
    assert shown(better, worse, plan_product_ids=plans) == {"better"}


@pytest.mark.parametrize(
    "state",
    [status("active", created=T0), ended("canceled", 90, created=T0), status("incomplete", created=T0)],
)
def test_in_the_end_the_id_decides(state: dict[str, Any]) -> None:
    """So that every order shows the same."""
    raw = [event_of(number, state) for number in (1, 2)]
    assert {profile_after(*order)["subscriptionId"] for order in (raw, raw[::-1])} == {"sub_2"}


def test_a_plan_does_not_give_way_to_an_add_on_while_it_is_past_due() -> None:
    """Its product stays the one that is shown."""
    plan = events.subscription(id="sub_plan", **BASIC)
    raw = [
        events.created(plan),
        events.created(events.subscription(id="sub_add_on", created=T0 + 9, **ADD_ON), event_id="evt_2"),
        events.updated(
            {**plan, "status": "past_due"},
            event_id="evt_3",
            created=T0 + 20,
            previous={"status": "active"},
        ),
    ]
    profile = profile_after(*raw, plan_product_ids=PLANS)
    assert (profile["subscriptionProductId"], profile["subscriptionStatus"]) == ("prod_basic", "past_due")
    assert profile_after(*raw)["subscriptionProductId"] == "prod_seats"
