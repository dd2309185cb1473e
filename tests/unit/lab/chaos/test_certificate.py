"""The certificate can fail: a profile that is not the truth becomes a readable counterexample."""

import copy
import io
import json

from rich.console import Console

from stripe_handler_cli.lab.chaos.certificate import Certificate, reorderings, showing, unhandled
from stripe_handler_cli.lab.chaos.configured import Configured
from stripe_handler_cli.lab.chaos.counterexamples import counterexamples
from stripe_handler_cli.lab.chaos.report import print_certificate
from stripe_handler_cli.lab.simulator import SimulationOptions, simulate
from stripe_handler_cli.lab.simulator.truth.settings import DEFAULTS

SIMULATION = simulate(1, 4, SimulationOptions())
LINES = [
    {"event_id": event["id"], "decision": "write", "reason": "primary", "timestamp": f"{number:06d}"}
    for number, event in enumerate(SIMULATION.events)
]


def test_true_profiles_are_no_counterexample() -> None:
    """The ledger and the app's own attributes do not count."""
    found = {user: {**view, "theme": "dark"} for user, view in SIMULATION.profiles.items()}
    assert counterexamples(SIMULATION, found, LINES) == []


def test_a_wrong_attribute_and_a_missing_profile_are_found() -> None:
    """Each with what was expected, what is there, and the user's events as they were handled."""
    found = copy.deepcopy(SIMULATION.profiles)
    wrong, missing = list(found)[:2]
    found[wrong]["subscriptionStatus"] = "nonsense"
    del found[missing]
    examples = {example.user_id: example for example in counterexamples(SIMULATION, found, LINES)}
    assert set(examples) == {wrong, missing}
    truth = SIMULATION.profiles[wrong]["subscriptionStatus"]
    assert examples[wrong].differences == {"subscriptionStatus": (truth, "nonsense")}
    assert examples[wrong].events
    assert examples[missing].differences["subscriptionStatus"][1] is None


def test_a_difference_that_memory_does_not_show_is_said_to_be_elsewhere() -> None:
    """The handler is right here, so the report says that the reason lies in what the real run had."""
    found = {user: dict(view) for user, view in SIMULATION.profiles.items()}
    lives = {user: life for life in SIMULATION.lives for user in life.users}
    wrong = min(found, key=lambda user: len(lives[user].events))
    found[wrong]["subscriptionStatus"] = "nonsense"
    [example] = counterexamples(SIMULATION, found, LINES)
    assert [event["id"] for event in example.story.deliveries] == [e["id"] for e in example.story.life.events]
    shrunk = example.shrunk(Configured.by(DEFAULTS, can_ask_stripe=True))
    assert (shrunk.rerun, shrunk.smallest) == (True, None)
    certificate = Certificate(
        seed=1,
        users=4,
        events=len(LINES),
        thin_events=0,
        deliveries=len(LINES),
        duplicates=0,
        reorderings=0,
        kills=0,
        attempts=len(LINES),
        cut_short=0,
        errors={},
        redriven=0,
        parked=0,
        profiles_compared=4,
        seconds=1.0,
        profiles_showing=showing(SIMULATION.profiles.values()),
        counterexamples=[shrunk],
    )
    assert json.loads(json.dumps(certificate.as_json()))["differences"] == 1
    console = Console(record=True, width=140, file=io.StringIO())
    print_certificate(console, certificate)
    text = console.export_text()
    assert "nonsense" in text
    assert "this ends right" in text
    assert "access until 4" in text


def test_what_profiles_answer_is_counted() -> None:
    """Access, several products, pauses, entitlements, and the newest payment's state."""
    profiles = [
        {"subscriptionAccessUntil": "2026", "subscriptionProducts": {"a": {}, "b": {}}},
        {"subscriptionAccessUntil": "2026", "subscriptionProducts": {"a": {}}, "lastPaymentStatus": "voided"},
        {"subscriptionPauseCollection": "void", "lastPaymentStatus": "failed", "entitlements": {"a"}},
        {},
    ]
    assert showing(profiles) == {
        "access until": 2,
        "several products": 1,
        "paused collection": 1,
        "entitlements": 1,
        "payment voided": 1,
        "payment failed": 1,
    }


def test_what_was_not_handled_is_named() -> None:
    """An event with an error line only does not count as handled."""
    ids = [event["id"] for event in SIMULATION.events]
    failed = {**LINES[0], "decision": "error"}
    assert unhandled(ids, [failed, *LINES[1:]]) == [ids[0]]


def test_reorderings_are_counted() -> None:
    """In order there are none; backwards there are some."""
    backwards = [{**line, "timestamp": f"{-n % 10**6:06d}"} for n, line in enumerate(LINES)]
    assert reorderings(SIMULATION, LINES) == 0
    assert reorderings(SIMULATION, backwards) > 0
