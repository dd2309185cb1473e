"""Makes the functions' loggers, with structlog: one JSON object a line, nothing else. Knows no events.

Most of what `import structlog` costs is asyncio and the bridge to `logging`, which no function uses
(docs/performance.md); they are loaded only when somebody uses them.
"""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol, TextIO, cast

from stripe_subscription_handler.lazy_imports import import_without

if TYPE_CHECKING:
    import structlog
else:
    structlog = import_without("structlog", left_out=("asyncio", "structlog.stdlib", "structlog.threadlocal"))


class Log(Protocol):
    """What a function logs with: a word for the kind of line, and its fields. Loggers of structlog fit."""

    def info(self, event: str, /, **fields: Any) -> Any: ...

    def warning(self, event: str, /, **fields: Any) -> Any: ...

    def error(self, event: str, /, **fields: Any) -> Any: ...


def _now() -> str:
    return f"{datetime.now(UTC).replace(tzinfo=None).isoformat()}Z"


def _type_name(value: object) -> str:
    # A line that cannot be written would fail an event that is handled; the value itself may be personal.
    return type(value).__name__


# Made once: `json.dumps` would make one for each line, which takes as long as writing it.
_JSON = json.JSONEncoder(default=_type_name)


def _as_json(fields: Any, **_: Any) -> str:
    return _JSON.encode(fields)


def make_logger(level: str = "INFO", output: TextIO | None = None, now: Callable[[], str] = _now) -> Log:
    """Make a logger of lines that have their fields, `event`, `level` and `timestamp` (ISO-8601 UTC).

    Without `output` it writes to standard output, which Lambda sends to CloudWatch Logs.
    """

    def with_time(_logger: object, _method: str, fields: "structlog.typing.EventDict") -> Any:
        fields["timestamp"] = now()
        return fields

    logger = structlog.wrap_logger(
        structlog.WriteLogger(output or sys.stdout),
        processors=[
            structlog.processors.add_log_level,
            with_time,
            structlog.processors.JSONRenderer(_as_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        context_class=dict,
    )
    # Bound here, once: what `wrap_logger` returns would bind itself anew for every line.
    return cast("Log", logger.bind())
