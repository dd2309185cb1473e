"""What is simulated has the shape that Stripe publishes for each API version: fields, nulls, enumerations."""

from collections.abc import Iterator
from typing import Any

import pytest

from stripe_handler_cli.lab.demo import life as demo
from stripe_handler_cli.lab.made_events import MADE_TYPES, MadeFor, made_events
from stripe_handler_cli.lab.simulator import CURRENT, ERAS, SimulatedLife, SimulationOptions, iterate_lives
from stripe_handler_cli.lab.simulator.truth.settings import CHOSEN
from support.stripe_types.check import differences, differences_of_event
from support.stripe_types.facts import versions

PLAYED = [name for names in ERAS.values() for name in names if name >= versions()[0]]


def _lives() -> Iterator[SimulatedLife]:
    everything: dict[str, Any] = dict.fromkeys(("sessions", "customers", "entitlements", "moves"), True)
    for era in {name: era for era, names in ERAS.items() for name in names if name in PLAYED}.values():
        lives = iterate_lives(5, 25, SimulationOptions(eras=(era,), settings=CHOSEN, **everything))
        yield from (life for life in lives if life.version.name in PLAYED)


@pytest.fixture(scope="module")
def lives() -> list[SimulatedLife]:
    """Lives of all these versions, in which everything is told."""
    return list(_lives())


def test_every_version_since_2020_that_is_played_is_known() -> None:
    """The facts are those of the versions of the eras."""
    assert tuple(PLAYED) == versions()
    assert CURRENT.name in versions()


def test_events_have_the_shape_of_their_api_version(lives: list[SimulatedLife]) -> None:
    """No field is missing, none is null that may not be, none is made up; enumerations have their words."""
    found: dict[str, str] = {}
    told = set()
    for life in lives:
        for event in life.events:
            told.add((event["api_version"], event["data"]["object"]["object"]))
            found.update(dict.fromkeys(differences_of_event(event), event["api_version"]))
    assert found == {}
    kinds = {"subscription", "invoice", "customer", "checkout.session"}
    assert told >= {(version, kind) for version in versions() for kind in kinds}


def test_objects_have_the_shape_of_the_version_that_they_are_asked_for(lives: list[SimulatedLife]) -> None:
    """At the end of each life, in today's version and in its own."""
    found: dict[str, str] = {}
    for life in lives:
        book = life.book
        for kind, history in (
            ("subscription", book.subscriptions),
            ("invoice", book.invoices),
            ("customer", book.customers),
            ("checkout.session", book.sessions),
        ):
            for identifier in history:
                for version in (CURRENT, life.version):
                    body = book.find(kind, identifier, None, version)
                    assert body is not None
                    found.update(dict.fromkeys(differences(body, version.name), version.name))
    assert found == {}


def test_the_demo_and_made_events_have_it_too() -> None:
    """Each type that can be made, and what the demo's Stripe has."""
    made = made_events(MADE_TYPES, MadeFor(user_id="user_1", now=1_793_440_800, livemode=False))
    told = [delivery.event for delivery in demo.story()]
    wrong = [one for event in (*made, *told) for one in differences_of_event(event)]
    wrong += [one for body in demo.stripes_side() for one in differences(body, CURRENT.name)]
    assert wrong == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"cancel_at": "soon"}, "subscription.cancel_at: 'soon' is not among ['-null', '-number']"),
        ({"cancel_at_period_end": None}, "subscription.cancel_at_period_end: null is not among ['-boolean']"),
        ({"current_period_end": 1}, "subscription.current_period_end: Stripe has no such field"),
        ({"customer": {"object": "customer", "id": "cus_1"}}, "customer.balance: is missing"),
        ({"metadata": []}, "subscription.metadata: is a list"),
        ({"description": {}}, "subscription.description: is an object"),
        ({"billing_mode": {"type": "simple"}}, "subscription.billing_mode.type: 'simple' is not among"),
        ({"items": {"object": "list", "data": [{}]}}, "subscription_item.id: is missing"),
    ],
)
def test_a_wrong_object_is_noticed(change: dict[str, Any], said: str) -> None:
    """A missing field, a null, a word, a kind or a field that Stripe does not have, at any depth."""
    [_, body, *_] = demo.stripes_side()
    assert not list(differences(body, CURRENT.name))
    assert any(one.startswith(said) for one in differences({**body, **change}, CURRENT.name))


def test_a_missing_field_is_noticed() -> None:
    """One that must be there, and none that need not."""
    [_, body, *_] = demo.stripes_side()
    for name in ("default_tax_rates", "latest_invoice"):
        left = {key: value for key, value in body.items() if key != name}
        expected = [] if name == "default_tax_rates" else ["subscription.latest_invoice: is missing"]
        assert list(differences(left, CURRENT.name)) == expected
