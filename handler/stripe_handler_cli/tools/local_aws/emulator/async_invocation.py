"""Lambda's asynchronous invocation: its internal queue, three attempts, the on-failure destination.

AWS rules modelled:
- EventBridge invokes a function asynchronously, like `Invoke` with the type `Event`.
- A function error is retried `MaximumRetryAttempts` times (2 unless set), one and two minutes later.
- A throttled event waits in Lambda's queue, with back-off, until it is `MaximumEventAgeInSeconds` old
  (6 hours unless set); throttles do not use up retries.
- Each attempt uses the function's code and settings of that moment. An event whose function is gone is
  dropped. Reserved concurrency 0 sends events to the on-failure destination without an attempt.
- The destination gets a record with the condition, the payload and the last response. What it cannot
  take counts in `DestinationDeliveryFailures`; every given-up event counts in `AsyncEventsDropped`.
- `Invocations` counts attempts; taking an event into the queue is none.

Stock MiniStack makes one synchronous attempt for EventBridge, spends a throttled event's retries at
once, and records no metrics for asynchronous attempts, but one when it takes an event. Minutes are scaled to
`LAMBDA_ASYNC_RETRY_BASE_SECONDS`; on-success destinations are not modelled.
"""

import functools
import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ministack.core.arn import parse_arn
from ministack.core.responses import new_uuid
from ministack.services import cloudwatch, eventbridge, lambda_svc, sns, sqs

from . import dead_letters, settings
from .replacing import replaces
from .retries import DueQueue, back_off_seconds

# Lambda's waits for concurrency, with its minute between retries scaled down as that one is.
_SHORTEST_THROTTLE_SECONDS = 1 * settings.RETRY_BASE_SECONDS / 60
_LONGEST_THROTTLE_SECONDS = 300 * settings.RETRY_BASE_SECONDS / 60

_queue = DueQueue("lambda-async", threads=lambda_svc._ACCOUNT_CONCURRENCY_CAP or 16)


@dataclass
class Invocation:
    """One event in the function's queue."""

    function_arn: str
    event: Any
    request_id: str = field(default_factory=new_uuid)
    accepted: float = field(default_factory=time.monotonic)
    attempts: int = 0
    throttles: int = 0

    @property
    def age_seconds(self) -> float:
        """How long the event has waited, in AWS's seconds."""
        return (time.monotonic() - self.accepted) * settings.EVENT_AGE_SPEEDUP

    @property
    def qualifier(self) -> str:
        return lambda_svc._lambda_function_name_and_qualifier_from_arn(self.function_arn)[1] or ""


@replaces(lambda_svc, "_emit_lambda_metrics")
def emit_lambda_metrics(
    stock: Any,
    function_name: str,
    duration_ms: float,
    error: bool,  # noqa: FBT001 - MiniStack's own signature
    throttle: bool,  # noqa: FBT001
) -> None:
    """The metrics of an attempt; stock's own for a taken event has no duration and is left out."""
    if duration_ms or error or throttle:
        stock(function_name, duration_ms, error=error, throttle=throttle)


@replaces(eventbridge, "_dispatch_to_lambda")
def dispatch_to_lambda(_stock: Any, arn: str, payload: str) -> None:
    """EventBridge's target: put the event in the function's queue."""
    record, config, name = lambda_svc._get_func_record_for_ref(arn)
    if record is None or config is None:
        eventbridge.logger.warning("EventBridge: function %s not found", name)
        return
    try:
        event = json.loads(payload)
    except json.JSONDecodeError:
        event = payload
    _accept(Invocation(arn, event), name)


@replaces(lambda_svc, "invoke_async_with_retry")
def invoke_async(_stock: Any, function: dict[str, Any], event: Any) -> None:
    """`Invoke` with the type `Event`, and MiniStack's other event sources."""
    config = function.get("config") or function
    _accept(Invocation(config["FunctionArn"], event), config["FunctionName"])


def _accept(invocation: Invocation, function_name: str) -> None:
    _record(function_name, "AsyncEventsReceived")
    _queue.add(lambda: _attempt(invocation))


def _record(function_name: str, metric: str, value: float = 1.0, unit: str = "Count") -> None:
    cloudwatch.record_metric("AWS/Lambda", metric, value, unit, {"FunctionName": function_name})


