"""The figures that CloudWatch has of the pipeline, in one request. Asks; judges nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import attrs

HOURS = 3
_PERIOD_SECONDS = 300
POINTS = HOURS * 3600 // _PERIOD_SECONDS
_WINDOW = timedelta(hours=HOURS)


@attrs.frozen
class Series:
    """A metric over the last hours: one value a period, the oldest first, 0 where there is none."""

    values: tuple[float, ...] = (0.0,) * POINTS

    @property
    def total(self) -> int:
        return round(sum(self.values))

    @property
    def last(self) -> int:
        return round(self.values[-1])


@attrs.frozen
class Metric:
    """What CloudWatch calls it."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    statistic: str = "Sum"

    def query(self, key: str) -> dict[str, Any]:
        dimensions = [{"Name": name, "Value": value} for name, value in self.dimensions.items()]
        metric = {"Namespace": self.namespace, "MetricName": self.name, "Dimensions": dimensions}
        return {
            "Id": key,
            "MetricStat": {"Metric": metric, "Period": _PERIOD_SECONDS, "Stat": self.statistic},
        }


def metrics_of(outputs: Mapping[str, Any]) -> dict[str, Metric]:
    """The metrics of a stack's picture, as far as its outputs name what they are about."""
    rule = {"EventBusName": str(outputs.get("event_bus_name")), "RuleName": str(outputs.get("rule_name"))}
    function = {"FunctionName": str(outputs.get("function_name"))}
    found = {
        "matched": Metric("AWS/Events", "MatchedEvents", rule),
        "handed_over": Metric("AWS/Events", "Invocations", rule),
        "not_handed_over": Metric("AWS/Events", "FailedInvocations", rule),
        "invocations": Metric("AWS/Lambda", "Invocations", function),
        "attempts_failed": Metric("AWS/Lambda", "Errors", function),
        "throttled": Metric("AWS/Lambda", "Throttles", function),
    }
    for key, output in (("delivery", "delivery_dead_letter_queue_name"), ("failure", "failure_queue_name")):
        queue = {"QueueName": str(outputs.get(output))}
        found[key] = Metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", queue, "Maximum")
    namespace = outputs.get("metric_namespace")
    if namespace:
        for word in ("write", "skip", "error"):
            found[word] = Metric(str(namespace), "EventsDecided", {"Decision": word})
        found["parked"] = Metric(str(namespace), "EventsParked", {})
    return found


def read_series(client: Any, metrics: Mapping[str, Metric], now: datetime) -> dict[str, Series]:
    """Ask CloudWatch for all of them at once."""
    end = datetime.fromtimestamp(
        (int(now.timestamp()) // _PERIOD_SECONDS + 1) * _PERIOD_SECONDS, tz=now.tzinfo
    )
    answer = client.get_metric_data(
        MetricDataQueries=[metric.query(key) for key, metric in metrics.items()],
        StartTime=end - _WINDOW,
        EndTime=end,
        ScanBy="TimestampAscending",
    )
    found = {key: Series() for key in metrics}
    for one in answer["MetricDataResults"]:
        found[one["Id"]] = _series(one["Timestamps"], one["Values"], end - _WINDOW)
    return found


def _series(times: Sequence[datetime], values: Sequence[float], start: datetime) -> Series:
    points = [0.0] * POINTS
    for time, value in zip(times, values, strict=True):
        place = int((time - start).total_seconds() // _PERIOD_SECONDS)
        if 0 <= place < POINTS:
            points[place] = float(value)
    return Series(tuple(points))
