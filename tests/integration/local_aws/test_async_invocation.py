"""Lambda's asynchronous invocation, reached through EventBridge and through Invoke."""

import json
from typing import Any

import pytest

from support.cloud import Cloud

pytestmark = pytest.mark.embedded

SLEEPING = "import time\ndef handler(event, context): time.sleep(event['seconds'])"
FAILING = """
class PoisonError(Exception):
    pass

def handler(event, context):
    print("attempt")
    raise PoisonError("no user: evt_1")
"""


def _function(cloud: Cloud, code: str, **settings: Any) -> tuple[str, str, str]:
    """A function with an on-failure destination: its name and ARN, and the destination's URL."""
    queue_url, queue_arn = cloud.queue(sender=None)
    name, arn = cloud.function(code)
    cloud.on_failure(name, queue_arn, **settings)
    return name, arn, queue_url


def _send(cloud: Cloud, name: str, event: Any) -> None:
    """`Invoke` with the type `Event`."""
    payload = json.dumps(event)
    cloud.client("lambda").invoke(FunctionName=name, InvocationType="Event", Payload=payload)


def _allow(cloud: Cloud, name: str, concurrency: int) -> None:
    settings = {"FunctionName": name, "ReservedConcurrentExecutions": concurrency}
    cloud.client("lambda").put_function_concurrency(**settings)


def _poison(cloud: Cloud, *, wait_seconds: int) -> tuple[str, list[dict[str, Any]]]:
    """An event for a function that always fails; its name and the failure queue's records."""
    name, arn, queue_url = _function(cloud, FAILING)
    cloud.permit_events(name)
    _, _, source = cloud.rule(arn)
    cloud.put_event(source, {"id": "evt_1"})
    return name, [
        json.loads(message["Body"]) for message in cloud.messages(queue_url, wait_seconds=wait_seconds)
    ]


def test_a_failing_function_gets_three_attempts_and_then_a_failure_record(emulator: Cloud) -> None:
    """The record holds the event, the condition and the exception; metrics count each attempt."""
    name, (record,) = _poison(emulator, wait_seconds=20)
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 3
    assert record["requestContext"]["functionArn"].endswith(f":{name}:$LATEST")
    assert record["requestPayload"]["detail"] == {"id": "evt_1"}
    assert record["responseContext"]["functionError"] == "Unhandled"
    assert record["responsePayload"]["errorType"] == "PoisonError"
    assert record["responsePayload"]["errorMessage"] == "no user: evt_1"
    assert emulator.metric_sum("AWS/Lambda", "Errors", FunctionName=name) == 3
    assert emulator.metric_sum("AWS/Lambda", "AsyncEventsDropped", FunctionName=name) == 1
    lines = emulator.log_lines(f"/aws/lambda/{name}")
    assert sum(line == "attempt" for line in lines) == 3


def test_the_number_of_retries_is_the_functions_own(emulator: Cloud) -> None:
    """MaximumRetryAttempts 0 means one attempt."""
    name, _, queue_url = _function(emulator, FAILING, MaximumRetryAttempts=0)
    _send(emulator, name, {})
    (message,) = emulator.messages(queue_url)
    assert json.loads(message["Body"])["requestContext"]["approximateInvokeCount"] == 1
    assert emulator.metric_sum("AWS/Lambda", "Invocations", FunctionName=name) == 1


def test_a_throttled_event_waits_until_the_function_has_concurrency(emulator: Cloud) -> None:
    """Events beyond the reserved concurrency are delivered later, none fails, no retry is used up."""
    slow = "import time\ndef handler(event, context): time.sleep(0.1)"
    name, arn, queue_url = _function(emulator, slow, MaximumRetryAttempts=0)
    _allow(emulator, name, 1)
    emulator.permit_events(name)
    _, _, source = emulator.rule(arn)
    for number in range(8):
        emulator.put_event(source, {"number": number})
    assert emulator.until(lambda: emulator.metric_sum("AWS/Lambda", "Duration", FunctionName=name) >= 800)
    assert emulator.metric_sum("AWS/Lambda", "Throttles", FunctionName=name) > 0
    assert emulator.metric_sum("AWS/Lambda", "Errors", FunctionName=name) == 0
    assert emulator.messages(queue_url, wait_seconds=0) == []


