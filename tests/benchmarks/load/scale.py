"""How large a load run is. Pure."""

import itertools
import math
from collections.abc import Sequence

import attrs

from benchmarks.load.delivering import Event
from stripe_handler_cli.lab.simulator import Simulation, SimulationOptions, simulate
from stripe_subscription_handler.events.event_types import DEFAULT_EVENT_TYPES

_EVENTS_PER_LIFE = 13
_SEED = 1


@attrs.frozen
class Scale:
    """The size of one run.

    Attributes:
        concurrency: Lambda's concurrency, one after the other.
        rounds: Into how many parts everything is divided, the no-op's and the handler's in turn.
        events: Simulated events for each concurrency.
        noop_events: Events for the no-op function, for each.
        steady_events: Of the simulated events, those put one by one at half the rate, for the latency without
            a queue; the no-op function gets as many.
        hot_events: Events for one user at once.
    """

    concurrency: tuple[int, ...]
    rounds: int
    events: int
    noop_events: int
    steady_events: int
    hot_events: int


FULL = Scale((1, 2, 4), rounds=10, events=10_000, noop_events=2_000, steady_events=600, hot_events=1_000)
QUICK = Scale((1, 4), rounds=3, events=450, noop_events=300, steady_events=90, hot_events=200)
LONG = Scale((4,), rounds=10, events=50_000, noop_events=1_000, steady_events=300, hot_events=1_000)


def account(events: int, *, seed: int = _SEED) -> Simulation:
    """A simulated account with about so many events, none of which needs a look at Stripe."""
    options = SimulationOptions(event_types=DEFAULT_EVENT_TYPES, same_second_cycles=False)
    return simulate(seed, math.ceil(events / _EVENTS_PER_LIFE), options)


def parts(events: Sequence[Event], count: int) -> list[Sequence[Event]]:
    """Events in so many parts of about the same size."""
    edges = [round(len(events) * number / count) for number in range(count + 1)]
    return [events[start:end] for start, end in itertools.pairwise(edges)]
