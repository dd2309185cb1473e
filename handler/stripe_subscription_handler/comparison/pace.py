"""A rate that work is held to, so that others have room too."""

import time
from collections.abc import Callable

import attrs


@attrs.define
class Pace:
    """At most so many a second."""

    per_second: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _next: float = attrs.field(default=0.0, init=False)

    def wait(self) -> None:
        """Wait until the next one is due."""
        early_seconds = self._next - self.clock()
        if early_seconds > 0:
            self.sleep(early_seconds)
        self._next = max(self._next, self.clock()) + 1 / self.per_second
