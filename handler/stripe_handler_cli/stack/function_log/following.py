"""Follows the function's log: what the handler said since the last look. Reads only."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import attrs

from stripe_handler_cli.stack.function_log.lines import Logged, read_values

OVERLAP_MILLISECONDS = 120_000
"""CloudWatch may show a line later than one written after it, so every look goes back so far."""


@attrs.define
class LogTail:
    """A log being followed.

    Attributes:
        logged: Reads what was logged from a moment on, in Unix milliseconds.
        start_milliseconds: From when on it is read.
    """

    logged: Callable[[int], Iterable[Logged]]
    start_milliseconds: int
    _seen: set[Logged] = attrs.Factory(set)

    def read(self) -> list[Mapping[str, Any]]:
        """The handler's lines that no earlier call has returned, oldest first."""
        found = set(self.logged(self.start_milliseconds))
        new = sorted(found - self._seen)
        self._seen |= found
        if self._seen:
            newest = max(timestamp for timestamp, _ in self._seen)
            self.start_milliseconds = max(self.start_milliseconds, newest - OVERLAP_MILLISECONDS)
            self._seen = {one for one in self._seen if one[0] >= self.start_milliseconds}
        return [values for logged in new if (values := read_values(logged)) is not None]
