"""The pure rules of the emulator: alarm states, retry policies, work that is due."""

import threading

import pytest

from stripe_handler_cli.tools.local_aws.emulator.alarm_state import next_state
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
        ({"ComparisonOperator": "LessThanLowerThreshold", "StateValue": "ALARM"}, [0.0], "ALARM"),
    ],
)
def test_an_alarms_state_follows_from_its_periods(
    settings: dict[str, object], values: list[float | None], state: str
) -> None:
    """M of N, missing data as configured; an anomaly band, which is not modelled, changes nothing."""
    assert next_state({**ABOVE_ONE, **settings}, values) == state


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
