"""A queue of work that is due at a time, and the threads that do it. No AWS in here."""

import contextvars
import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable

logger = logging.getLogger("stripe-handler.local-aws")


class DueQueue:
    """Runs calls no earlier than they are due, in order of their due time.

    A fixed number of threads serves the queue. MiniStack's one thread per waiting event costs more than
    the events themselves when thousands wait.
    """

    def __init__(self, name: str, threads: int) -> None:
        """Prepare the queue; its threads start with the first call."""
        self._name = name
        self._threads = threads
        self._heap: list[tuple[float, int, contextvars.Context, Callable[[], None]]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._started = False

    def add(self, call: Callable[[], None], *, delay_seconds: float = 0.0) -> None:
        """Run `call` once `delay_seconds` have passed, in a copy of the caller's context."""
        context = contextvars.copy_context()
        with self._changed:
            if not self._started:
                self._started = True
                for number in range(self._threads):
                    threading.Thread(target=self._serve, name=f"{self._name}-{number}", daemon=True).start()
            heapq.heappush(self._heap, (time.monotonic() + delay_seconds, next(self._order), context, call))
            self._changed.notify()

    def _take(self) -> tuple[contextvars.Context, Callable[[], None]]:
        with self._changed:
            while True:
                wait = self._heap[0][0] - time.monotonic() if self._heap else None
                if wait is not None and wait <= 0:
                    _, _, context, call = heapq.heappop(self._heap)
                    return context, call
                self._changed.wait(wait)

    def _serve(self) -> None:
        while True:
            context, call = self._take()
            try:
                context.run(call)
            except Exception:
                logger.exception("%s: a queued call failed", self._name)
