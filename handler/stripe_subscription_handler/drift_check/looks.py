"""A difference is only believed when it is seen twice: what is kept between the two looks. Pure.

Seconds lie between a change in Stripe and the write of its event, and minutes where an attempt failed. In
that time the profile differs from Stripe although nothing was lost. So what the walk finds is looked at
again later, and counts when the same is still missing: the same profile, the same values of Stripe's. Where
Stripe's values have changed meanwhile, another event may be on its way, and a third look decides.
"""

import json
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

import attrs

from stripe_subscription_handler.comparison.differences import Difference

MOST_LOOKS = 3
"""What differs in each of so many looks counts, whether it is the same or not: no pass goes on for ever."""
_MARK_BYTES = 8


@attrs.frozen
class Look:
    """A subscription that differed, to be looked at again.

    Attributes:
        users: Whose profiles differed, where that was known.
        marks: What differed (`mark`).
        at: When it was seen; Unix time in seconds.
        number: Which look that was, from 1.
    """

    subscription_id: str
    users: tuple[str, ...]
    marks: frozenset[str]
    at: int
    number: int = 1

    def is_due(self, now: float, pause_seconds: float) -> bool:
        return now >= self.at + pause_seconds

    def believed(self, found: Iterable[Difference]) -> tuple[list[Difference], list[Difference]]:
        """Divide what is found now into what counts, and what has to be looked at once more."""
        counts: list[Difference] = []
        again: list[Difference] = []
        for one in found:
            is_last = self.number + 1 >= MOST_LOOKS
            (counts if is_last or mark(one) in self.marks else again).append(one)
        return counts, again

    def as_json(self) -> list[Any]:
        """As plain values, short ones: there may be many."""
        return [self.subscription_id, list(self.users), sorted(self.marks), self.at, self.number]

    @classmethod
    def from_json(cls, values: list[Any]) -> "Look":
        subscription_id, users, marks, at, number = values
        return cls(subscription_id, tuple(users), frozenset(marks), at, number)


def mark(difference: Difference) -> str:
    """A fingerprint of what differs: the kind, the profile, and what Stripe says it should be."""
    wanted = {field.name: field.stripe for field in difference.fields}
    told = [str(difference.kind), difference.subscription_id, difference.user_id, wanted]
    text = json.dumps(told, sort_keys=True, default=str)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_MARK_BYTES).hexdigest()


def looks_of(found: Iterable[Difference], at: int, number: int = 1) -> tuple[Look, ...]:
    """What has to be looked at again: one look for each subscription."""
    by_subscription: dict[str, list[Difference]] = {}
    for one in found:
        by_subscription.setdefault(one.subscription_id, []).append(one)
    return tuple(
        Look(
            subscription_id,
            tuple(sorted({one.user_id for one in differing if one.user_id is not None})),
            frozenset(mark(one) for one in differing),
            at,
            number,
        )
        for subscription_id, differing in by_subscription.items()
    )
