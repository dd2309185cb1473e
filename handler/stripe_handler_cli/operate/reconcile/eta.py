"""How far long work is, and how long it will still take, as a line of text. Is handed its clock."""

import time
from collections.abc import Callable

import attrs

_EVERY_SECONDS = 5.0
_MINUTE, _HOUR = 60, 3600


@attrs.define
class Eta:
    """Shows progress now and then.

    Attributes:
        show: Shows a line.
        every_seconds: At most so often.
        clock: Monotonic seconds.
    """

    show: Callable[[str], None]
    every_seconds: float = _EVERY_SECONDS
    clock: Callable[[], float] = time.monotonic
    _what: str = attrs.field(default="", init=False)
    _first: tuple[int, float] = attrs.field(default=(0, 0.0), init=False)
    _shown: float = attrs.field(default=0.0, init=False)

    def __call__(self, what: str, done: int, about: int) -> None:
        """Note how far it is.

        Args:
            what: What is gone through.
            done: How many are done, those of an earlier run included.
            about: About how many there are; 0 where nobody knows.
        """
        now = self.clock()
        if what != self._what:
            self._what, self._first, self._shown = what, (done, now), now
            return
        if now - self._shown < self.every_seconds:
            return
        self._shown = now
        self.show(self._line(done, about, now))

    def _line(self, done: int, about: int, now: float) -> str:
        begun, since = self._first
        rate = (done - begun) / (now - since) if now > since else 0.0
        line = f"{done:,} {self._what}, {rate:,.0f} a second"
        if rate > 0 and about > done:
            line += f", about {duration((about - done) / rate)} left"
        return line


def duration(seconds: float) -> str:
    """A duration as people say it: 40 s, 12 min, 3 h 5 min."""
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{round(whole / _MINUTE)} min"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"
