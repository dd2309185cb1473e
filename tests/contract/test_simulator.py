"""The simulator and the library agree: on every shape, on what changed, and on the profiles in the end."""

from collections.abc import Sequence
from typing import Any

import pytest

from stripe_handler_cli.lab.simulator import (
    ERAS,
    EVENT_TYPES,
    Simulation,
    SimulationOptions,
    simulate,
)
from stripe_subscription_handler import StripeEvent, Subscription, UserNotFoundError, parse_event
from stripe_subscription_handler.decisions.view import PAYMENT_VIEW, SUBSCRIPTION_VIEW
from stripe_subscription_handler.events.event_types import DEFAULT_EVENT_TYPES
from stripe_subscription_handler.events.subscriptions import read_subscription
from support.model import Tables

VIEW = (*SUBSCRIPTION_VIEW, *PAYMENT_VIEW)
# Cycles inside one second and `customer_metadata` are left out: they need Stripe, which nobody asks here.
ORDERLY: dict[str, Any] = {"same_second_cycles": False}
EVERYTHING = ("owner_move", "shared_customer", "customer_metadata", "paid_out_of_band")


def _delivered(events: Sequence[StripeEvent]) -> Tables:
    """Deliver each event once, in order; those that find no user are tried again at the end."""
    tables = Tables()
    waiting = []
    for event in events:
        try:
            tables.deliver(event)
        except UserNotFoundError:
            waiting.append(event)
    for event in waiting:
        tables.deliver(event)
    return tables


def _views(tables: Tables, users: Sequence[str]) -> dict[str, Any]:
    return {
        user: {name: value for name, value in tables.profiles.get(user, {}).items() if name in VIEW}
        for user in users
    }


def _differences(made: Simulation, events: Sequence[dict[str, Any]]) -> list[str]:
    seen = _views(_delivered([parse_event(event) for event in events]), tuple(made.profiles))
    return [
        f"{user} {life.scenarios} {life.version.name}: {seen[user]} != {made.profiles[user]}"
        for life in made.lives
        for user in life.users
        if seen[user] != made.profiles[user]
    ]


@pytest.mark.parametrize("era", ERAS)
def test_every_event_of_every_era_is_read(era: str) -> None:
    """Without an error, as the type it is, and with the subscription and customer it is about."""
    made = simulate(61, 40, SimulationOptions(eras=(era,), also=EVERYTHING))
    for raw in made.events:
        event = parse_event(raw)
        body = raw["data"]["object"]
        assert event.type == raw["type"]
        assert (event.subscription or event.invoice) is not None
        assert event.customer_id in made.customers
        if body["object"] == "subscription":
            assert event.subscription_id == body["id"]
        else:
            billed = made.invoices[body["id"]]["parent"]
            details = billed["subscription_details"] if billed else {"subscription": None}
            assert event.subscription_id == details["subscription"]


@pytest.mark.parametrize("era", ERAS)
def test_the_state_before_an_update_is_the_state_after_the_event_before(era: str) -> None:
    """The library's `before` equals what it read off the previous event of the subscription."""
    made = simulate(62, 60, SimulationOptions(eras=(era,), also=("owner_move", "shared_customer")))
    last: dict[str, Subscription] = {}
    updates = 0
    for raw in made.events:
        event = parse_event(raw)
        if event.subscription is None:
            continue
        if event.type == "customer.subscription.updated":
            updates += 1
            assert event.before == last[event.subscription.id]
        last[event.subscription.id] = event.subscription
    assert updates > 100


@pytest.mark.parametrize("era", [era for era in ERAS if era not in {"2014", "2016"}])
def test_todays_api_tells_what_the_events_told(era: str) -> None:
    """Since 2019 a refetch changes nothing; older events lack the product, `cancel_at` or the creation."""
    made = simulate(63, 40, SimulationOptions(eras=(era,)))
    for life in made.lives:
        last: dict[tuple[str, int], Subscription] = {}
        for happening in life.happenings:
            event = parse_event(happening.event)
            if event.subscription is not None:
                last[event.subscription.id, happening.second] = event.subscription
        for (identifier, second), told in last.items():
            body = made.subscription_at(identifier, second)
            assert body is not None
            assert read_subscription(body, "api", "userId") == told


@pytest.mark.parametrize("seed", range(51))
def test_in_order_delivery_gives_the_true_profiles(seed: int) -> None:
    """Each event once, in the order in which it happened: every profile is the oracle's."""
    made = simulate(seed, 4, SimulationOptions(**ORDERLY))
    assert _differences(made, made.events) == []


@pytest.mark.parametrize("name", ["owner_move", "shared_customer", "paid_out_of_band"])
def test_what_is_off_by_default_gives_the_true_profiles_too(name: str) -> None:
    """A subscription that changes hands, one customer with two users, and payments outside Stripe."""
    made = simulate(64, 30, SimulationOptions(scenarios=(name,), **ORDERLY))
    assert _differences(made, made.events) == []


def test_the_default_event_types_are_enough() -> None:
    """The other types the simulator sends repeat what the five tell: without them the truth is the same."""
    made = simulate(65, 60, SimulationOptions(**ORDERLY))
    five = [event for event in made.events if event["type"] in DEFAULT_EVENT_TYPES]
    assert len(five) < len(made.events)
    assert {*DEFAULT_EVENT_TYPES} <= {*EVENT_TYPES}
    assert _differences(made, five) == []


@pytest.mark.parametrize("lost", ["customer.subscription.deleted", "invoice.payment_failed"])
def test_a_lost_event_is_a_difference(lost: str) -> None:
    """The comparison can fail: without these events some profile is not the oracle's."""
    made = simulate(66, 40, SimulationOptions(**ORDERLY))
    assert _differences(made, [event for event in made.events if event["type"] != lost])
