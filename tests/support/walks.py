"""Which of several updates of one second was the last? What each changed tells, or it does not. Pure.

Seen as edges from what was before to what was after, they form a walk. The world knows where it truly ended;
this says whether the edges alone prove it.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence

from support.happenings import Fact

UPDATED = "customer.subscription.updated"
_Place = Hashable


def contenders(facts: Sequence[Fact]) -> list[Fact]:
    """The last fact, with the updates of its second: nothing but what they changed tells which was last."""
    last = facts[-1] if facts else None
    if last is None or last.event.type != UPDATED:
        return [last] if last else []
    return [
        fact
        for fact in facts
        if fact.event.type == UPDATED
        and fact.event.created == last.event.created
        and fact.is_dead == last.is_dead
    ]


def proven_end(edges: Iterable[tuple[_Place, _Place]]) -> tuple[_Place] | None:
    """Where a walk over all these edges ends, whatever their order; None if that depends on the order."""
    surplus: Counter[_Place] = Counter()
    regions: list[set[_Place]] = []
    for before, after in edges:
        surplus[after] += 1
        surplus[before] -= 1
        touched = [region for region in regions if region & {before, after}]
        apart = [region for region in regions if region not in touched]
        regions = [*apart, set().union(*touched, {before, after})]
    if len(surplus) == 1:
        return (next(iter(surplus)),)
    ends = [place for place, count in surplus.items() if count > 0]
    return (ends[0],) if len(ends) == len(regions) == 1 else None
