"""The steps are made in order; what one needs and what it runs into; the last one whatever happens."""

from collections.abc import Mapping
from typing import Any

import pytest

from stripe_handler_cli.operate.doctor.exercise.exercise import Exercise
from stripe_handler_cli.operate.doctor.exercise.failing import ring
from stripe_handler_cli.operate.doctor.exercise.running import DOING, run
from stripe_handler_cli.operate.doctor.exercise.steps import (
    BY_KEY,
    STEPS,
    Outcome,
    Result,
    has_failed,
    with_needs,
)
from support.doctor.exercise import NOTHING_THERE, exercise_on

EVERY = [step.key for step in STEPS]


def outcomes(results: list[Result]) -> Mapping[str, Outcome]:
    """Step → how it ended."""
    return {one.step.key: one.told.outcome for one in results}


def test_there_is_somebody_for_every_step() -> None:
    """And the last one is the clean-up, which is always made."""
    assert [*DOING, "clean-up"] == EVERY


def test_what_aws_refuses_is_open_and_never_passed() -> None:
    """Nothing may be looked at: no step passes, none is taken for a failure of the stack."""
    found = outcomes(run(exercise_on(), EVERY))
    assert list(found) == EVERY
    assert set(found.values()) == {Outcome.OPEN, Outcome.SKIP}
    for step in STEPS:
        assert found[step.key] is (Outcome.SKIP if step.needs or step.key == "drift-check" else Outcome.OPEN)


def test_only_what_is_wanted_is_made_and_cleaned_up() -> None:
    """One step, with its needs, and the last one."""
    wanted = with_needs(["profile"])
    assert wanted == {"profile", "arrival"}
    assert list(outcomes(run(exercise_on(**NOTHING_THERE), ["drift-check"]))) == ["drift-check", "clean-up"]


def test_an_event_that_the_rule_holds_back_fails() -> None:
    """EventBridge says so, and nothing is sent."""
    sent: list[Any] = []
    exercise = exercise_on(**NOTHING_THERE, test_event_pattern={"Result": False})
    exercise.road = type(exercise.road)(
        **{field: getattr(exercise.road, field) for field in ("key", "told", "source", "rule", "archive")},
        put=sent.append,
    )
    results = run(exercise, with_needs(["profile"]))
    assert outcomes(results) == {
        "arrival": Outcome.FAIL,
        "profile": Outcome.SKIP,
        "clean-up": Outcome.PASS,
    }
    assert sent == []
    assert has_failed(results)


def _interrupted(**_: Any) -> Any:
    raise KeyboardInterrupt


def test_an_interrupted_one_cleans_up() -> None:
    """Ctrl-C in the middle: what was made is taken away, and the command ends as Ctrl-C ends it."""
    exercise = exercise_on(**NOTHING_THERE, test_event_pattern=_interrupted)
    seen: list[Result] = []
    with pytest.raises(KeyboardInterrupt):
        run(exercise, EVERY, on_result=seen.append)
    assert seen[-1].step is STEPS[-1]
    assert seen[-1].told.outcome is Outcome.PASS


def _alarm(state: str) -> dict[str, Any]:
    return {
        "describe_alarms": {"MetricAlarms": [{"StateValue": state}]},
        "get_topic_attributes": {"Attributes": {"SubscriptionsConfirmed": "2"}},
    }


def _ringing(before: str | None, state: str) -> tuple[Exercise, Any]:
    exercise = exercise_on(**_alarm(state))
    exercise.alarm_before = before
    return exercise, ring(exercise)


def test_an_alarm_that_rings_says_whom_it_tells() -> None:
    """One that stays quiet fails after its bound; one that rang before shows nothing."""
    _, rings = _ringing("OK", "ALARM")
    assert (rings.outcome, "2 subscribers" in rings.found) == (Outcome.PASS, True)
    quiet, told = _ringing("OK", "OK")
    assert told.outcome is Outcome.FAIL
    assert quiet.patience.clock() >= 900
    assert _ringing("ALARM", "ALARM")[1].outcome is Outcome.OPEN
    assert _ringing(None, "OK")[1].outcome is Outcome.FAIL


def test_every_need_comes_before() -> None:
    """So that one pass over the table is enough."""
    for step in STEPS:
        assert all(EVERY.index(need) < EVERY.index(step.key) for need in step.needs)
        assert BY_KEY[step.key] is step
