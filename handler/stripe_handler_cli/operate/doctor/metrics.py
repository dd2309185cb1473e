"""Asks CloudWatch for a metric's figures."""

import datetime as dt
from typing import Any

from stripe_handler_cli.operate.doctor.site import Site

_AGE_WINDOW = dt.timedelta(minutes=15)
_HOUR_SECONDS = 3600


def latest_maximum(site: Site, namespace: str, name: str, **dimensions: str) -> float | None:
    """The newest value of the last minutes; None where CloudWatch has none."""
    points = _points(site, (namespace, name), "Maximum", (_AGE_WINDOW, 60), dimensions)
    newest = max(points, key=lambda point: point["Timestamp"], default=None)
    return None if newest is None else float(newest["Maximum"])


def recent_sum(site: Site, namespace: str, name: str, **dimensions: str) -> int:
    """The sum over the hours that the site looks back."""
    window = dt.timedelta(hours=site.recent_hours), _HOUR_SECONDS
    return int(sum(point["Sum"] for point in _points(site, (namespace, name), "Sum", window, dimensions)))


def _points(
    site: Site,
    metric: tuple[str, str],
    statistic: str,
    window: tuple[dt.timedelta, int],
    dimensions: dict[str, str],
) -> list[Any]:
    namespace, name = metric
    span, period_seconds = window
    answer = site.client("cloudwatch").get_metric_statistics(
        Namespace=namespace,
        MetricName=name,
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        StartTime=site.now - span,
        EndTime=site.now + dt.timedelta(minutes=1),
        Period=period_seconds,
        Statistics=[statistic],
    )
    return list(answer["Datapoints"])
