"""Which of several updates of one second was the last? Pure.

Stripe's clock has whole seconds and its deliveries have no order, but every update tells what it changed.
Seen as edges from the state before to the state after, the updates of one second form a walk, and the
subscription is where that walk ends.
"""

from collections import Counter
from collections.abc import Mapping

import attrs

from stripe_subscription_handler.decisions.ledger import Candidate
from stripe_subscription_handler.events.subscriptions import Subscription

MOST_CANDIDATES = 20
"""Updates of one second kept side by side; beyond that Stripe is asked."""


@attrs.frozen
class Settled:
    """The outcome of a tie.

    Attributes:
        certain: Whether the changes prove it. If not, the choice is still the same in every delivery order.
    """

    subscription: Subscription
    certain: bool


def settle(candidates: Mapping[str, Candidate]) -> Settled:
    """Find the final state of the updates of one second, given by event id; there is at least one.

    The changes prove it when they hang together and exactly one state is entered more often than left (or
    there is only one state). Otherwise (a cycle, an event not delivered yet) the end state with the largest
    event id is taken.
    """
    surplus: Counter[Subscription] = Counter()
    for candidate in candidates.values():
        surplus[candidate.after] += 0
        if candidate.before is not None:
            surplus[candidate.after] += 1
            surplus[candidate.before] -= 1
    ends = {state for state, count in surplus.items() if count > 0}
    if len(surplus) == 1:
        return Settled(next(iter(surplus)), certain=True)
    if len(ends) == 1 and _hang_together(candidates):
        return Settled(next(iter(ends)), certain=True)
    last = max(
        (event_id for event_id, candidate in candidates.items() if candidate.after in ends),
        default=max(candidates),
    )
    return Settled(candidates[last].after, certain=False)


def _hang_together(candidates: Mapping[str, Candidate]) -> bool:
    neighbours: dict[Subscription, set[Subscription]] = {}
    for candidate in candidates.values():
        before = candidate.before or candidate.after
        neighbours.setdefault(candidate.after, set()).add(before)
        neighbours.setdefault(before, set()).add(candidate.after)
    start = next(iter(neighbours))
    reached, waiting = {start}, [start]
    while waiting:
        for neighbour in neighbours[waiting.pop()] - reached:
            reached.add(neighbour)
            waiting.append(neighbour)
    return len(reached) == len(neighbours)