def test_a_throttled_event_that_gets_too_old_goes_to_the_failure_queue(emulator: Cloud) -> None:
    """The condition is the age, and it was never attempted."""
    name, _, queue_url = _function(emulator, SLEEPING, MaximumEventAgeInSeconds=60)
    _allow(emulator, name, 1)
    for _ in range(2):
        _send(emulator, name, {"seconds": 2})
    (message,) = emulator.messages(queue_url, wait_seconds=20)
    context = json.loads(message["Body"])["requestContext"]
    assert (context["condition"], context["approximateInvokeCount"]) == ("EventAgeExceeded", 0)


def test_reserved_concurrency_zero_goes_straight_to_the_failure_queue(emulator: Cloud) -> None:
    """A function switched off gets no attempt."""
    name, _, queue_url = _function(emulator, "def handler(event, context): pass")
    _allow(emulator, name, 0)
    _send(emulator, name, {})
    (message,) = emulator.messages(queue_url)
    context = json.loads(message["Body"])["requestContext"]
    assert (context["condition"], context["approximateInvokeCount"]) == ("ZeroReservedConcurrency", 0)


def test_an_event_handed_to_the_function_counts_its_attempts_only(emulator: Cloud) -> None:
    """Three events by `Invoke`, one of which fails twice: four invocations, two errors."""
    code = "def handler(event, context): return 1 / event['number']"
    name, _, queue_url = _function(emulator, code, MaximumRetryAttempts=1)
    for number in (0, 1, 2):
        _send(emulator, name, {"number": number})
    assert len(emulator.messages(queue_url)) == 1
    counted = {
        metric: emulator.until(
            lambda metric=metric, expected=expected: (
                emulator.metric_sum("AWS/Lambda", metric, FunctionName=name) == expected
            )
        )
        for metric, expected in {"AsyncEventsReceived": 3, "Invocations": 4, "Errors": 2}.items()
    }
    assert all(counted.values()), counted


def test_a_waiting_event_runs_the_code_deployed_meanwhile(emulator: Cloud) -> None:
    """Lambda keeps the event, not the code: a fix deployed in time saves it."""
    name, _ = emulator.function(SLEEPING)
    _allow(emulator, name, 1)
    for seconds in (1, 0):
        _send(emulator, name, {"seconds": seconds})
    emulator.update_code(name, "def handler(event, context): print('fixed', event['seconds'])")
    assert emulator.until(lambda: "fixed 0" in emulator.log_lines(f"/aws/lambda/{name}"))


def test_a_failure_record_that_the_queue_cannot_take_shows_in_a_metric(emulator: Cloud) -> None:
    """The record wraps the payload, so it is larger than the event."""
    _, queue_arn = emulator.queue(sender=None, MaximumMessageSize="1024")
    name, _ = emulator.function(FAILING)
    emulator.on_failure(name, queue_arn, MaximumRetryAttempts=0)
    _send(emulator, name, {"text": "x" * 900})
    metric = "DestinationDeliveryFailures"
    assert emulator.until(lambda: emulator.metric_sum("AWS/Lambda", metric, FunctionName=name)) == 1


def test_stock_ministack_still_makes_one_attempt_for_eventbridge(stock: Cloud) -> None:
    """When this fails, see whether `async_invocation` is still needed."""
    name, records = _poison(stock, wait_seconds=2)
    assert records == []
    assert sum(line == "attempt" for line in stock.log_lines(f"/aws/lambda/{name}")) == 1


def test_stock_ministack_still_does_not_name_the_exception(stock: Cloud) -> None:
    """When this fails, see whether `function_errors` is still needed."""
    name, _ = stock.function(FAILING)
    answer = stock.client("lambda").invoke(FunctionName=name, Payload=b"{}")
    assert json.loads(answer["Payload"].read())["errorType"] == "Runtime.HandlerError"


def test_stock_ministack_still_counts_a_taken_event_as_an_invocation(stock: Cloud) -> None:
    """When this fails, see whether `async_invocation` must still leave that metric out."""
    name, _ = stock.function("def handler(event, context): pass")
    _send(stock, name, {})
    assert stock.until(lambda: f"/aws/lambda/{name}" in _log_groups(stock))
    assert stock.metric_sum("AWS/Lambda", "Invocations", FunctionName=name) == 1
    assert stock.metric_sum("AWS/Lambda", "Duration", FunctionName=name) == 0


def _log_groups(cloud: Cloud) -> list[str]:
    groups = cloud.client("logs").describe_log_groups()["logGroups"]
    return [group["logGroupName"] for group in groups]
