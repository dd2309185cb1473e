# ruff: noqa: SLF001 - MiniStack has no public interface for this
"""Alarms that watch one metric of one resource, all the time.

AWS rules modelled:
- An alarm watches the metric with exactly its dimensions.
- It is evaluated whether or not new data comes, so it also recovers and treats missing data as set.
- State changes run the actions of the new state, and the parent composite alarms.

Stock MiniStack mixes all metrics of one name, evaluates only when an alarm or a metric is put, and keeps
no `InsufficientDataActions` from requests in the query protocol (Terraform's).
"""

import logging
import threading
import time
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import cloudwatch

from . import settings
from .alarm_state import next_state
from .answers import Response

logger = logging.getLogger("stripe-handler.local-aws")

_EVALUATION_SECONDS = 1.0 if settings.ALARM_SPEEDUP == 1 else 0.25

_stock_put_metric_alarm = cloudwatch._put_metric_alarm


def install() -> None:
    """Replace MiniStack's functions by ours and start the evaluation."""
    cloudwatch._evaluate_alarm = evaluate_alarm
    cloudwatch._put_metric_alarm = put_metric_alarm
    threading.Thread(target=_evaluate_for_ever, name="alarm-evaluation", daemon=True).start()


def put_metric_alarm(params: dict[str, Any], body: dict[str, Any], *protocol: bool) -> Response:
    """PutMetricAlarm, keeping the members that stock MiniStack drops from a query request."""
    response: Response = _stock_put_metric_alarm(params, body, *protocol)
    alarm = cloudwatch._alarms.get(cloudwatch._p(params, "AlarmName"))
    if alarm is not None and not any(protocol):
        names = sorted(name for name in params if name.startswith("InsufficientDataActions.member."))
        alarm["InsufficientDataActions"] = [cloudwatch._p(params, name) for name in names]
        low_sample = cloudwatch._p(params, "EvaluateLowSampleCountPercentile")
        if low_sample:
            alarm["EvaluateLowSampleCountPercentile"] = low_sample
    return response


def evaluate_alarm(alarm: dict[str, Any]) -> None:
    """Set the alarm's state from its metric and run the actions of a change."""
    if not alarm.get("MetricName"):
        return
    old_state = alarm["StateValue"]
    values = period_values(alarm, time.time())
    new_state = next_state(alarm, values)
    if new_state == old_state:
        return
    statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic")
    reason = (
        f"{statistic} over {len(values)} periods: {values} {alarm['ComparisonOperator']} {alarm['Threshold']}"
    )
    alarm["StateValue"] = new_state
    alarm["StateReason"] = reason
    alarm["StateUpdatedTimestamp"] = int(time.time())
    cloudwatch._record_history(alarm["AlarmName"], old_state, new_state, reason)
    cloudwatch._dispatch_alarm_actions(alarm, old_state, new_state, reason)
    cloudwatch._evaluate_parent_alarms(alarm)


def period_values(alarm: dict[str, Any], now: float) -> list[float | None]:
    """The statistic of each of the last periods, newest first; None where there is no data."""
    dimensions = cloudwatch._dims_key(cloudwatch._dims_from_list(alarm.get("Dimensions") or []))
    points = cloudwatch._metrics.get((alarm["Namespace"], alarm["MetricName"], dimensions)) or []
    statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average"
    period_seconds = alarm["Period"] / settings.ALARM_SPEEDUP
    values: list[float | None] = []
    for number in range(alarm["EvaluationPeriods"]):
        end = now - number * period_seconds
        inside = [point for point in points if end - period_seconds < point["Timestamp"] <= end]
        stats = cloudwatch._calc_stats(inside)
        values.append(cloudwatch._stat_value(stats, statistic, inside) if stats else None)
    return values


def _evaluate_for_ever() -> None:
    while True:
        time.sleep(_EVALUATION_SECONDS)
        for account_id, region in {key[:2] for key, _ in cloudwatch._alarms.all_items()}:
            with request_scope(account_id, region):
                for alarm in cloudwatch._alarms.values():
                    _evaluate_safely(alarm)


def _evaluate_safely(alarm: dict[str, Any]) -> None:
    try:
        evaluate_alarm(alarm)
    except Exception:
        logger.exception("alarm %s could not be evaluated", alarm.get("AlarmName"))
