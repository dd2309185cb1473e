"""The metrics of an alarm on an expression, in the query protocol: read and written. Pure.

AWS rule: an alarm has one metric, or several `Metrics` of which each is a metric or an expression, and one
returns the data that is compared. Terraform's provider 5 puts and reads them in the query protocol; stock
MiniStack drops them.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape

_PREFIX = "Metrics.member."


def read_queries(params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The `Metrics` of a `PutMetricAlarm` request; none where the alarm has one metric."""
    flat = {name: value[0] if isinstance(value, list) else value for name, value in params.items()}
    numbers = sorted({int(name.split(".")[2]) for name in flat if name.startswith(_PREFIX)})
    return [_query(_below(flat, f"{_PREFIX}{number}.")) for number in numbers]


def queries_xml(queries: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The inside of each member of `Metrics` in the answer of `DescribeAlarms`."""
    for query in queries:
        parts = [
            _element(name, query[name]) for name in ("Id", "Expression", "Label", "Period") if query.get(name)
        ]
        parts.append(_element("ReturnData", "true" if query.get("ReturnData", True) else "false"))
        if stat := query.get("MetricStat"):
            metric = stat["Metric"]
            dimensions = "".join(
                f"<member>{_element('Name', one['Name'])}{_element('Value', one['Value'])}</member>"
                for one in metric.get("Dimensions") or []
            )
            named = "".join(_element(name, metric[name]) for name in ("Namespace", "MetricName"))
            told = "".join(
                _element(name, stat[name]) for name in ("Period", "Stat", "Unit") if stat.get(name)
            )
            parts.append(
                f"<MetricStat><Metric>{named}<Dimensions>{dimensions}</Dimensions></Metric>{told}</MetricStat>"
            )
        yield "".join(parts)


def _query(flat: Mapping[str, str]) -> dict[str, Any]:
    query: dict[str, Any] = {name: flat[name] for name in ("Id", "Expression", "Label") if flat.get(name)}
    query["ReturnData"] = flat.get("ReturnData", "true") != "false"
    if flat.get("Period"):
        query["Period"] = int(flat["Period"])
    stat = _below(flat, "MetricStat.")
    if stat:
        metric = _below(stat, "Metric.")
        numbers = sorted(
            {int(name.split(".")[2]) for name in metric if name.startswith("Dimensions.member.")}
        )
        dimensions = [
            {name: metric[f"Dimensions.member.{number}.{name}"] for name in ("Name", "Value")}
            for number in numbers
        ]
        query["MetricStat"] = {
            "Metric": {
                "Namespace": metric["Namespace"],
                "MetricName": metric["MetricName"],
                "Dimensions": dimensions,
            },
            "Period": int(stat["Period"]),
            "Stat": stat["Stat"],
            **({"Unit": stat["Unit"]} if stat.get("Unit") else {}),
        }
    return query


def _below(flat: Mapping[str, str], prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix): value for name, value in flat.items() if name.startswith(prefix)}


def _element(name: str, value: object) -> str:
    return f"<{name}>{escape(str(value))}</{name}>"
