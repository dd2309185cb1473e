"""A rate that work is held to, so that others have room too. Threads may share one."""

import threading
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
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False, repr=False, eq=False)

    def wait(self) -> None:
        """Wait until the next one is due."""
        with self._lock:
            now = self.clock()
            due = max(self._next, now)
            self._next = due + 1 / self.per_second
        if due > now:
            self.sleep(due - now)
