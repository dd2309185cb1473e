"""What chance decides in one delivery, drawn at once."""

import attrs
from hypothesis import strategies as st


@attrs.define
class Tape:
    """What chance decides in one delivery, byte by byte; where it ends, everything goes as usual.

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

    def __repr__(self) -> str:
        """Show it as far as it says anything."""
        return f"Tape({self.choices.rstrip(bytes(1))!r})"


def tapes() -> st.SearchStrategy[Tape]:
    """Strategy: about 130 choices and at most 320. Shrinking leaves few that are not zero."""
    return st.binary(min_size=64, max_size=320).map(Tape)
