"""What is delivered, in which order, when a handler is killed and when Stripe fails. Pure and seeded."""

import random
from collections.abc import Sequence
from typing import Any

import attrs

from stripe_handler_cli.lab.fake_stripe import Fault, drawn_faults

Event = dict[str, Any]

_EVENTS_PER_MISHAP = 40
_FEWEST_MISHAPS = 5
_LATEST_KILL = 0.95
"""Share of the attempts after which nothing is killed any more: there must be something left to hit."""
_LATEST_FAULT = 0.8
"""The same for Stripe's faults, which must meet a request."""


@attrs.frozen
class DeliveryPlan:
    """One run's mischief.

    Attributes:
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
    """Plan the delivery of events, each given once, in the order in which they happened.

    `duplicates` are additional deliveries, as a share of the events. An event may move as far as `window`;
    without one, all are shuffled. Unless given, kills and faults are as many as suit the number of events.
    """
    rng = random.Random(f"stripe-handler chaos {seed}")  # noqa: S311 - repeatable on purpose
    copies = round(len(events) * duplicates)
    indexes = [*range(len(events)), *(rng.randrange(len(events)) for _ in range(copies if events else 0))]
    if window is None:
        rng.shuffle(indexes)
    else:
        moved = sorted((index + rng.uniform(0, window), index) for index in indexes)
        indexes = [index for _, index in moved]
    usual = max(_FEWEST_MISHAPS, len(events) // _EVENTS_PER_MISHAP)
    kills_at = _moments(rng, usual if kills is None else kills, len(indexes) * _LATEST_KILL)
    bursts = drawn_faults(rng, usual if stripe_faults is None else stripe_faults)
    faults_at = _moments(rng, len(bursts), len(indexes) * _LATEST_FAULT)
    return DeliveryPlan(
        deliveries=tuple(events[index] for index in indexes),
        duplicates=len(indexes) - len(events),
        kills_at=kills_at,
        faults_at=tuple(zip(faults_at, map(tuple, bursts), strict=True)),
    )


def _moments(rng: random.Random, count: int, latest: float) -> tuple[int, ...]:
    return tuple(sorted(rng.randrange(max(1, int(latest))) for _ in range(count)))
