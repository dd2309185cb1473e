"""Events made through the simulator: of the type asked for, of one's own user, and now."""

import json
from typing import Any

import pytest

from stripe_handler_cli.lab.made_events import MADE_TYPES, MadeFor, made_events
from stripe_handler_cli.lab.simulator.options import ENTITLEMENTS_UPDATED
from stripe_subscription_handler import parse_event
from stripe_subscription_handler.events.event_types import DEFAULT_EVENT_TYPES, MAIN_EVENT_TYPES
from support.rule_events import can_matter

NOW = 1_793_440_800
LEAP_DAY = 1_835_434_800  # 2028-02-29T11:00:00Z, which no month's addition reaches from most days


def made(event_type: str, now: int = NOW, seed: int = 1, user: str = "user_42") -> dict[str, Any]:
    """A made event."""
    [event] = made_events([event_type], MadeFor(user_id=user, now=now, seed=seed, livemode=False))
    return event


def life(*event_types: str, goes_on: bool = False) -> list[dict[str, Any]]:
    """Events of one life."""
    return made_events(event_types, MadeFor(user_id="user_42", now=NOW, livemode=False, goes_on=goes_on))


@pytest.mark.parametrize("event_type", [name for name in MADE_TYPES if name != ENTITLEMENTS_UPDATED])
def test_an_event_of_each_type_happens_now_and_names_the_user(event_type: str) -> None:
    """In the current API version, whatever the day."""
    for now in (NOW, LEAP_DAY, NOW + 86_400 * 61):
        raw = made(event_type, now)
        event = parse_event(raw)
        assert (event.type, event.user_id, raw["created"]) == (event_type, "user_42", now)
        assert raw["api_version"].endswith(".endive")


def test_entitlements_are_of_the_customer_who_has_the_subscription() -> None:
    """They name no user: that is the one who owns it."""
    raw = made(ENTITLEMENTS_UPDATED)
    assert (raw["type"], raw["created"]) == (ENTITLEMENTS_UPDATED, NOW)
    created = parse_event(made("customer.subscription.created"))
    assert raw["data"]["object"]["customer"] == created.customer_id
    assert raw["data"]["object"]["entitlements"]["data"]


@pytest.mark.parametrize("seed", range(5))
def test_one_user_and_seed_have_one_subscription(seed: int) -> None:
    """So that a payment can fail and a deletion end what was created before."""
    found = [parse_event(made(event_type, seed=seed)) for event_type in DEFAULT_EVENT_TYPES]
    of_subscriptions = [event for event in found if event.subscription_id is not None]
    assert len({event.subscription_id for event in of_subscriptions}) == 1
    assert {*MAIN_EVENT_TYPES, "invoice.voided"} <= {event.type for event in of_subscriptions}
    assert len({event.customer_id for event in found}) == 1


@pytest.mark.parametrize("event_type", [name for name in MADE_TYPES if name in DEFAULT_EVENT_TYPES])
def test_the_rule_would_let_a_made_event_pass(event_type: str) -> None:
    """A session made a subscription; a customer's update names the user."""
    assert can_matter(made(event_type))


def test_the_same_arguments_give_the_same_event() -> None:
    """Byte for byte."""
    assert json.dumps(made("invoice.payment_failed")) == json.dumps(made("invoice.payment_failed"))


def test_another_second_gives_a_new_event_of_the_same_subscription() -> None:
    """It is no duplicate, nor is it stale."""
    first, second = made("customer.subscription.updated"), made("customer.subscription.updated", NOW + 1)
    assert first["id"] != second["id"]
    assert first["data"]["object"]["id"] == second["data"]["object"]["id"]


def test_another_seed_or_user_is_another_subscription() -> None:
    """And another customer, since a customer belongs to one user."""
    kind = "customer.subscription.created"
    events = [made(kind), made(kind, seed=2), made(kind, user="user_43")]
    for name in ("id", "customer"):
        assert len({event["data"]["object"][name] for event in events}) == 3


def test_several_types_are_one_life_that_has_come_to_now() -> None:
    """Bought, paid, renewed, not paid and so past due, ended: each with its own time, the last one now."""
    kinds = [f"customer.subscription.{kind}" for kind in ("created", "updated", "updated", "deleted")]
    kinds[2:2] = ["invoice.payment_failed"]
    kinds[1:1] = ["invoice.payment_succeeded"]
    found = life(*kinds)
    assert [event["type"] for event in found] == kinds
    moments = [event["created"] for event in found]
    assert moments == sorted(moments)
    assert moments[-1] == NOW
    assert NOW - moments[0] > 30 * 86_400
    subscriptions = [event["data"]["object"] for event in found if event["type"].startswith("customer.sub")]
    assert [one["status"] for one in subscriptions] == ["active", "active", "past_due", "canceled"]
    assert {one["created"] for one in subscriptions} == {moments[0]}
    assert len({event["id"] for event in found}) == len(found)


def test_what_no_later_time_has_is_taken_from_the_beginning() -> None:
    """A payment after the end is the first one, as if it came late."""
    deleted, paid = life("customer.subscription.deleted", "invoice.payment_succeeded")
    assert (deleted["created"], paid["created"] < NOW) == (NOW, True)


def test_a_life_that_a_profile_knows_goes_on_now() -> None:
    """What is older than the profile would be skipped."""
    found = life("customer.subscription.updated", "invoice.payment_failed", goes_on=True)
    assert [event["created"] for event in found] == [NOW, NOW]
