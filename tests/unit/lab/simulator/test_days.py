"""A day of an account: something happens in each life, what is over stays, and nothing comes after it."""

from stripe_handler_cli.lab.simulator import SimulationOptions
from stripe_handler_cli.lab.simulator.days import DAY_SECONDS, USUAL_DAY, simulate_day, truth_at

OPTIONS = SimulationOptions(
    also=("shared_customer",),
    eras=("2026-endive",),
    sessions=True,
    customers=True,
    moves=True,
    entitlements=True,
    user_prefix="chaos",
)
DAY = simulate_day(3, 40, OPTIONS)


def test_something_happens_on_the_day_in_most_lives() -> None:
    """And nothing afterwards: neither events nor states."""
    lives = DAY.account.lives
    busy = [life for life in lives if any(one.second >= DAY.start for one in life.happenings)]
    assert len(busy) > 30
    assert all(one.second < DAY.end for life in lives for one in life.happenings)
    assert all(second < DAY.end for seconds in DAY.moments.values() for second in seconds)
    assert DAY.end - DAY.start == DAY_SECONDS


def test_the_same_seed_is_the_same_day() -> None:
    """Users are named as the options say."""
    again = simulate_day(3, 40, OPTIONS)
    assert [one.events for one in again.account.lives] == [one.events for one in DAY.account.lives]
    assert all(user.startswith("chaos_3_") for user in DAY.account.profiles)


def test_the_past_is_what_was_before_the_day() -> None:
    """Most of the account is."""
    past = [event for _, events in DAY.past() for event in events]
    assert len(past) > len(DAY.account.events) / 2
    assert all(event["created"] <= USUAL_DAY for event in past)


def test_the_truth_changes_in_its_moments_alone() -> None:
    """From one to the next it is the same; in the end it is the profile of the account."""
    for life in DAY.account.lives:
        for user in life.users:
            for second in DAY.moments[user]:
                before = max((one for one in DAY.moments[user] if one < second), default=DAY.start - 1)
                assert truth_at(life, user, second - 1) == truth_at(life, user, before)
            assert truth_at(life, user, DAY.end) == life.profiles[user]
