"""Which of several changes of one second was the last? Pure.

Stripe's clock has whole seconds and its deliveries have no order, but every update tells what it changed.
Seen as steps from what was before to what was after, the updates of one second form a walk, and what is true
in the end is where that walk ends.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

_State = TypeVar("_State", bound=Hashable)
Step = tuple[_State, _State]
"""What was before, and what was after."""


def walks_end(
    steps: Mapping[str, Step[_State]], places: Mapping[str, _State] | None = None
) -> tuple[_State, bool]:
    """Find where the walk of some steps ends, and whether the steps prove it.

    `steps` go by event id, and so do `places`: states that were true at some time of that second, of events
    that do not tell what was before. There is at least one of either.

    The steps prove it when they hang together and exactly one state is entered more often than left (or there
    is only one state). Otherwise (a circle, an event not delivered yet) the end with the largest event id is
    taken: the choice is still the same in every delivery order.
    """
    places = places or {}
    surplus: Counter[_State] = Counter()
    for state in places.values():
        surplus[state] += 0
    for old, new in steps.values():
        surplus[new] += 1
        surplus[old] -= 1
    ends = {state for state, count in surplus.items() if count > 0}
    if len(surplus) == 1:
        return next(iter(surplus)), True
    if len(ends) == 1 and _hang_together(surplus, steps.values()):
        return next(iter(ends)), True
    after = {**places, **{event_id: new for event_id, (_, new) in steps.items()}}
    last = max((event_id for event_id, state in after.items() if state in ends), default=max(after))
    return after[last], False


def _hang_together(states: Iterable[_State], steps: Iterable[Step[_State]]) -> bool:
    neighbours: dict[_State, set[_State]] = {state: set() for state in states}
    for old, new in steps:
        neighbours[old].add(new)
        neighbours[new].add(old)
    start = next(iter(neighbours))
    reached, waiting = {start}, [start]
    while waiting:
        for neighbour in neighbours[waiting.pop()] - reached:
            reached.add(neighbour)
            waiting.append(neighbour)
    return len(reached) == len(neighbours)
