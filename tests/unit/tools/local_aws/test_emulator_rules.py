"""The pure rules of the emulator: alarm states, retry policies, work that is due."""

import threading

import pytest

from stripe_handler_cli.tools.local_aws.emulator.alarm_queries import queries_xml, read_queries
from stripe_handler_cli.tools.local_aws.emulator.alarm_state import next_state
from stripe_handler_cli.tools.local_aws.emulator.metric_math import UnsupportedExpressionError, calculated
from stripe_handler_cli.tools.local_aws.emulator.retries import (
    DueQueue,
    back_off_seconds,
    exhausted_condition,
)

ABOVE_ONE = {"ComparisonOperator": "GreaterThanThreshold", "Threshold": 1.0, "StateValue": "OK"}


@pytest.mark.parametrize(
    ("settings", "values", "state"),
    [
        ({}, [2.0], "ALARM"),
        ({}, [1.0], "OK"),
        ({"EvaluationPeriods": 2}, [2.0, 1.0], "OK"),
        ({"EvaluationPeriods": 3, "DatapointsToAlarm": 2}, [2.0, 1.0, 2.0], "ALARM"),
        ({"TreatMissingData": "missing"}, [None], "INSUFFICIENT_DATA"),
        ({"TreatMissingData": "notBreaching"}, [None], "OK"),
        ({"TreatMissingData": "breaching"}, [None], "ALARM"),
        ({"TreatMissingData": "ignore", "StateValue": "ALARM"}, [None], "ALARM"),
        ({"TreatMissingData": "breaching", "EvaluationPeriods": 2}, [1.0, None], "OK"),
        # One period without data: the last value further back still holds, until it is out of the range.
        ({"TreatMissingData": "notBreaching"}, [None, None, None, 2.0], "ALARM"),
        ({"TreatMissingData": "notBreaching"}, [None, None, None, None], "OK"),
        ({"TreatMissingData": "breaching", "EvaluationPeriods": 3}, [None, None, None, None, 1.0], "OK"),
        ({"ComparisonOperator": "LessThanLowerThreshold", "StateValue": "ALARM"}, [0.0], "ALARM"),
    ],
)
def test_an_alarms_state_follows_from_its_periods(
    settings: dict[str, object], values: list[float | None], state: str
) -> None:
    """M of N, missing data as configured; an anomaly band, which is not modelled, changes nothing."""
    assert next_state({**ABOVE_ONE, **settings}, values) == state


_MISSING = ("missing", "ignore", "breaching", "notBreaching")


@pytest.mark.parametrize(
    ("needed", "values", "states"),
    [
        (3, "0-X-X", ("OK", "OK", "OK", "OK")),
        (3, "----0", ("OK", "OK", "OK", "OK")),
        (3, "-----", ("INSUFFICIENT_DATA", "kept", "ALARM", "OK")),
        (3, "0XX-X", ("ALARM", "ALARM", "ALARM", "ALARM")),
        (3, "--X--", ("ALARM", "kept", "ALARM", "OK")),
        (2, "0-X-X", ("ALARM", "ALARM", "ALARM", "ALARM")),
        (2, "00X0X", ("ALARM", "ALARM", "ALARM", "ALARM")),
        (2, "0-X--", ("OK", "OK", "ALARM", "OK")),
        (2, "----0", ("OK", "OK", "ALARM", "OK")),
        (2, "---X-", ("ALARM", "kept", "ALARM", "OK")),
    ],
)
def test_missing_data_is_treated_as_in_cloudwatchs_own_tables(
    needed: int, values: str, states: tuple[str, ...]
) -> None:
    """Its two examples: three periods, five data points looked at, oldest first, X breaches."""
    numbers = [{"X": 2.0, "0": 1.0, "-": None}[one] for one in reversed(values)]
    settings = {"EvaluationPeriods": 3, "DatapointsToAlarm": needed, "StateValue": "kept"}
    found = [next_state(ABOVE_ONE | settings | {"TreatMissingData": one}, numbers) for one in _MISSING]
    assert tuple(found) == states


