"""What the handler's log tells of the day, and the story of a user whose profile is wrong."""

from typing import Any

from stripe_handler_cli.lab.chaos.day.evidence import Log
from stripe_handler_cli.lab.chaos.day.incidents import Amounts, Kind
from stripe_handler_cli.lab.chaos.day.plan import plan_day
from stripe_handler_cli.lab.chaos.day.story import story_of
from stripe_handler_cli.lab.simulator import SimulationOptions
from stripe_handler_cli.lab.simulator.days import simulate_day
from stripe_subscription_handler.events.event_types import GENERATION_FAILURE_EVENT


def line(event_id: str, second: int, decision: str = "write", **more: Any) -> dict[str, Any]:
    """A line of the log."""
    at = f"2026-06-01T10:00:{second:02}Z"
    return {"event_id": event_id, "decision": decision, "reason": "primary", "timestamp": at, **more}


LOG = Log.of(
    [
        line("evt_1", 1),
        line("evt_1", 9, "skip"),
        line("evt_2", 3, "error", error_type="StripeUnavailableError"),
        line("evt_2", 5),
        line("evt_3", 40),
        line("evt_4", 6, event_type=GENERATION_FAILURE_EVENT),
        line("evt_other", 7, "error"),
    ],
    ["evt_1", "evt_2", "evt_3", "evt_4"],
)
TEN = 1_780_308_000.0


def test_the_lines_of_the_day_are_counted() -> None:
    """Those of another run are not; errors by type."""
    assert (LOG.errors, LOG.told_missed) == ({"StripeUnavailableError": 1}, 1)


def test_the_usual_time_is_from_put_to_first_handled() -> None:
    """A failed attempt counts as waiting; what came late on purpose does not count."""
    put_at = dict.fromkeys(("evt_1", "evt_2", "evt_3"), TEN)
    assert LOG.usual(put_at, ["evt_3"]) == (1, 5, 5)
    assert Log([]).usual(put_at, []) == (None, None, None)


def test_a_story_has_what_happened_and_what_became_of_it() -> None:
    """In order, with what never came, and what befell the profile itself."""
    day = simulate_day(5, 30, SimulationOptions(eras=("2026-endive",)))
    plan = plan_day(day, 5, Amounts(lost=1, late=0, not_generated=0, disabled_minutes=0, replaced=1))
    user = next(user for user, moments in day.moments.items() if moments)
    story = story_of(day, plan, Log([]), user)
    assert [at for at, _, _ in story] == sorted(at for at, _, _ in story)
    assert {came for _, what, came in story if "_" in what} == {str(Kind.LOST)}
    assert str(Kind.REPLACED) in {what for _, what, _ in story}
