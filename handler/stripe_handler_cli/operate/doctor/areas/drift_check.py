"""The drift check: its function, the schedule that has it go on, and how its last pass ended."""

import datetime as dt
from typing import Any

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.words import plural
from stripe_handler_cli.operate.doctor.check import Area, Finding, check, failed, passed, warned
from stripe_handler_cli.operate.doctor.commands import APPLY
from stripe_handler_cli.operate.doctor.site import Site, found_or_none
from stripe_subscription_handler.comparison.tally import Tally
from stripe_subscription_handler.drift_check.pass_table import PassTable
from stripe_subscription_handler.drift_check.settings import DriftCheckSettings
from stripe_subscription_handler.errors import ConfigError

FOLLOW = "stripe-handler reconcile --in-aws{stack_options}"
LOG = "aws logs tail {drift_check_log_group_name} --since 1d"
LATE_AFTER_INTERVALS = 2
_USABLE = {"Active", "Inactive", "Pending"}


@attrs.frozen(kw_only=True)
class DriftCheckFacts:
    """The drift check as it stands in AWS; times in hours ago."""

    is_wanted: bool = True
    function: str = ""
    function_state: str | None = "Active"  # AWS's word; None where there is no function
    schedule_state: str | None = "ENABLED"  # AWS's word; None where there is no schedule
    is_own_schedule: bool = True  # whether that leads to the function
    interval_hours: float = 24
    changed: float = 0  # since when the function is as it is
    began: float | None = 1  # the last pass; None where there was none
    ended: float | None = 1  # the same pass; None where it is under way
    differences: int = 0  # that it left


def look_at_drift_check(site: Site) -> DriftCheckFacts:
    name = site.stack.outputs.get("drift_check_function_name")
    if not name:
        return DriftCheckFacts(is_wanted=False)
    function = found_or_none(site.client("lambda").get_function_configuration, FunctionName=name)
    schedule = found_or_none(site.client("scheduler").get_schedule, Name=name)
    if function is None:
        return DriftCheckFacts(function=name, function_state=None)
    last = PassTable(site.client("dynamodb"), site.output("sync_table_name")).last()
    # What was still so at the second look.
    believed = Tally.from_json(last.state.get("believed") if last else None)
    return DriftCheckFacts(
        function=name,
        function_state=function.get("State", "Active"),
        schedule_state=None if schedule is None else schedule.get("State", "ENABLED"),
        is_own_schedule=schedule is not None and schedule["Target"]["Arn"] == function["FunctionArn"],
        interval_hours=_interval_hours(function),
        changed=_hours(site, dt.datetime.fromisoformat(function["LastModified"]).timestamp()),
        began=_hours(site, last.started) if last else None,
        ended=_hours(site, last.finished) if last and last.finished is not None else None,
        differences=believed.remaining,
    )


def _interval_hours(function: dict[str, Any]) -> float:
    environment = function.get("Environment", {}).get("Variables", {})
    try:
        return DriftCheckSettings.from_environment(environment).interval_hours
    except ConfigError as error:
        raise CliError(f"the drift check's environment cannot be used: {error}") from error


def _hours(site: Site, second: float) -> float:
    return (site.now.timestamp() - second) / 3600


def _ago(hours: float) -> str:
    return f"{plural(round(hours), 'hour')} ago"


@check(Area.DRIFT_CHECK, look_at_drift_check, APPLY, LOG, FOLLOW)
def drift_check(facts: DriftCheckFacts) -> Finding:  # noqa: PLR0911 - a table of what can be wrong
    """The drift check goes on.

    It finds what no event told; where it stands still, a profile that is wrong stays so, and nobody knows.

    Where the stack has one: the function is there, its schedule is enabled and leads to it, and a pass has
    begun within {LATE_AFTER_INTERVALS} intervals. One that did not, and differences that the last pass left,
    are warnings.
    """
    if not facts.is_wanted:
        return passed("does not apply: the stack has none (no Stripe key, or create_drift_check is false)")
    if facts.function_state not in _USABLE:
        state = "is not there" if facts.function_state is None else f"is {facts.function_state}"
        return failed(f"its function {facts.function} {state}")
    if facts.schedule_state is None:
        return failed(f"nothing calls {facts.function}: its schedule is not there")
    if facts.schedule_state != "ENABLED" or not facts.is_own_schedule:
        leads = facts.schedule_state if facts.is_own_schedule else "that of another function"
        return failed(f"nothing calls {facts.function}: its schedule is {leads}")
    late_after = LATE_AFTER_INTERVALS * facts.interval_hours
    if facts.began is None:
        if facts.changed > late_after:
            return warned(f"no pass has begun in {plural(round(facts.changed), 'hour')}", LOG)
        return passed("its schedule is enabled; the first pass has not begun yet")
    if facts.began > late_after:
        when = "and is not at its end" if facts.ended is None else "and none has begun since"
        return warned(f"the last pass began {_ago(facts.began)}, {when}", LOG)
    if facts.ended is None:
        return passed(f"a pass is under way, begun {_ago(facts.began)}")
    if facts.differences:
        return warned(
            f"the last pass ended {_ago(facts.ended)} and left {plural(facts.differences, 'difference')}",
            FOLLOW,
        )
    return passed(f"the last pass ended {_ago(facts.ended)}, and left no difference")