def test_an_expression_fills_and_calculates_period_by_period() -> None:
    """`FILL` puts a number into each gap; without it a gap on either side is one of the result."""
    metrics = {"m1": [None, 3.0], "m2": [1.0, None]}
    assert calculated("FILL(m1, 0)", metrics) == [0.0, 3.0]
    assert calculated("FILL(m1, 0) - FILL(m2,0)", metrics) == [-1.0, 3.0]
    assert calculated("m1 + m2", metrics) == [None, None]
    assert calculated("m2", metrics) == [1.0, None]


@pytest.mark.parametrize(
    "expression", ["FILL(m1, REPEAT)", "m1 * 2", "SEARCH('x', 'Sum')", "IF(m1, 1, 0)", ""]
)
def test_an_expression_that_is_not_modelled_is_refused(expression: str) -> None:
    """Nobody waits for an alarm that can't ring; the message quotes it."""
    with pytest.raises(UnsupportedExpressionError, match="not modelled"):
        calculated(expression, {"m1": [1.0]})


def test_the_metrics_of_an_expression_are_told_as_they_were_put() -> None:
    """Terraform compares them: ids, dimensions, periods, which one returns data."""
    name = "Metrics.member"
    put = {
        f"{name}.1.Id": "filled",
        f"{name}.1.Expression": "FILL(m1, 0)",
        f"{name}.2.Id": ["m1"],
        f"{name}.2.ReturnData": "false",
        f"{name}.2.MetricStat.Stat": "Sum",
        f"{name}.2.MetricStat.Period": "300",
        f"{name}.2.MetricStat.Metric.Namespace": "AWS/Lambda",
        f"{name}.2.MetricStat.Metric.MetricName": "Errors",
        f"{name}.2.MetricStat.Metric.Dimensions.member.1.Name": "FunctionName",
        f"{name}.2.MetricStat.Metric.Dimensions.member.1.Value": "a<b",
        "AlarmName": "errors",
    }
    filled, metric = queries_xml(read_queries(put))
    assert filled == "<Id>filled</Id><Expression>FILL(m1, 0)</Expression><ReturnData>true</ReturnData>"
    assert metric == (
        "<Id>m1</Id><ReturnData>false</ReturnData><MetricStat><Metric><Namespace>AWS/Lambda</Namespace>"
        "<MetricName>Errors</MetricName><Dimensions><member><Name>FunctionName</Name><Value>a&lt;b</Value>"
        "</member></Dimensions></Metric><Period>300</Period><Stat>Sum</Stat></MetricStat>"
    )


@pytest.mark.parametrize(
    ("policy", "retries", "age_seconds", "condition"),
    [
        ({}, 184, 0.0, None),
        ({}, 185, 0.0, "MaximumRetryAttempts"),
        ({}, 0, 86_400.0, "MaximumEventAgeInSeconds"),
        ({"MaximumRetryAttempts": 0}, 0, 0.0, "MaximumRetryAttempts"),
        ({"MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 0}, 0, 60.0, "MaximumEventAgeInSeconds"),
    ],
)
def test_a_retry_policy_ends_by_number_or_by_age(
    policy: dict[str, int], retries: int, age_seconds: float, condition: str | None
) -> None:
    """AWS's defaults are 185 retries and 24 hours."""
    assert exhausted_condition(policy, retries=retries, age_seconds=age_seconds) == condition


@pytest.mark.parametrize("retries", [0, 1, 5, 1000])
def test_back_off_grows_with_jitter_up_to_a_maximum(retries: int) -> None:
    """Never more than the maximum, never less than half of the step."""
    step = min(5.0, 0.2 * 2.0 ** min(retries, 30))
    assert step / 2 <= back_off_seconds(retries, base_seconds=0.2, maximum_seconds=5.0) <= step


def test_due_work_is_done_in_order_of_its_time_and_survives_a_failure() -> None:
    """What is due first runs first, whatever was added first; one failing call stops nothing."""
    queue, done, order = DueQueue("test", threads=1), threading.Event(), []
    gate = threading.Event()

    def last() -> None:
        order.append("late")
        done.set()

    queue.add(gate.wait)
    queue.add(last, delay_seconds=0.02)
    queue.add(lambda: order.append("soon"), delay_seconds=0.01)
    queue.add(lambda: 1 / 0)
    gate.set()
    assert done.wait(timeout=10)
    assert order == ["soon", "late"]
