"""Writes log lines: one JSON object a line, nothing else. Knows no events.

Not structlog, because importing it costs a tenth of a cold start (docs/performance.md), most of it for what
no function uses: asyncio, coloured consoles, tracebacks. Loggers of structlog fit where a `Log` is wanted.
"""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Protocol, TextIO

import attrs

from stripe_subscription_handler.config import LogLevel

LEVELS = tuple(LogLevel)
"""Severities, least first."""


class Log(Protocol):
    """What the function logs with: a word for the kind of line, and its fields."""

    def info(self, event: str, /, **fields: Any) -> Any:
        """Write a line about something usual."""

    def warning(self, event: str, /, **fields: Any) -> Any:
        """Write a line about something that somebody should look at."""

    def error(self, event: str, /, **fields: Any) -> Any:
        """Write a line about a failure."""


def _now() -> str:
    return f"{datetime.now(UTC).replace(tzinfo=None).isoformat()}Z"


def _type_name(value: object) -> str:
    # A line that cannot be written would fail an event that is handled; the value itself may be personal.
    return type(value).__name__


@attrs.frozen
class JsonLog:
    """Writes lines of its level and above, each with its fields, `event`, `level` and `timestamp`.

    Attributes:
        output: Where to.
        level: The least severe level that is written, one of `LEVELS`.
        now: The time as ISO-8601 UTC.
    """

    output: TextIO
    level: str = "INFO"
    now: Callable[[], str] = _now

    def info(self, event: str, /, **fields: Any) -> None:
        """Write a line about something usual."""
        self._line("INFO", event, fields)

    def warning(self, event: str, /, **fields: Any) -> None:
        """Write a line about something that somebody should look at."""
        self._line("WARNING", event, fields)

    def error(self, event: str, /, **fields: Any) -> None:
        """Write a line about a failure."""
        self._line("ERROR", event, fields)

    def _line(self, level: str, event: str, fields: dict[str, Any]) -> None:
        if LEVELS.index(level) < LEVELS.index(self.level):
            return
        line = {**fields, "event": event, "level": level.lower(), "timestamp": self.now()}
        self.output.write(f"{json.dumps(line, default=_type_name)}\n")
        self.output.flush()


def make_logger(level: str) -> JsonLog:
    """Make a logger that writes to standard output, which Lambda sends to CloudWatch Logs."""
    return JsonLog(sys.stdout, level)
