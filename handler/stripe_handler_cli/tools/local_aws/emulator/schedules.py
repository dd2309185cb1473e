"""The clock of scheduled rules, and EventBridge Scheduler.

AWS rules modelled:
- A rule with `rate(...)` fires that long after it was made, and again after each such time. MiniStack does
  that by itself; what is ours is the clock: with `STRIPE_HANDLER_LOCAL_SCHEDULE_SPEEDUP` the hours of a
  schedule pass faster, as those of alarms do. `cron(...)` keeps to the real clock.
- Scheduler invokes a function in the role of its target, so the function's own policy is not asked. It
  invokes asynchronously, with the schedule's `Input`.
- A function that does not exist gets nothing; the schedule goes on, and no metric of rules tells of it.

Stock MiniStack hands a schedule to its rules' dispatcher. That is ours (`rule_targets`), and would ask the
function's policy for a rule of this name, and count metrics of one. Scheduler's dead-letter queue and retry
policy are not modelled: nothing here uses them.
"""

from typing import Any

from ministack.services import eventbridge, scheduler

from . import settings
from .replacing import replaces

if settings.SCHEDULE_SPEEDUP != 1:
    eventbridge._SCHEDULER_TICK_INTERVAL = scheduler._SCHEDULE_TICK_INTERVAL = 0.5


@replaces(eventbridge, "_parse_rate_seconds")
def parse_rate_seconds(stock: Any, expression: str) -> float | None:
    """The real seconds between two firings of a `rate(...)` schedule; None for another expression."""
    seconds: int | None = stock(expression)
    return None if seconds is None else seconds / settings.SCHEDULE_SPEEDUP


@replaces(eventbridge, "_invoke_target")
def invoke_target(
    stock: Any, target: dict[str, Any], event: dict[str, Any], rule: dict[str, Any], view: Any = None
) -> None:
    """Hand a schedule's input to its function; everything else goes to the dispatcher of rules."""
    if "FlexibleTimeWindow" in rule and ":lambda:" in target["Arn"]:
        eventbridge._dispatch_to_lambda(target["Arn"], target.get("Input") or "{}")
    else:
        stock(target, event, rule, view)
