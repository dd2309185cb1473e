"""Alarms that watch metrics of one resource, all the time.

AWS rules modelled:
- An alarm watches the metric with exactly its dimensions, or an expression of several (`metric_math`).
- It is evaluated whether or not new data comes, so it also recovers and treats missing data as set, after it
  looked further back than its own periods (`alarm_state`).
- State changes run the actions of the new state, and the parent composite alarms.

Stock MiniStack mixes all metrics of one name, evaluates only when an alarm or a metric is put, drops
expressions, and keeps no `InsufficientDataActions` from requests in the query protocol (Terraform's).
"""

import time
from collections.abc import Mapping
from typing import Any

from ministack.services import cloudwatch

from . import settings
from .alarm_queries import read_queries
from .alarm_state import EXTRA_PERIODS, next_state
from .metric_math import UnsupportedExpressionError, calculated, terms
from .replacing import replaces, watch

_OF_ONE_METRIC = ("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period", "Dimensions")


@replaces(cloudwatch, "_put_metric_alarm")
def put_metric_alarm(stock: Any, params: dict[str, Any], body: dict[str, Any], *protocol: bool) -> Any:
    """Keep the members that stock MiniStack drops; refuse an expression that is not modelled."""
    queries = body.get("Metrics") if any(protocol) else read_queries(params)
    for query in queries or []:
        try:
            terms(query.get("Expression") or query["Id"])
        except UnsupportedExpressionError as unsupported:
            is_cbor, is_json = (*protocol, False, False)[:2]
            return cloudwatch._error(
                "ValidationError", str(unsupported), 400, use_json=is_json, use_cbor=is_cbor
            )
    response = stock(params, body, *protocol)
    name = body.get("AlarmName") if any(protocol) else cloudwatch._p(params, "AlarmName")
    alarm = cloudwatch._alarms.get(name)
    if alarm is None:
        return response
    if queries:
        alarm["Metrics"] = queries
        for member in _OF_ONE_METRIC:
            alarm.pop(member, None)
    if not any(protocol):
        names = sorted(name for name in params if name.startswith("InsufficientDataActions.member."))
        alarm["InsufficientDataActions"] = [cloudwatch._p(params, name) for name in names]
        low_sample = cloudwatch._p(params, "EvaluateLowSampleCountPercentile")
        if low_sample:
            alarm["EvaluateLowSampleCountPercentile"] = low_sample
    return response


@replaces(cloudwatch, "_evaluate_alarm")
def evaluate_alarm(_stock: Any, alarm: dict[str, Any]) -> None:
    """Set the alarm's state from its metric and run the actions of a change."""
    if not (alarm.get("MetricName") or alarm.get("Metrics")):
        return
    old_state = alarm["StateValue"]
    values = _values(alarm, time.time())
    new_state = next_state(alarm, values)
    if new_state == old_state:
        return
    reason = (
        f"{len(values)} periods, newest first: {values} {alarm['ComparisonOperator']} {alarm['Threshold']}"
    )
    alarm["StateValue"] = new_state
    alarm["StateReason"] = reason
    alarm["StateUpdatedTimestamp"] = int(time.time())
    cloudwatch._record_history(alarm["AlarmName"], old_state, new_state, reason)
    cloudwatch._dispatch_alarm_actions(alarm, old_state, new_state, reason)
    cloudwatch._evaluate_parent_alarms(alarm)


def _values(alarm: Mapping[str, Any], now: float) -> list[float | None]:
    """What the alarm watches in each period of its range, newest first; None where there is no data."""
    periods = alarm["EvaluationPeriods"] + EXTRA_PERIODS
    if not alarm.get("Metrics"):
        statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average"
        return _metric_values(alarm, statistic, alarm["Period"], periods, now)
    queries = alarm["Metrics"]
    metrics = {
        query["Id"]: _metric_values(
            query["MetricStat"]["Metric"],
            query["MetricStat"]["Stat"],
            int(query["MetricStat"]["Period"]),
            periods,
            now,
        )
        for query in queries
        if query.get("MetricStat")
    }
    (watched,) = (query for query in queries if query.get("ReturnData", True))
    return calculated(watched.get("Expression") or watched["Id"], metrics)


def _metric_values(
    metric: Mapping[str, Any], statistic: str, period_seconds: float, periods: int, now: float
) -> list[float | None]:
    dimensions = cloudwatch._dims_key(cloudwatch._dims_from_list(metric.get("Dimensions") or []))
    points = cloudwatch._metrics.get((metric["Namespace"], metric["MetricName"], dimensions)) or []
    seconds = period_seconds / settings.ALARM_SPEEDUP
    # Each point is looked at once: every alarm does this several times a second.
    inside: list[list[dict[str, Any]]] = [[] for _ in range(periods)]
    oldest = now - periods * seconds
    for point in points:
        if oldest < point["Timestamp"] <= now:
            inside[min(int((now - point["Timestamp"]) / seconds), periods - 1)].append(point)
    return [
        cloudwatch._stat_value(cloudwatch._calc_stats(some), statistic, some) if some else None
        for some in inside
    ]


watch(
    cloudwatch._alarms,
    cloudwatch._evaluate_alarm,
    every_seconds=1.0 if settings.ALARM_SPEEDUP == 1 else 0.25,
    failure="alarm %s could not be evaluated",
)
