"""A simulation is repeatable, lazy, and made of events as Stripe would number and order them."""

import hashlib
import json
import os
import re
import subprocess
import sys
from itertools import islice, pairwise
from pathlib import Path

import pytest

from stripe_handler_cli.lab.simulator import (
    DEFAULT_SCENARIOS,
    ERAS,
    SCENARIOS,
    SimulationError,
    SimulationOptions,
    iterate_lives,
    simulate,
)
from support.scenarios import options_for

_DIGEST = """
import hashlib, json
from stripe_handler_cli.lab.simulator import simulate
made = simulate(11, 12)
text = json.dumps([made.events, made.profiles, made.subscriptions, made.invoices, made.customers])
print(hashlib.sha256(text.encode()).hexdigest())
"""


def test_the_same_seed_gives_the_same_bytes_in_another_process_with_another_hash_seed() -> None:
    """Nothing depends on the order of sets, on the clock or on what ran before."""
    digests = {
        subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "-c", _DIGEST],
            env=os.environ | {"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for hash_seed in ("1", "2")
    }
    made = simulate(11, 12)
    text = json.dumps([made.events, made.profiles, made.subscriptions, made.invoices, made.customers])
    assert digests == {hashlib.sha256(text.encode()).hexdigest()}


def test_another_seed_gives_other_events() -> None:
    """The seed matters."""
    assert simulate(1, 3).events != simulate(2, 3).events


def test_a_life_does_not_depend_on_how_many_there_are() -> None:
    """The first users of a large simulation are those of a small one."""
    few = [life.happenings for life in iterate_lives(5, 3)]
    assert few == [life.happenings for life in islice(iterate_lives(5, 1_000_000), 3)]


def test_lives_are_made_one_by_one() -> None:
    """Asking for the first of a million lives makes one life."""
    assert next(iterate_lives(5, 1_000_000)).users == ("user_5_000000",)


def test_event_ids_are_unique_and_say_nothing_about_order() -> None:
    """Ids look like Stripe's, none occurs twice, and sorting by them is not sorting by time."""
    identifiers = [event["id"] for event in simulate(3, 40).events]
    assert len(set(identifiers)) == len(identifiers)
    assert all(re.fullmatch(r"evt_[0-9A-Za-z]{24}", identifier) for identifier in identifiers)
    rising = sum(first < second for first, second in pairwise(identifiers))
    assert 0.4 < rising / len(identifiers) < 0.6


def test_events_come_in_the_order_in_which_they_happened() -> None:
    """Only a straggling update may carry a later stamp than the deletion that follows it."""
    made = simulate(4, 60, SimulationOptions(scenarios=("immediate_cancel",)))
    stragglers = 0
    for first, second in pairwise(made.events):
        if first["created"] > second["created"]:
            stragglers += 1
            assert first["type"] == "customer.subscription.updated"
            assert first["created"] == second["created"] + 1
            assert second["type"] == "customer.subscription.deleted"
            assert first["data"]["object"]["id"] == second["data"]["object"]["id"]
    assert stragglers > 0
    for life in made.lives:
        seconds = [happening.second for happening in life.happenings]
        assert seconds == sorted(seconds)


@pytest.mark.parametrize("era", ERAS)
def test_an_era_can_be_chosen(era: str) -> None:
    """All events then carry a version of that era."""
    made = simulate(6, 15, SimulationOptions(eras=(era,)))
    assert {event["api_version"] for event in made.events} <= set(ERAS[era])
    assert {life.version.era for life in made.lives} == {era}


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_can_be_chosen(name: str) -> None:
    """Every life is then lived by it, and has events."""
    lives = list(iterate_lives(6, 8, options_for(name)))
    assert {scenario for life in lives for scenario in life.scenarios} == {name}
    assert all(life.happenings for life in lives)


def test_owner_moves_and_shared_customers_happen_only_when_asked_for() -> None:
    """By default every customer is one user; with `also` some are two."""
    assert "owner_move" not in DEFAULT_SCENARIOS
    assert all(len(life.users) == 1 for life in iterate_lives(8, 60))
    asked = SimulationOptions(also=("owner_move", "shared_customer"))
    assert any(len(life.users) == 2 for life in iterate_lives(8, 60, asked))


def test_only_subscribed_event_types_are_sent() -> None:
    """Other types happen silently, and a payment nobody was told of is on no profile."""
    types = ("customer.subscription.created", "invoice.payment_failed")
    made = simulate(9, 20, SimulationOptions(event_types=types))
    assert {event["type"] for event in made.events} == set(types)
    assert {profile.get("lastPaymentStatus", "failed") for profile in made.profiles.values()} == {"failed"}


def test_the_docs_list_every_scenario_and_era() -> None:
    """With the story's own words, in the table's order, and marked where it is off by default."""
    docs = (Path(__file__).parents[4] / "docs" / "simulator.md").read_text()
    rows = "\n".join(
        f"| `{name}`{'' if scenario.default else ' (off)'} | {scenario.summary} |"
        for name, scenario in SCENARIOS.items()
    )
    assert rows in docs
    assert all(f"`{era}`" in docs for era in ERAS)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (SimulationOptions(scenarios=("nonsense",)), "unknown scenario nonsense"),
        (SimulationOptions(eras=("1999",)), "unknown era 1999"),
        (SimulationOptions(event_types=("charge.failed",)), "unknown event type charge.failed"),
        (SimulationOptions(thin=True, eras=("2014",)), "thin events exist only in era 2026-endive"),
        (SimulationOptions(also=("session_and_customer",), sessions=True), "needs customers"),
        (SimulationOptions(also=("other_app",)), "needs a filter among the settings"),
        (
            SimulationOptions(scenarios=("invoice_voided",), event_types=("invoice.paid",)),
            "needs invoice.voided",
        ),
        (SimulationOptions(scenarios=("trial_pauses",), eras=("2014", "2016")), "no era of 2014, 2016 has"),
    ],
)
def test_options_that_cannot_be_simulated_are_refused(options: SimulationOptions, message: str) -> None:
    """The error says what is wrong, before anything is made."""
    with pytest.raises(SimulationError, match=message):
        simulate(1, 1, options)