def _attempt(invocation: Invocation) -> None:
    function, _, name = lambda_svc._get_base_func_record_for_ref(invocation.function_arn)
    record, config, _ = lambda_svc._get_func_record_for_ref(invocation.function_arn)
    if function is None or record is None or config is None:
        _record(name, "AsyncEventsDropped")
        return
    _record(name, "AsyncEventAge", invocation.age_seconds * 1000, "Milliseconds")
    invoke_config = _event_invoke_config(function, invocation.qualifier)
    give_up = functools.partial(_give_up, invocation, config, invoke_config)
    if function.get("concurrency") == 0:
        give_up("ZeroReservedConcurrency", None)
        return
    if invocation.age_seconds > invoke_config.get("MaximumEventAgeInSeconds", 21_600):
        give_up("EventAgeExceeded", None)
        return
    started = time.monotonic()
    # The base record carries the reserved concurrency, which a version's own record lacks.
    execution = {**record, "config": config, "concurrency": function.get("concurrency")}
    result = lambda_svc._execute_function(execution, invocation.event)
    if result.get("throttle"):
        delay_seconds = back_off_seconds(
            invocation.throttles,
            base_seconds=_SHORTEST_THROTTLE_SECONDS,
            maximum_seconds=_LONGEST_THROTTLE_SECONDS,
        )
        invocation.throttles += 1
        _queue.add(lambda: _attempt(invocation), delay_seconds=delay_seconds)
        return
    invocation.attempts += 1
    failed = bool(result.get("error"))
    lambda_svc._emit_lambda_metrics(name, (time.monotonic() - started) * 1000, error=failed, throttle=False)
    if failed and invocation.attempts > invoke_config.get("MaximumRetryAttempts", 2):
        give_up("RetriesExhausted", result)
    elif failed:
        delay_seconds = settings.RETRY_BASE_SECONDS * invocation.attempts
        _queue.add(lambda: _attempt(invocation), delay_seconds=delay_seconds)


def _event_invoke_config(function: dict[str, Any], qualifier: str) -> Any:
    configs = function.get("event_invoke_configs") or {}
    # $LATEST and no qualifier are the same invocation.
    return configs.get(qualifier) or (not qualifier and configs.get("$LATEST")) or {}


def _give_up(
    invocation: Invocation,
    config: dict[str, Any],
    invoke_config: dict[str, Any],
    condition: str,
    result: dict[str, Any] | None,
) -> None:
    name = config["FunctionName"]
    _record(name, "AsyncEventsDropped")
    destination = ((invoke_config.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination")
    if not destination:
        return
    refused = _deliver(destination, json.dumps(_failure_record(invocation, config, condition, result)))
    if refused is not None:
        lambda_svc.logger.warning("%s: on-failure destination %s: %s", name, destination, refused)
        _record(name, "DestinationDeliveryFailures")


def _failure_record(
    invocation: Invocation, config: dict[str, Any], condition: str, result: dict[str, Any] | None
) -> dict[str, Any]:
    arn = invocation.function_arn
    record = {
        "version": "1.0",
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "requestContext": {
            "requestId": invocation.request_id,
            # What was invoked: the alias or version, or else the newest code.
            "functionArn": arn if invocation.qualifier else f"{arn}:$LATEST",
            "condition": condition,
            "approximateInvokeCount": invocation.attempts,
        },
        "requestPayload": invocation.event,
    }
    if result is not None:
        record["responseContext"] = {
            "statusCode": 200,
            "executedVersion": config.get("Version", "$LATEST"),
            "functionError": result.get("function_error") or "Unhandled",
        }
        record["responsePayload"] = result.get("body")
    return record


def _deliver(destination: str, body: str) -> str | None:
    """Hand a failure record to its destination; returns the reason if it was not taken."""
    service = parse_arn(destination).service
    if service == "sqs":
        queue = sqs._queue_by_arn(destination)
        return "it does not exist" if queue is None else dead_letters.send(queue, body, {})
    if service != "sns":
        return f"destinations of the service {service} are not modelled"
    try:
        return None if sns.publish_internal(destination, body) else "it does not exist"
    except sns.SnsPublishError as error:
        return str(error)
