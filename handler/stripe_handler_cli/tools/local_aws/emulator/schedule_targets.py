# ruff: noqa: SLF001 - MiniStack has no public interface for this
"""EventBridge Scheduler's targets.

AWS rules modelled:
- Scheduler invokes a function in the role of its target, so the function's own policy is not asked.
- It invokes asynchronously, with the schedule's `Input`.
- A function that does not exist gets nothing; the schedule goes on, and no metric of rules tells of it.
- `rate(...)` follows the clock of `schedules`.

Stock MiniStack hands a schedule to its rules' dispatcher. That is ours (`rule_targets`), and would ask the
function's policy for a rule of this name, and count metrics of one. Scheduler's dead-letter queue and retry
policy are not modelled: nothing here uses them.
"""

from typing import Any

from ministack.services import eventbridge, scheduler

from . import async_invocation, rule_targets, settings

_LOOK_SECONDS = 0.5

_of_rules = rule_targets.invoke_target


def install() -> None:
    """Stand before the dispatcher of rules, and look more often where the clock is faster."""
    eventbridge._invoke_target = invoke_target
    if settings.SCHEDULE_SPEEDUP != 1:
        scheduler._SCHEDULE_TICK_INTERVAL = _LOOK_SECONDS


def invoke_target(
    target: dict[str, Any], event: dict[str, Any], rule: dict[str, Any], view: Any = None
) -> None:
    """Hand a schedule's input to its function; all else is a rule's."""
    is_schedule = "FlexibleTimeWindow" in rule
    if not is_schedule or ":lambda:" not in target["Arn"]:
        _of_rules(target, event, rule, view)
        return
    async_invocation.dispatch_to_lambda(target["Arn"], target.get("Input") or "{}")
