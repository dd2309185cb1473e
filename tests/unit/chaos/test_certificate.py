"""The certificate can fail: a profile that differs from the truth becomes a counterexample."""

import copy

from stripe_handler_cli.chaos.certificate import counterexamples, reorderings, unhandled
from stripe_handler_cli.simulator import SimulationOptions, simulate

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
