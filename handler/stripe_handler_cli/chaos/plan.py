"""What is delivered, in which order, and when a handler process is killed. Pure and seeded."""

import random
from collections.abc import Sequence
from typing import Any

import attrs

Event = dict[str, Any]

_EVENTS_PER_KILL = 40
_FEWEST_KILLS = 5
_LATEST_KILL = 0.95
"""Share of the attempts after which nothing is killed any more: there must be something left to hit."""


@attrs.frozen
class DeliveryPlan:
    """One run's mischief.

    Attributes:
        deliveries: Events in the order in which they are put on the bus, duplicates among them.
        duplicates: How many of the deliveries are not the first of their event.
        kills_at: After how many attempts a handler process is killed, ascending; once per entry.
    """

    deliveries: tuple[Event, ...]
    duplicates: int
    kills_at: tuple[int, ...]


def plan_deliveries(
    events: Sequence[Event],
    *,
    seed: int,
    duplicates: float,
    window: int | None = None,
    kills: int | None = None,
) -> DeliveryPlan:
    """Plan the delivery of events.

    Args:
        events: Each once, in the order in which they happened.
        seed: The same seed and events give the same plan.
        duplicates: Additional deliveries, as a share of the events.
        window: How many places an event may move; None shuffles all of them.
        kills: How many times a handler process is killed; None scales it to the number of events.
    """
    rng = random.Random(f"stripe-handler chaos {seed}")  # noqa: S311 - repeatable on purpose
    copies = round(len(events) * duplicates)
    places = [*range(len(events)), *(rng.randrange(len(events)) for _ in range(copies if events else 0))]
    if window is None:
        rng.shuffle(places)
    else:
        places = [place for _, place in sorted((place + rng.uniform(0, window), place) for place in places)]
    wanted = max(_FEWEST_KILLS, len(events) // _EVENTS_PER_KILL) if kills is None else kills
    return DeliveryPlan(
        deliveries=tuple(events[place] for place in places),
        duplicates=len(places) - len(events),
        kills_at=tuple(sorted(rng.randrange(max(1, int(len(places) * _LATEST_KILL))) for _ in range(wanted))),
    )
