"""Waits for what comes by itself: looks again and again until it is there, or the time is over."""

import time
from collections.abc import Callable
from typing import TypeVar

from stripe_handler_cli.common.errors import CliError

_Found = TypeVar("_Found")


class InVainError(CliError):
    """Something that was waited for did not come."""


def poll(
    look: Callable[[], _Found | None],
    *,
    every_seconds: float,
    timeout_seconds: float,
    slower: float = 0.0,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> _Found | None:
    """Look until something is there; None if nothing was there within the time given.

    Args:
        slower: By which part of the time waited so far a pause is longer: who waits long looks seldom.
    """
    began = clock()
    while True:
        found = look()
        waited_seconds = clock() - began
        if found is not None or waited_seconds > timeout_seconds:
            return found
        sleep(every_seconds + slower * waited_seconds)


def wait_for(
    look: Callable[[], _Found | None], wanted: str, timeout_seconds: float, *, slower: float = 0.0
) -> _Found:
    """Look until something is there that must come; raises `InVainError`, which names what was wanted.

    What takes a part of it with each look, from a queue say, must not become slower: see `poll`.
    """
    found = poll(look, every_seconds=0.05, timeout_seconds=timeout_seconds, slower=slower)
    if found is None:
        raise InVainError(f"waited {timeout_seconds:.0f} s in vain until {wanted}")
    return found
