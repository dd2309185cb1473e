"""Stories with checkout sessions, customers and labels that move: what their parts keep and leave out."""

import random
from typing import Any

import attrs

from stripe_handler_cli.lab.chaos.run import Chaos
from stripe_handler_cli.lab.chaos.stories import Story
from stripe_handler_cli.lab.simulator import SimulatedLife


def _lives() -> tuple[SimulatedLife, ...]:
    return Chaos(users=150, seed=14).simulation().lives


def _story(life: SimulatedLife) -> Story:
    deliveries = list(life.events)
    random.Random(1).shuffle(deliveries)  # noqa: S311 - repeatable on purpose
    return Story.of(life, deliveries)


def _types(events: Any) -> set[str]:
    return {event["type"].removeprefix("v1.") for event in events}


def test_a_run_has_what_names_users_elsewhere_unless_it_is_turned_off() -> None:
    """Sessions and customers, thin ones too, and labels that move."""
    elsewhere = {"checkout.session.completed", "customer.created", "customer.updated", "customer.deleted"}
    without = Chaos(users=40, seed=13, names_users_elsewhere=False)
    assert elsewhere & _types(without.simulation().events) == set()
    told = [event for life in _lives() for event in life.events]
    assert elsewhere <= _types(told)
    assert any("moved_about" in life.scenarios for life in _lives())
    assert any(event["type"] == "v1.checkout.session.completed" for event in told)


def test_the_whole_story_has_the_truth_of_its_life() -> None:
    """Whoever names the users."""
    for life in _lives():
        assert _story(life).truth == life.profiles


def test_a_subscription_is_left_out_with_its_session_and_the_customer_stays() -> None:
    """Nothing in the rest is about it, and it is on no profile."""
    sessions = customers = 0
    for life in _lives():
        whole = _story(life)
        for part in whole.with_one_subscription_less():
            [gone] = whole.subscription_ids - part.subscription_ids
            left_out = [event for event in whole.deliveries if event not in part.deliveries]
            sessions += "checkout.session.completed" in _types(left_out)
            customers += "customer.created" in _types(part.deliveries)
            assert not any(kind.startswith("customer.") and kind.count(".") == 1 for kind in _types(left_out))
            assert all(profile.get("subscriptionId") != gone for profile in part.truth.values())
    assert min(sessions, customers) > 5


def test_a_story_that_ends_earlier_knows_nothing_of_what_came_then() -> None:
    """Before anything names a user, no profile shows the subscription."""
    empty = 0
    for life in _lives():
        if "customer_relabelled" in life.scenarios or "session_and_customer" in life.scenarios:
            for part in _story(life).ending_earlier():
                assert {event["id"] for event in part.deliveries} < {event["id"] for event in life.events}
                empty += not any(part.truth.values())
    assert empty > 0


def test_a_story_never_ends_in_a_guess() -> None:
    """Two users share a customer, and only the session names the second one: not before it is completed."""
    shared = [life for life in _lives() if "shared_by_sessions" in life.scenarios]
    open_ends = 0
    for life in shared:
        whole = _story(life)
        seconds = {one.second for one in life.happenings if one.second < whole.until}
        parts = [attrs.evolve(whole, until=second) for second in seconds]
        open_ends += sum(part.ends_in_a_guess for part in parts)
        told = {part.until for part in whole.ending_earlier()}
        assert told == {part.until for part in parts if not part.ends_in_a_guess}
    assert open_ends > 0
