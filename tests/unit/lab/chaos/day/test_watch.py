"""How long a profile was wrong, from looks at it; and which incident that was."""

from typing import Any

import pytest

from stripe_handler_cli.lab.chaos.day.certificate import Healing, healings, percentile
from stripe_handler_cli.lab.chaos.day.clock import DayClock
from stripe_handler_cli.lab.chaos.day.incidents import Incident, Kind
from stripe_handler_cli.lab.chaos.day.watch import Harm, Span, Watch, harms, wrong

OLD, NEW = {"subscriptionStatus": "active"}, {"subscriptionStatus": "past_due"}


def watched(*looks: tuple[float, float, dict[str, Any]]) -> Watch:
    """A user who changes in second 100, and what looks saw."""
    watch = Watch(lambda _user, second: NEW if second >= 100 else OLD)
    for began, ended, seen in looks:
        watch.look({"user_1": seen}, began, ended)
    return watch


def test_a_span_lasts_from_the_first_wrong_look_to_the_first_right_one() -> None:
    """One that nobody saw end has no end."""
    watch = watched((90, 91, OLD), (110, 111, OLD), (130, 131, OLD), (150, 151, NEW))
    assert watch.spans == (Span("user_1", 110, 151),)
    assert watched((110, 111, OLD)).spans == (Span("user_1", 110, None),)
    assert watch.looks == [91, 111, 131, 151]


def test_what_was_true_when_the_look_began_or_ended_is_right() -> None:
    """It was read in between."""
    assert watched((99, 101, OLD), (99, 101, NEW)).spans == ()
    assert watched((97, 98, NEW)).spans != ()


def test_an_incident_is_counted_from_its_own_moment() -> None:
    """To the look that saw the profile right again."""
    incident = Incident(Kind.LOST, 100, ("user_1", "user_2"))
    found = harms([incident], [Span("user_1", 110, 151)], [91, 111, 131, 151])
    assert found == [Harm(incident, "user_1", 51)]


@pytest.mark.parametrize(
    ("second", "span", "does_harm"),
    [
        (100, Span("user_1", 90, 150), True),  # in the midst of what was wrong already
        (100, Span("user_1", 131, 150), False),  # two looks saw it right afterwards
        (100, Span("user_1", 80, 95), False),  # over before
        (100, Span("user_1", 120, None), True),  # wrong for ever
        (100, Span("user_2", 101, 150), False),  # another user
    ],
)
def test_which_span_is_an_incidents(second: int, span: Span, *, does_harm: bool) -> None:
    """The one it falls into, or that begins with the looks after it."""
    found = harms([Incident(Kind.LOST, second, ("user_1",))], [span], [91, 111, 121, 151])
    assert bool(found) is does_harm


def test_the_time_of_a_failed_attempt_may_be_lost() -> None:
    """Where its event is, nobody knows it; the rest must be right, and a success has its time."""
    failed = {"lastPaymentStatus": "failed", "lastPaymentAt": "2026-06-01T10:00:00Z", "lastPaymentAmount": 5}
    about = failed | {"lastPaymentAt": "2026-06-01T09:00:00Z"}
    assert wrong(failed, about) == {}
    assert wrong(failed, about | {"lastPaymentAmount": 6}) != {}
    assert (
        wrong(failed | {"lastPaymentStatus": "succeeded"}, about | {"lastPaymentStatus": "succeeded"}) != {}
    )
    assert wrong(failed, {"lastPaymentStatus": "failed", "lastPaymentAmount": 5}) != {}


def test_percentiles_are_values_that_occurred() -> None:
    """The nearest rank."""
    values = [float(number) for number in range(1, 101)]
    assert (percentile(values, 0.5), percentile(values, 0.99)) == (50, 99)
    assert (percentile([7.0], 0.99), percentile([], 0.5)) == (7, None)


def test_healing_is_counted_by_kind() -> None:
    """Incidents that did no harm count as incidents; who never came right is told apart."""
    lost, late = Incident(Kind.LOST, 1, ("user_1",)), Incident(Kind.LATE, 2, ("user_2",))
    found = healings([lost, lost, late], [Harm(lost, "user_1", 10.0), Harm(lost, "user_2", None)])
    assert found == {
        Kind.LATE: Healing(1, 0, 0, None, None, None),
        Kind.LOST: Healing(2, 2, 1, 10.0, 10.0, 10.0),
    }


def test_the_days_clock_stands_until_it_begins_and_then_runs_fast() -> None:
    """Whoever waits for the beginning is told; an event does not move it."""
    ours, begun = [5.0], list[str]()
    clock = DayClock(start=1_000, speed=240, ours=lambda: ours[0])
    clock.on_begin(lambda: begun.append("begun"))
    ours[0] = 9.0
    assert (clock.now(), begun) == (1_000, [])
    clock.begin()
    ours[0] += 2
    clock.advance("cus_1", 5_000)
    assert (clock.now("cus_1"), clock.elapsed_seconds, begun) == (1_480, 2, ["begun"])
    assert (clock.seconds_until(1_720), clock.seconds_until(1)) == (1, 0)
