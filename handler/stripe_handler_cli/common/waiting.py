"""Waits for what comes by itself: looks again and again until it is there, or the time is over."""

import time
from collections.abc import Callable
from typing import TypeVar

from stripe_handler_cli.common.errors import CliError

_POLL_SECONDS = 0.05
_Found = TypeVar("_Found")


def poll(
    look: Callable[[], _Found | None],
    *,
    every_seconds: float,
    timeout_seconds: float,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> _Found | None:
    """Look until something is there.

    Returns:
        What was found; None if nothing was there within the time given.
    """
    deadline = clock() + timeout_seconds
    while True:
        found = look()
        if found is not None or clock() > deadline:
            return found
        sleep(every_seconds)


def wait_for(look: Callable[[], _Found | None], wanted: str, timeout_seconds: float) -> _Found:
    """Look until something is there that must come.

    Raises:
        CliError: Nothing was there within the time given; the message names what was wanted.
    """
    found = poll(look, every_seconds=_POLL_SECONDS, timeout_seconds=timeout_seconds)
    if found is None:
        raise CliError(f"waited {timeout_seconds:.0f} s in vain until {wanted}")
    return found
