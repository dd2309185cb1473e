"""The simulated account's clock: it stands until the day begins, and then runs faster than ours."""

import time
from collections.abc import Callable

import attrs

from stripe_handler_cli.lab.fake_stripe import CustomerClocks


@attrs.define
class DayClock(CustomerClocks):
    """One clock for the whole account, that nothing but time moves.

    Attributes:
        start: Where it stands at first, Unix time.
        speed: How many of its seconds pass in one of ours.
    """

    start: float = 0.0
    speed: float = 1.0
    ours: Callable[[], float] = time.monotonic
    _began: float | None = None
    _then: list[Callable[[], object]] = attrs.Factory(list)

    def on_begin(self, act: Callable[[], object]) -> None:
        """Have something done as soon as it runs."""
        self._then.append(act)

    def begin(self) -> None:
        self._began = self.ours()
        for act in self._then:
            act()

    @property
    def elapsed_seconds(self) -> float:
        """Our own seconds since it began to run."""
        return 0.0 if self._began is None else self.ours() - self._began

    def now(self, _customer_id: str = "") -> float:
        return self.start + self.elapsed_seconds * self.speed

    def advance(self, _customer_id: str, second: int) -> None:
        """Nothing: an event does not move it."""

    def seconds_until(self, moment: float) -> float:
        """Our own seconds from now to one of its moments; 0 where that is past."""
        return max(0.0, (moment - self.now()) / self.speed)
