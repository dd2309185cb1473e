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
from stripe_subscription_handler.events.selection import PLAIN
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


def _named(events: Sequence[StripeEvent], subscription_id: str, customer_id: str) -> str | None:
    """The user of a subscription, by what the library reads off the events, in order."""
    label, claims = None, [("", 0, "")]
    for event in events:
        if event.subscription and event.subscription_id == subscription_id:
            label = event.user_id or (event.before and event.before.user_id) or label
        elif event.session and event.subscription_id == subscription_id and event.user_id:
            claims.append((event.created, 1, event.user_id))
        elif event.customer and event.customer_id == customer_id and event.customer.user_id:
            if event.type == "customer.created":
                claims.append(("0", 0, event.customer.user_id))
            elif event.customer.is_relabelled:
                claims.append((event.created, 0, event.customer.user_id))
    return label or max(claims)[2] or None


@pytest.mark.parametrize("era", ERAS)
def test_the_events_tell_whose_each_subscription_is(era: str) -> None:
    """Labels, sessions and customers, as the library reads them, name the users whose profiles show them."""
    made = simulate(67, 120, SimulationOptions(eras=(era,), sessions=True, customers=True, moves=True))
    kinds = set()
    for life in made.lives:
        events = [parse_event(raw) for raw in life.events]
        [customer_id] = life.book.customers
        named = {
            identifier: _named(events, identifier, customer_id) for identifier in life.book.subscriptions
        }
        for user, profile in life.profiles.items():
            shown = profile.get("subscriptionId")
            assert shown is None or named[shown] == user, life.scenarios
            assert (shown is None) == (user not in named.values()), life.scenarios
        kinds |= {event.type for event in events}
    sessions = {"checkout.session.completed"} if era not in {"2014", "2016"} else set()
    assert sessions | {"customer.created", "customer.updated", "customer.deleted"} <= kinds


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
            assert read_subscription(body, "api", PLAIN) == told


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
    """The other types the simulator sends repeat what these tell: without them the truth is the same."""
    made = simulate(65, 60, SimulationOptions(**ORDERLY))
    told = [event for event in made.events if event["type"] in DEFAULT_EVENT_TYPES]
    assert len(told) < len(made.events)
    assert {*DEFAULT_EVENT_TYPES} <= {*EVENT_TYPES}
    assert _differences(made, told) == []


@pytest.mark.parametrize("lost", ["customer.subscription.deleted", "invoice.payment_failed"])
def test_a_lost_event_is_a_difference(lost: str) -> None:
    """The comparison can fail: without these events some profile is not the oracle's."""
    made = simulate(66, 40, SimulationOptions(**ORDERLY))
    assert _differences(made, [event for event in made.events if event["type"] != lost])
