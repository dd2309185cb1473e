"""When work that failed is tried again and when it is given up, and the queue it waits in. No AWS in here.

AWS rule of a rule's target: exponential back-off with jitter, until `MaximumRetryAttempts` (185 unless set)
or `MaximumEventAgeInSeconds` (86,400 unless set) is reached, whichever comes first.
"""

import contextvars
import heapq
import itertools
import logging
import random
import threading
import time
from collections.abc import Callable, Mapping

logger = logging.getLogger("stripe-handler.local-aws")


def exhausted_condition(policy: Mapping[str, int], *, retries: int, age_seconds: float) -> str | None:
    """The value of `EXHAUSTED_RETRY_CONDITION`, or None while another retry is due."""
    if age_seconds >= policy.get("MaximumEventAgeInSeconds", 86_400):
        return "MaximumEventAgeInSeconds"
    return "MaximumRetryAttempts" if retries >= policy.get("MaximumRetryAttempts", 185) else None


def back_off_seconds(retries: int, *, base_seconds: float, maximum_seconds: float) -> float:
    """The wait before retry number `retries` + 1."""
    ceiling = min(maximum_seconds, base_seconds * 2.0 ** min(retries, 30))
    return random.uniform(ceiling / 2, ceiling)  # noqa: S311 - jitter, not a secret


class DueQueue:
    """Runs calls no earlier than they are due, in order of their due time.

    A fixed number of threads serves the queue. MiniStack's one thread per waiting event costs more than
    the events themselves when thousands wait.
    """

    def __init__(self, name: str, threads: int) -> None:
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
                    return heapq.heappop(self._heap)[2:]
                self._changed.wait(wait)

    def _serve(self) -> None:
        while True:
            context, call = self._take()
            try:
                context.run(call)
            except Exception:
                logger.exception("%s: a queued call failed", self._name)
