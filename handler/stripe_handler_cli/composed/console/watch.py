"""Makes looks side by side, again and again, and waits for none too long. Knows nothing of what they see.

A look that does not answer in time is told as late, with what it saw before; it is not made a second time
until it has ended, so a stack that hangs holds one thread a look and no more, for ever.
"""

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from typing import Any

import attrs

from stripe_handler_cli.operate.doctor.site import LOOK_ERRORS, reason_of

_PATIENCE_SECONDS = 2.5


@attrs.frozen
class Seen:
    """What a look came to.

    Attributes:
        value: What it saw last; None where it never saw anything.
        error: Why it saw nothing this time, in a few words.
        late_seconds: How long it has been waited for; None where it has answered.
        took_seconds: How long the last answer took.
    """

    value: Any = None
    error: str | None = None
    late_seconds: float | None = None
    took_seconds: float = 0.0


@attrs.define
class _Look:
    call: Callable[[], Any]
    clock: Callable[[], float]
    seen: Seen = attrs.field(factory=Seen)
    under_way: Future[Seen] | None = None
    began: float = 0.0

    def begin(self, threads: ThreadPoolExecutor) -> None:
        if self.under_way is None:
            self.began = self.clock()
            self.under_way = threads.submit(self._made)

    def _made(self) -> Seen:
        began = self.clock()
        try:
            value = self.call()
        except LOOK_ERRORS as error:
            return Seen(error=reason_of(error), took_seconds=self.clock() - began)
        return Seen(value, took_seconds=self.clock() - began)

    def told(self) -> Seen:
        if self.under_way is not None and self.under_way.done():
            made, self.under_way = self.under_way.result(), None
            self.seen = attrs.evolve(made, value=self.seen.value) if made.error else made
        if self.under_way is None:
            return self.seen
        return attrs.evolve(self.seen, error=None, late_seconds=self.clock() - self.began)


@attrs.define
class Watch:
    """Looks, by their names.

    Attributes:
        every_seconds: Whoever asks sooner is told what was seen last.
    """

    looks: Mapping[str, Callable[[], Any]]
    threads: ThreadPoolExecutor
    every_seconds: float
    patience_seconds: float = _PATIENCE_SECONDS
    clock: Callable[[], float] = time.monotonic
    _looks: dict[str, _Look] = attrs.field(init=False)
    _last: Mapping[str, Seen] | None = attrs.field(default=None, init=False)
    _at: float = attrs.field(default=0.0, init=False)
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self._looks = {name: _Look(call, self.clock) for name, call in self.looks.items()}

    def look(self) -> Mapping[str, Seen]:
        """Make all looks that are not under way, and tell what was seen after a moment's patience."""
        with self._lock:
            if self._last is not None and self.clock() - self._at < self.every_seconds:
                return self._last
            for one in self._looks.values():
                one.begin(self.threads)
            under_way = [one.under_way for one in self._looks.values() if one.under_way is not None]
            wait_for(under_way, timeout=self.patience_seconds)
            self._last = {name: one.told() for name, one in self._looks.items()}
            self._at = self.clock()
            return self._last
