"""Metric filters: lines that arrive in a log group become metrics.

AWS rules modelled:
- Each line that matches the pattern (`filter_pattern`) adds one value: a number, or a number from the line
  (`$.field`); a line without that number adds none.
- Dimensions take their values from the line, at most three of them, and exclude a default value. (What a line
  without such a field adds is not documented; here it adds nothing.)
- In a minute with lines of which none matches, the default value is reported, once.
- Only lines that arrive after the filter was made are looked at.

Stock MiniStack stores filters and never looks at a line. What AWS takes and this doesn't model is refused
when the filter is put, so that nobody waits for a metric that can't come.
"""

import time
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import cloudwatch, cloudwatch_logs

from .filter_pattern import Line, UnsupportedPatternError, compile_pattern, is_selector, json_line, select
from .replacing import replaces

_MAXIMUM_DIMENSIONS = 3
_DEFAULT_VALUE_SECONDS = 60.0
_INVALID = "Invalid metric transformation"

# When each filter last reported its default value; a filter put anew begins anew.
_default_reported: dict[tuple[str, str, int], float] = {}


@replaces(cloudwatch_logs, "_put_metric_filter")
def put_metric_filter(stock: Any, data: dict[str, Any]) -> Any:
    refused = _refusal(data)
    return stock(data) if refused is None else error_response_json("InvalidParameterException", refused)


# The one function that sees every batch of lines together with its log group.
@replaces(cloudwatch_logs, "_fanout_to_subscription_filters")
def fan_out(stock: Any, group_name: str, stream_name: str, events: list[dict[str, Any]]) -> None:
    stock(group_name, stream_name, events)
    lines = [line for event in events if (line := json_line(event.get("message", ""))) is not None]
    for (filter_group_name, _), metric_filter in list(cloudwatch_logs._metric_filters.items()):
        if filter_group_name == group_name:
            _evaluate(metric_filter, lines)


def _refusal(data: dict[str, Any]) -> str | None:
    try:
        compile_pattern(data.get("filterPattern", ""))
    except UnsupportedPatternError as unsupported:
        return f"Invalid filter pattern, or one that local AWS doesn't model: {unsupported}"
    for transformation in data.get("metricTransformations", []):
        dimensions = transformation.get("dimensions") or {}
        if dimensions and transformation.get("defaultValue") is not None:
            return f"{_INVALID}: dimensions and default value are mutually exclusive properties"
        if len(dimensions) > _MAXIMUM_DIMENSIONS:
            return f"{_INVALID}: at most {_MAXIMUM_DIMENSIONS} dimensions"
        value = transformation.get("metricValue", "")
        if not (is_selector(value) or _is_number(value)):
            return f"{_INVALID}: the value {value} is neither a number nor a field"
        for selector in dimensions.values():
            if not is_selector(selector):
                return f"{_INVALID}: the dimension {selector} is not a field"
    return None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _evaluate(metric_filter: dict[str, Any], lines: list[Line]) -> None:
    matches = compile_pattern(metric_filter["filterPattern"])
    matching = [line for line in lines if matches(line)]
    for transformation in metric_filter["metricTransformations"]:
        for line in matching:
            _count(transformation, line)
        default = transformation.get("defaultValue")
        if not matching and default is not None and _is_due(metric_filter):
            _record(transformation, float(default), {})


def _is_due(metric_filter: dict[str, Any]) -> bool:
    """Whether no default value was reported in the last minute; from now on one was."""
    key = (metric_filter["logGroupName"], metric_filter["filterName"], metric_filter["creationTime"])
    now = time.monotonic()
    if now - _default_reported.get(key, -_DEFAULT_VALUE_SECONDS) < _DEFAULT_VALUE_SECONDS:
        return False
    _default_reported[key] = now
    return True


def _count(transformation: dict[str, Any], line: Line) -> None:
    text = transformation["metricValue"]
    value = select(line, text) if is_selector(text) else float(text)
    selectors = transformation.get("dimensions") or {}
    dimensions = {name: select(line, selector) for name, selector in selectors.items()}
    if not isinstance(value, str | None) and None not in dimensions.values():
        _record(transformation, value, {name: str(found) for name, found in dimensions.items()})


def _record(transformation: dict[str, Any], value: float, dimensions: dict[str, str]) -> None:
    namespace, name = transformation["metricNamespace"], transformation["metricName"]
    cloudwatch.record_metric(namespace, name, value, transformation.get("unit") or "None", dimensions)
