"""Metric filters: log lines become metrics."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from support.cloud import Cloud

pytestmark = pytest.mark.embedded

PRINTS_ITS_EVENT = """
import json

def handler(event, context):
    print(json.dumps(event))
"""


def _filter(cloud: Cloud, log_group: str, pattern: str, **transformation: Any) -> tuple[str, str]:
    """A metric filter on the group; the namespace and name of its metric."""
    namespace, name = f"Test/{cloud.name()}", "Lines"
    cloud.client("logs").put_metric_filter(
        logGroupName=log_group,
        filterName=cloud.name(),
        filterPattern=pattern,
        metricTransformations=[
            {"metricNamespace": namespace, "metricName": name, "metricValue": "1", **transformation}
        ],
    )
    return namespace, name


def _group(cloud: Cloud) -> str:
    name = f"/test/{cloud.name()}"
    cloud.client("logs").create_log_group(logGroupName=name)
    cloud.client("logs").create_log_stream(logGroupName=name, logStreamName="stream")
    return name


def _log(cloud: Cloud, log_group: str, *lines: dict[str, Any] | str) -> None:
    messages = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    cloud.client("logs").put_log_events(
        logGroupName=log_group,
        logStreamName="stream",
        logEvents=[{"timestamp": 1_790_000_000_000 + i, "message": m} for i, m in enumerate(messages)],
    )


def _published(cloud: Cloud, namespace: str) -> list[dict[str, str]]:
    """The dimensions of each metric in a namespace."""
    metrics = cloud.client("cloudwatch").list_metrics(Namespace=namespace)["Metrics"]
    return [{each["Name"]: each["Value"] for each in metric["Dimensions"]} for metric in metrics]


def _lines_of_a_function(cloud: Cloud, *, patience_seconds: float) -> float:
    log_group = _group(cloud)
    metric = _filter(cloud, log_group, '{ $.decision = "write" }')
    name, _ = cloud.function(
        PRINTS_ITS_EVENT, LoggingConfig={"LogFormat": "Text", "LogGroup": log_group}, Timeout=20
    )
    for decision in ("write", "skip", "write"):
        cloud.client("lambda").invoke(FunctionName=name, Payload=json.dumps({"decision": decision}))
    cloud.until(lambda: cloud.metric_sum(*metric) == 2, patience_seconds=patience_seconds)
    return cloud.metric_sum(*metric)


def test_the_lines_of_a_function_are_counted(emulator: Cloud) -> None:
    """What the code prints is looked at, line by line."""
    assert _lines_of_a_function(emulator, patience_seconds=15) == 2


def test_a_number_in_the_line_is_the_value(emulator: Cloud) -> None:
    """A line without that number adds nothing; so does one that came before the filter."""
    log_group = _group(emulator)
    _log(emulator, log_group, {"duration_ms": 100})
    metric = _filter(emulator, log_group, "{ $.duration_ms = * }", metricValue="$.duration_ms")
    _log(emulator, log_group, {"duration_ms": 30}, {"duration_ms": "x"}, {"other": 1}, "plain text")
    _log(emulator, log_group, {"duration_ms": 12.5})
    assert emulator.metric_sum(*metric) == 42.5


def test_dimensions_take_their_values_from_the_line(emulator: Cloud) -> None:
    """One metric for each value; a line without the field adds nothing."""
    log_group = _group(emulator)
    dimensions = {"Reason": "$.reason"}
    namespace, name = _filter(emulator, log_group, "{ $.n > 0 }", metricValue="$.n", dimensions=dimensions)
    _log(emulator, log_group, {"n": 1, "reason": "stale"}, {"n": 2, "reason": "stale"}, {"n": 4})
    _log(emulator, log_group, {"n": 8, "reason": "closed"})
    assert sorted(_published(emulator, namespace), key=str) == [{"Reason": "closed"}, {"Reason": "stale"}]
    assert emulator.metric_sum(namespace, name, Reason="stale") == 3


def test_the_default_value_is_reported_where_no_line_matches(emulator: Cloud) -> None:
    """Once a minute; without a default value there is no metric at all."""
    log_group = _group(emulator)
    metric = _filter(emulator, log_group, '{ $.reason = "parked" }', defaultValue=5)
    silent_namespace, _ = _filter(emulator, log_group, '{ $.reason = "parked" }')
    _log(emulator, log_group, {"reason": "stale"})
    _log(emulator, log_group, {"reason": "stale"})
    assert emulator.metric_sum(*metric) == 5
    assert _published(emulator, silent_namespace) == []


def test_another_groups_lines_are_not_counted(emulator: Cloud) -> None:
    """A filter belongs to one log group."""
    log_group, other = _group(emulator), _group(emulator)
    namespace, _ = _filter(emulator, log_group, "{ $.n = * }")
    _log(emulator, other, {"n": 1})
    assert _published(emulator, namespace) == []


@pytest.mark.parametrize(
    ("pattern", "transformation", "message"),
    [
        ("ERROR", {}, "doesn't model"),
        ("{ $.a IS NULL }", {}, "doesn't model"),
        ("{ $.a = * }", {"dimensions": {"A": "$.a"}, "defaultValue": 0}, "mutually exclusive"),
        ("{ $.a = * }", {"dimensions": dict.fromkeys("ABCD", "$.a")}, "at most 3"),
        ("{ $.a = * }", {"dimensions": {"A": "a"}}, "not a field"),
        ("{ $.a = * }", {"metricValue": "many"}, "neither a number nor a field"),
    ],
)
def test_what_cannot_be_evaluated_is_refused(
    emulator: Cloud, pattern: str, transformation: dict[str, Any], message: str
) -> None:
    """As AWS does for what is wrong, and as AWS doesn't for what is not modelled."""
    with pytest.raises(ClientError, match=message):
        _filter(emulator, _group(emulator), pattern, **transformation)


def test_stock_ministack_still_evaluates_no_metric_filters(stock: Cloud) -> None:
    """When this fails, see whether `metric_filters` is still needed."""
    assert _lines_of_a_function(stock, patience_seconds=1) == 0
