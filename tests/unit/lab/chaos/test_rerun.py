"""A story run again in memory ends in the truth; with a broken handler it does not, and is made small."""

import itertools
import random

import attrs
import pytest

from stripe_handler_cli.lab.chaos.configured import Configured
from stripe_handler_cli.lab.chaos.rerun import rerun, smallest
from stripe_handler_cli.lab.chaos.run import Chaos
from stripe_handler_cli.lab.chaos.stories import Story
from stripe_handler_cli.lab.simulator import Settings, SimulatedLife, SimulationOptions, simulate
from stripe_handler_cli.lab.simulator.truth.settings import CHOSEN, DEFAULTS
from stripe_subscription_handler.conversation.handling import handling
from stripe_subscription_handler.conversation.messages import Handling
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.events.envelope import StripeEvent
from support.examples import share_of

ASKING = Configured.by(DEFAULTS, can_ask_stripe=True)


def shuffled(life: SimulatedLife, seed: int) -> Story:
    """The life's events in any order, some of them twice."""
    rng = random.Random(seed)  # noqa: S311 - repeatable on purpose
    deliveries = [*life.events, *rng.choices(life.events, k=len(life.events) // 3)]
    rng.shuffle(deliveries)
    return Story.of(life, deliveries)


def last_wins(event: StripeEvent, policy: Policy, arrivals: itertools.count = itertools.count()) -> Handling:  # noqa: B008
    """A handler that takes the order of arrival for the order of things."""
    arrived = f"2030-01-01T00:00:00Z {next(arrivals):09d}"
    return handling(attrs.evolve(event, created=arrived, before=None), policy)


@pytest.mark.parametrize("settings", [DEFAULTS, CHOSEN], ids=["plain", "chosen"])
@pytest.mark.parametrize("asks_stripe", [True, False])
def test_stories_end_in_the_truth(settings: Settings, *, asks_stripe: bool) -> None:
    """Whatever a chaos run draws: shuffled, doubled, one after the other and several at a time.

    Labels move, sessions and customers name users, another app shares the account.
    """
    configured = Configured.by(settings, can_ask_stripe=asks_stripe)
    chaos = Chaos(users=share_of(150), seed=11, asks_stripe=asks_stripe, settings=settings)
    for number, life in enumerate(chaos.simulation().lives):
        schedule = number % 2
        story = shuffled(life, schedule)
        assert rerun(story, configured, schedule) == story.truth


@pytest.mark.parametrize("settings", [DEFAULTS, CHOSEN], ids=["plain", "chosen"])
def test_parts_of_a_story_end_in_their_truth(settings: Settings) -> None:
    """A story made smaller in any way is as true as the whole one."""
    configured = Configured.by(settings, can_ask_stripe=True)
    steps = (
        Story.ending_earlier,
        Story.without_payments,
        Story.with_one_subscription_less,
        Story.with_one_duplicate_less,
        Story.nearer_to_order,
    )
    for life in Chaos(users=8, seed=12, settings=settings).simulation().lives:
        whole = shuffled(life, 5)
        for part in itertools.chain(*(itertools.islice(step(whole), 6) for step in steps)):
            assert rerun(part, configured) == part.truth


def test_a_right_handler_leaves_nothing_to_find() -> None:
    """What ends right in every interleaving is not made up into a counterexample."""
    [life] = simulate(7, 1, SimulationOptions(scenarios=("checkout",))).lives
    assert smallest(shuffled(life, 1), ASKING) is None


def test_a_wrong_handler_is_found_and_its_story_is_small() -> None:
    """Of months of events, some of them twice, two or three are left, the last two in the wrong order."""
    options = SimulationOptions(scenarios=("several_subscriptions",), eras=("2025-clover",))
    [life] = simulate(8, 1, options).lives
    story = shuffled(life, 1)
    found = smallest(story, ASKING, last_wins)
    assert found is not None
    assert len(story.deliveries) > 20
    assert 2 <= len(found.story.deliveries) <= 3
    assert found.found != found.story.truth
    assert rerun(found.story, ASKING) == found.story.truth
    *_, later, earlier = [event["created"] for event in found.story.deliveries]
    assert later >= earlier


def test_thin_stories_end_in_the_truth() -> None:
    """Only what Stripe is asked for tells anything."""
    also = "owner_move", "customer_metadata"
    options = SimulationOptions(
        eras=("2026-endive",), also=also, thin=True, sessions=True, customers=True, moves=True
    )
    for life in simulate(9, 60, options).lives:
        story = shuffled(life, 3)
        assert rerun(story, ASKING, 3) == story.truth
