"""Alarms that watch one metric of one resource, all the time.

AWS rules modelled:
- An alarm watches the metric with exactly its dimensions.
- It is evaluated whether or not new data comes, so it also recovers and treats missing data as set.
- State changes run the actions of the new state, and the parent composite alarms.

Stock MiniStack mixes all metrics of one name, evaluates only when an alarm or a metric is put, and keeps
no `InsufficientDataActions` from requests in the query protocol (Terraform's).
"""

import time
from typing import Any

from ministack.services import cloudwatch

from . import settings
from .alarm_state import next_state
from .replacing import replaces, watch


@replaces(cloudwatch, "_put_metric_alarm")
def put_metric_alarm(stock: Any, params: dict[str, Any], body: dict[str, Any], *protocol: bool) -> Any:
    """Keep the members that stock MiniStack drops from a query request."""
    response = stock(params, body, *protocol)
    alarm = cloudwatch._alarms.get(cloudwatch._p(params, "AlarmName"))
    if alarm is not None and not any(protocol):
        names = sorted(name for name in params if name.startswith("InsufficientDataActions.member."))
        alarm["InsufficientDataActions"] = [cloudwatch._p(params, name) for name in names]
        low_sample = cloudwatch._p(params, "EvaluateLowSampleCountPercentile")
        if low_sample:
            alarm["EvaluateLowSampleCountPercentile"] = low_sample
    return response


@replaces(cloudwatch, "_evaluate_alarm")
def evaluate_alarm(_stock: Any, alarm: dict[str, Any]) -> None:
    """Set the alarm's state from its metric and run the actions of a change."""
    if not alarm.get("MetricName"):
        return
    old_state = alarm["StateValue"]
    statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average"
    values = _period_values(alarm, statistic, time.time())
    new_state = next_state(alarm, values)
    if new_state == old_state:
        return
    reason = (
        f"{statistic} over {len(values)} periods: {values} {alarm['ComparisonOperator']} {alarm['Threshold']}"
    )
    alarm["StateValue"] = new_state
    alarm["StateReason"] = reason
    alarm["StateUpdatedTimestamp"] = int(time.time())
    cloudwatch._record_history(alarm["AlarmName"], old_state, new_state, reason)
    cloudwatch._dispatch_alarm_actions(alarm, old_state, new_state, reason)
    cloudwatch._evaluate_parent_alarms(alarm)


def _period_values(alarm: dict[str, Any], statistic: str, now: float) -> list[float | None]:
    """The statistic of each of the last periods, newest first; None where there is no data."""
    dimensions = cloudwatch._dims_key(cloudwatch._dims_from_list(alarm.get("Dimensions") or []))
    points = cloudwatch._metrics.get((alarm["Namespace"], alarm["MetricName"], dimensions)) or []
    period_seconds = alarm["Period"] / settings.ALARM_SPEEDUP
    values: list[float | None] = []
    for number in range(alarm["EvaluationPeriods"]):
        end = now - number * period_seconds
        inside = [point for point in points if end - period_seconds < point["Timestamp"] <= end]
        stats = cloudwatch._calc_stats(inside)
        values.append(cloudwatch._stat_value(stats, statistic, inside) if stats else None)
    return values


watch(
    cloudwatch._alarms,
    cloudwatch._evaluate_alarm,
    every_seconds=1.0 if settings.ALARM_SPEEDUP == 1 else 0.25,
    failure="alarm %s could not be evaluated",
)
