"""Stories with checkout sessions, customers and labels that move: what their parts keep and leave out."""

import random
from typing import Any

from stripe_handler_cli.lab.chaos.run import Chaos
from stripe_handler_cli.lab.chaos.stories import Story
from stripe_handler_cli.lab.simulator import SimulatedLife


def _lives() -> tuple[SimulatedLife, ...]:
    return Chaos(users=150, seed=13, names_users_elsewhere=True).simulation().lives


def _story(life: SimulatedLife) -> Story:
    deliveries = list(life.events)
    random.Random(1).shuffle(deliveries)  # noqa: S311 - repeatable on purpose
    return Story.of(life, deliveries)


def _types(events: Any) -> set[str]:
    return {event["type"].removeprefix("v1.") for event in events}


def test_a_run_has_what_names_users_elsewhere_only_if_it_is_asked_for() -> None:
    """Off, until the function knows what to do with it."""
    asked = {"checkout.session.completed", "customer.created", "customer.updated", "customer.deleted"}
    assert asked & _types(Chaos(users=40, seed=13).simulation().events) == set()
    told = [event for life in _lives() for event in life.events]
    assert asked <= _types(told)
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
