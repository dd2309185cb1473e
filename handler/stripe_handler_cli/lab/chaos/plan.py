"""What is delivered, in which order, when a handler is killed and when Stripe fails. Pure and seeded."""

import random
from collections.abc import Sequence
from typing import Any

import attrs

from stripe_handler_cli.lab.fake_stripe import Fault, drawn_faults

Event = dict[str, Any]

_EVENTS_PER_KILL = 40
_FEWEST_KILLS = 5
_EVENTS_PER_FAULT = 40
_FEWEST_FAULTS = 5
_LATEST_KILL = 0.95
"""Share of the attempts after which nothing is killed any more: there must be something left to hit."""
_LATEST_FAULT = 0.8
"""The same for Stripe's faults, which must meet a request."""


@attrs.frozen
class DeliveryPlan:
    """One run's mischief.

    Attributes:
        deliveries: Events in the order in which they are put on the bus, duplicates among them.
        duplicates: How many of the deliveries are not the first of their event.
        kills_at: After how many attempts a handler process is killed, ascending; once per entry.
        faults_at: After how many attempts Stripe's next answers meet which faults, ascending.
    """

    deliveries: tuple[Event, ...]
    duplicates: int
    kills_at: tuple[int, ...]
    faults_at: tuple[tuple[int, tuple[Fault, ...]], ...] = ()


def plan_deliveries(
    events: Sequence[Event],
    *,
    seed: int,
    duplicates: float,
    window: int | None = None,
    kills: int | None = None,
    stripe_faults: int | None = 0,
) -> DeliveryPlan:
    """Plan the delivery of events.

    Args:
        events: Each once, in the order in which they happened.
        seed: The same seed and events give the same plan.
        duplicates: Additional deliveries, as a share of the events.
        window: How many places an event may move; None shuffles all of them.
        kills: How many times a handler process is killed; None scales it to the number of events.
        stripe_faults: How many of Stripe's answers go wrong; None scales it to the number of events.
    """
    rng = random.Random(f"stripe-handler chaos {seed}")  # noqa: S311 - repeatable on purpose
    copies = round(len(events) * duplicates)
    places = [*range(len(events)), *(rng.randrange(len(events)) for _ in range(copies if events else 0))]
    if window is None:
        rng.shuffle(places)
    else:
        places = [place for _, place in sorted((place + rng.uniform(0, window), place) for place in places)]
    wanted = max(_FEWEST_KILLS, len(events) // _EVENTS_PER_KILL) if kills is None else kills
    kills_at = _moments(rng, wanted, len(places) * _LATEST_KILL)
    faults = max(_FEWEST_FAULTS, len(events) // _EVENTS_PER_FAULT) if stripe_faults is None else stripe_faults
    bursts = drawn_faults(rng, faults)
    faults_at = _moments(rng, len(bursts), len(places) * _LATEST_FAULT)
    return DeliveryPlan(
        deliveries=tuple(events[place] for place in places),
        duplicates=len(places) - len(events),
        kills_at=kills_at,
        faults_at=tuple(zip(faults_at, map(tuple, bursts), strict=True)),
    )


def _moments(rng: random.Random, count: int, latest: float) -> tuple[int, ...]:
    return tuple(sorted(rng.randrange(max(1, int(latest))) for _ in range(count)))
