# ruff: noqa: SLF001 - MiniStack has no public interface for this
"""The clock of scheduled rules.

AWS rule: a rule with `rate(...)` fires that long after it was made, and again after each such time. MiniStack
does that by itself; what is ours is the clock: with `STRIPE_HANDLER_LOCAL_SCHEDULE_SPEEDUP` the hours of a
schedule pass faster, as those of alarms do. `cron(...)` keeps to the real clock.
"""

from ministack.services import eventbridge

from . import settings

_LOOK_SECONDS = 0.5

_stock_parse_rate_seconds = eventbridge._parse_rate_seconds


def install() -> None:
    """Replace MiniStack's function by ours, if the clock is to run faster."""
    if settings.SCHEDULE_SPEEDUP == 1:
        return
    eventbridge._parse_rate_seconds = parse_rate_seconds
    eventbridge._SCHEDULER_TICK_INTERVAL = _LOOK_SECONDS


def parse_rate_seconds(expression: str) -> float | None:
    """The real seconds between two firings of a `rate(...)` schedule; None for another expression."""
    seconds: int | None = _stock_parse_rate_seconds(expression)
    return None if seconds is None else seconds / settings.SCHEDULE_SPEEDUP
