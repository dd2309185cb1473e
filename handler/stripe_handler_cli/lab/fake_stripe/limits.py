"""How many requests a second the fake Stripe answers, of one endpoint and in all. Knows no HTTP.

Stripe counts an endpoint by its method and path, all ids together, in live mode too; what is too many is
answered with 429.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Final

import attrs

PER_ENDPOINT: Final = 25
PER_LIVE_ACCOUNT: Final = 100
_NAMES: Final = frozenset(
    {
        *("v1", "v2", "core", "checkout", "entitlements"),
        *("active_entitlements", "customers", "event_destinations", "events", "invoices", "sessions"),
        *("subscription_items", "subscriptions"),
        *("disable", "enable", "ping"),
    }
)
"""What stands in paths; every other part is an id."""


def endpoint_of(method: str, path: str) -> str:
    """An endpoint's name: the method, and the path without ids and query."""
    parts = path.partition("?")[0].strip("/").split("/")
    return " ".join((method, *(part if part in _NAMES else "{id}" for part in parts)))


@attrs.define
class Limits:
    """Counts requests by whole seconds.

    Attributes:
        clock: Seconds.
        refused: How many were too many so far.
    """

    per_endpoint: int = PER_ENDPOINT
    per_account: int = PER_LIVE_ACCOUNT
    clock: Callable[[], float] = time.monotonic
    refused: int = 0
    _second: int = attrs.field(default=-1, init=False)
    _taken: Counter[str] = attrs.field(factory=Counter, init=False)
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False)

    def takes(self, method: str, path: str) -> bool:
        """Whether one more request is answered now."""
        with self._lock:
            second = int(self.clock())
            if second != self._second:
                self._second = second
                self._taken.clear()
            endpoint = endpoint_of(method, path)
            if self._taken[endpoint] >= self.per_endpoint or self._taken.total() >= self.per_account:
                self.refused += 1
                return False
            self._taken[endpoint] += 1
            return True
