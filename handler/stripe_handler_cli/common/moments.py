"""Times as people type and read them. Only click's part asks for the time now."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import click

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SIZES = (86_400, "d"), (3600, "h"), (60, "min"), (1, "s")
_AGO = re.compile(r"-?\s*(\d+)\s*(s|m|h|d|w|seconds?|minutes?|hours?|days?|weeks?)(?:\s+ago)?")
EXPECTED = (
    "an ISO-8601 time (2026-11-23T10:00:00Z; UTC unless it says otherwise) or so long ago (90m, 2h, 3d)"
)
"""What may be typed."""


def parse_moment(text: str, now: datetime) -> datetime:
    """Read what `EXPECTED` describes, or `now`, as a moment in UTC; `ValueError` says what was expected."""
    text = text.strip()
    if text.lower() == "now":
        return now
    ago = _AGO.fullmatch(text.lower())
    try:
        if ago:
            return now - timedelta(**{_UNITS[ago[2][0]]: int(ago[1])})
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{text} is not {EXPECTED}") from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def iso(moment: datetime) -> str:
    """A moment as ISO-8601 UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def duration(seconds: float) -> str:
    """A time span in its largest unit, rounded down: `3 d`, `17 min`."""
    for size, unit in _SIZES:
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return "0 s"


class Moment(click.ParamType[datetime]):
    """An option that takes a time."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return parse_moment(str(value), datetime.now(UTC))
        except ValueError as error:
            self.fail(str(error), param, ctx)
