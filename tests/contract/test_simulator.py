"""The simulator and the library agree: on every shape, on what changed, and on the profiles in the end."""

from collections.abc import Sequence
from typing import Any

import attrs
import pytest

from stripe_handler_cli.lab.chaos.configured import Configured
from stripe_handler_cli.lab.simulator import (
    ERAS,
    EVENT_TYPES,
    Settings,
    Simulation,
    SimulationOptions,
    simulate,
    told_by,
)
from stripe_handler_cli.lab.simulator.truth.profile import ATTRIBUTES
from stripe_handler_cli.lab.simulator.truth.settings import CHOSEN, DEFAULTS
from stripe_subscription_handler import StripeEvent, Subscription, UserNotFoundError, parse_event
from stripe_subscription_handler.decisions.view import VIEW
from stripe_subscription_handler.events.event_types import DEFAULT_EVENT_TYPES, HANDLED_TYPES
from stripe_subscription_handler.events.selection import PLAIN
from stripe_subscription_handler.events.subscriptions import read_subscription
from support.examples import share_of
from support.model import Tables

# Cycles inside one second and `customer_metadata` are left out: they need Stripe, which nobody asks here.
HANDLED = tuple(kind for kind in EVENT_TYPES if kind in HANDLED_TYPES)
ORDERLY: dict[str, Any] = {"same_second_cycles": False, "event_types": HANDLED}
EVERYTHING = ("owner_move", "shared_customer", "customer_metadata")
REQUIRED = Settings(required_metadata={"app": "ours"}, access_past_due_days=0)


def _delivered(events: Sequence[StripeEvent], configured: Configured) -> Tables:
    """Deliver each event once, in order; those that find no user are tried again at the end."""
    tables = Tables(policy=configured.policy)
    waiting = []
    for event in events:
        try:
            tables.deliver(event)
        except UserNotFoundError:
            waiting.append(event)
    for event in waiting:
        tables.deliver(event)
    return tables


def _differences(
    made: Simulation, events: Sequence[dict[str, Any]], settings: Settings = DEFAULTS
) -> list[str]:
    configured = Configured.by(settings, can_ask_stripe=False)
    parsed = [parse_event(event, configured.selection) for event in events]
    tables = _delivered(parsed, configured)
    seen = {user: told_by(tables.profiles.get(user, {}), settings) for user in made.profiles}
    return [
        f"{user} {life.scenarios} {life.version.name}: {seen[user]} != {made.profiles[user]}"
        for life in made.lives
        for user in life.users
        if seen[user] != made.profiles[user]
    ]


@pytest.mark.parametrize("era", ERAS)
def test_every_event_of_every_era_is_read(era: str) -> None:
    """Without an error, as the type it is, and with the subscription and customer it is about."""
    made = simulate(61, share_of(40), SimulationOptions(eras=(era,), also=EVERYTHING, event_types=HANDLED))
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
    made = simulate(62, share_of(60), SimulationOptions(eras=(era,), also=("owner_move", "shared_customer")))
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
    assert updates > share_of(100)


@pytest.mark.parametrize("era", [era for era in ERAS if era not in {"2014", "2016"}])
def test_todays_api_tells_what_the_events_told(era: str) -> None:
    """Since 2019 a refetch changes nothing; older events lack the product, `cancel_at` or the creation."""
    made = simulate(63, share_of(40), SimulationOptions(eras=(era,)))
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


def test_the_oracle_speaks_of_every_attribute_that_the_library_shows() -> None:
    """And of nothing else but entitlements."""
    assert {*VIEW, "entitlements"} == {*ATTRIBUTES}


@pytest.mark.parametrize("settings", [DEFAULTS, CHOSEN, REQUIRED], ids=["default", "chosen", "required"])
@pytest.mark.parametrize("seed", range(30))
def test_in_order_delivery_gives_the_true_profiles(seed: int, settings: Settings) -> None:
    """Each event once, in the order in which it happened: every profile is the oracle's."""
    made = simulate(seed, 4, SimulationOptions(**ORDERLY, settings=settings))
    assert _differences(made, made.events, settings) == []


@pytest.mark.parametrize("settings", [CHOSEN, REQUIRED], ids=["by product", "by metadata"])
def test_another_app_on_the_account_makes_no_difference(settings: Settings) -> None:
    """And without the filter it would: the comparison can fail."""
    made = simulate(68, 40, SimulationOptions(**ORDERLY, scenarios=("other_app",), settings=settings))
    assert _differences(made, made.events, settings) == []
    unfiltered = attrs.evolve(settings, handled_product_ids=(), required_metadata={})
    assert _differences(made, made.events, unfiltered)


@pytest.fixture(scope="module")
def chosen() -> Simulation:
    """An account whose profiles follow their settings, each of which matters there."""
    names = ("several_items", "collection_paused", "dunning_past_due")
    made = simulate(69, 80, SimulationOptions(**ORDERLY, settings=CHOSEN, scenarios=names))
    assert _differences(made, made.events, CHOSEN) == []
    return made


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("access_renewal_grace_hours", 72),
        ("access_past_due_days", None),
        ("access_while_collection_paused", True),
        ("plan_product_ids", ()),
    ],
)
def test_another_setting_is_a_difference(chosen: Simulation, name: str, value: Any) -> None:
    """Each shapes some profile."""
    assert _differences(chosen, chosen.events, attrs.evolve(CHOSEN, **{name: value}))


@pytest.mark.parametrize("name", ["owner_move", "shared_customer"])
def test_what_is_off_by_default_gives_the_true_profiles_too(name: str) -> None:
    """A subscription that changes hands, and one customer with two users."""
    made = simulate(64, share_of(30), SimulationOptions(scenarios=(name,), **ORDERLY))
    assert _differences(made, made.events) == []


def test_the_default_event_types_are_enough() -> None:
    """The other types the simulator sends repeat what these tell: without them the truth is the same."""
    made = simulate(65, share_of(60), SimulationOptions(**ORDERLY))
    told = [event for event in made.events if event["type"] in DEFAULT_EVENT_TYPES]
    assert len(told) < len(made.events)
    assert {*DEFAULT_EVENT_TYPES} <= {*EVENT_TYPES}
    assert _differences(made, told) == []


@pytest.mark.parametrize("lost", ["customer.subscription.deleted", "invoice.payment_failed"])
def test_a_lost_event_is_a_difference(lost: str) -> None:
    """The comparison can fail: without these events some profile is not the oracle's."""
    made = simulate(66, 40, SimulationOptions(**ORDERLY))
    assert _differences(made, [event for event in made.events if event["type"] != lost])
