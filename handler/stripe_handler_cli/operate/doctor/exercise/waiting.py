"""Waits for what AWS does by itself, and tells how long already, and how long at most. Decides nothing."""

import time
from collections.abc import Callable
from typing import TypeVar

import attrs

from stripe_handler_cli.common.moments import duration

_Found = TypeVar("_Found")


def _say_nothing(_: str) -> None:
    """The progress of who tells none."""


@attrs.frozen
class Patience:
    """How this exercise waits.

    Attributes:
        every_seconds: Between two looks.
        tell: Is told of each look: what is waited for, since when, and how long at most.
        clock: Seconds from any point in time.
    """

    every_seconds: float
    tell: Callable[[str], None] = _say_nothing
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def until(
        self, look: Callable[[], _Found | None], what: str, most_seconds: float, every_seconds: float = 0
    ) -> _Found | None:
        """Look until something is there; None if nothing was there within the time given."""
        began = self.clock()
        while True:
            found = look()
            passed = self.clock() - began
            if found is not None or passed >= most_seconds:
                return found
            self.tell(f"waiting until {what}: {duration(passed)} of at most {duration(most_seconds)}")
            self.sleep(min(max(self.every_seconds, every_seconds), most_seconds - passed))

    def for_seconds(self, seconds: float, why: str) -> None:
        """Let time pass."""
        self.until(lambda: None, why, seconds)
