"""What chance decides in one delivery, or in one world, drawn at once."""

import itertools
from collections.abc import Sequence
from typing import TypeVar

import attrs
from hypothesis import strategies as st

_T = TypeVar("_T")


@attrs.define
class Tape:
    """What chance decides, byte by byte; where it ends, everything goes as usual.

    One draw of Hypothesis instead of hundreds: most of a property's time would go into them.
    """

    choices: bytes
    _place: int = 0

    def pick(self, n: int) -> int:
        """One of n, counted from zero."""
        if n == 1:
            return 0
        place, self._place = self._place, self._place + 1
        return self.choices[place] % n if place < len(self.choices) else 0

    def one_of(self, things: Sequence[_T]) -> _T:
        """One of them."""
        return things[self.pick(len(things))]

    def some_of(self, things: Sequence[_T], most: int) -> list[_T]:
        """Some of them, any of them several times; none where there are none."""
        return [self.one_of(things) for _ in range(self.pick(most + 1))] if things else []

    def shuffled(self, things: Sequence[_T]) -> list[_T]:
        """All of them in any order; in their own where the tape has ended."""
        left = list(things)
        return [left.pop(self.pick(len(left))) for _ in range(len(left))]

    def __repr__(self) -> str:
        """Show it as far as it says anything."""
        return f"Tape({self.choices.rstrip(bytes(1))!r})"


def tapes() -> st.SearchStrategy[Tape]:
    """Strategy: about 130 choices and at most 320. Shrinking leaves few that are not zero."""
    return st.binary(min_size=64, max_size=320).map(Tape)


def parted(choices: bytes, *sizes: int) -> list[Tape]:
    """One tape of each size, from one draw.

    Hypothesis makes most of its examples by copying one of several draws over another one, which brings few
    new worlds where a draw is a whole world.
    """
    ends = list(itertools.accumulate(sizes, initial=0))
    return [Tape(choices[start:end]) for start, end in itertools.pairwise(ends)]


def cut(tape: Tape) -> Tape:
    """What is left of a tape up to a place that it chooses itself: some deliveries end quietly."""
    left = tape.choices[1:]
    return Tape(left[: tape.pick(len(left) + 1)])
