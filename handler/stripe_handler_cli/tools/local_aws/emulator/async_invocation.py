# ruff: noqa: SLF001 - MiniStack has no public interface for this
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

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ministack.core.arn import parse_arn
from ministack.core.responses import new_uuid
from ministack.services import eventbridge, lambda_svc, sns, sqs

from . import dead_letters, metrics, settings
from .due_queue import DueQueue
from .retry_policy import back_off_seconds

_DEFAULT_RETRY_ATTEMPTS = 2
_DEFAULT_EVENT_AGE_SECONDS = 21_600
_THREADS_WITHOUT_CAP = 16
_SHORTEST_THROTTLE_SECONDS, _LONGEST_THROTTLE_SECONDS = 1.0, 300.0

_stock_emit_lambda_metrics = lambda_svc._emit_lambda_metrics
_queue = DueQueue("lambda-async", threads=lambda_svc._ACCOUNT_CONCURRENCY_CAP or _THREADS_WITHOUT_CAP)


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


def install() -> None:
    """Replace MiniStack's functions by ours."""
    lambda_svc.invoke_async_with_retry = invoke_async
    lambda_svc._emit_lambda_metrics = emit_lambda_metrics
    eventbridge._dispatch_to_lambda = dispatch_to_lambda


def emit_lambda_metrics(
    function_name: str,
    duration_ms: float,
    error: bool,  # noqa: FBT001 - MiniStack's own signature
    throttle: bool,  # noqa: FBT001
) -> None:
    """The metrics of an attempt; stock's own for a taken event has no duration and is left out."""
    if duration_ms or error or throttle:
        _stock_emit_lambda_metrics(function_name, duration_ms, error=error, throttle=throttle)


def dispatch_to_lambda(arn: str, payload: str) -> None:
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


def invoke_async(function: dict[str, Any], event: Any) -> None:
    """`Invoke` with the type `Event`, and MiniStack's other event sources."""
    config = function.get("config") or function
    _accept(Invocation(config["FunctionArn"], event), config["FunctionName"])


def _accept(invocation: Invocation, function_name: str) -> None:
    metrics.record_for_function("AsyncEventsReceived", function_name)
    _queue.add(lambda: _attempt(invocation))


def _attempt(invocation: Invocation) -> None:
    function, _, name = lambda_svc._get_base_func_record_for_ref(invocation.function_arn)
    record, config, _ = lambda_svc._get_func_record_for_ref(invocation.function_arn)
    if function is None or record is None or config is None:
        metrics.record_for_function("AsyncEventsDropped", name)
        return
    metrics.record_for_function("AsyncEventAge", name, invocation.age_seconds * 1000, "Milliseconds")
    invoke_config = _event_invoke_config(function, invocation.function_arn)
    maximum_age_seconds = invoke_config.get("MaximumEventAgeInSeconds", _DEFAULT_EVENT_AGE_SECONDS)
    if function.get("concurrency") == 0:
        _give_up(invocation, name, config, invoke_config, "ZeroReservedConcurrency", None)
        return
    if invocation.age_seconds > maximum_age_seconds:
        _give_up(invocation, name, config, invoke_config, "EventAgeExceeded", None)
        return
    started = time.monotonic()
    # The base record carries the reserved concurrency, which a version's own record lacks.
    execution = {**record, "config": config, "concurrency": function.get("concurrency")}
    result = lambda_svc._execute_function(execution, invocation.event)
    if result.get("throttle"):
        _wait_for_concurrency(invocation)
        return
    invocation.attempts += 1
    failed = bool(result.get("error"))
    lambda_svc._emit_lambda_metrics(name, (time.monotonic() - started) * 1000, error=failed, throttle=False)
    if not failed:
        return
    if invocation.attempts > invoke_config.get("MaximumRetryAttempts", _DEFAULT_RETRY_ATTEMPTS):
        _give_up(invocation, name, config, invoke_config, "RetriesExhausted", result)
        return
    delay_seconds = settings.RETRY_BASE_SECONDS * invocation.attempts
    _queue.add(lambda: _attempt(invocation), delay_seconds=delay_seconds)


def _wait_for_concurrency(invocation: Invocation) -> None:
    scale = settings.RETRY_BASE_SECONDS / settings.AWS_RETRY_BASE_SECONDS
    delay_seconds = back_off_seconds(
        invocation.throttles,
        base_seconds=_SHORTEST_THROTTLE_SECONDS * scale,
        maximum_seconds=_LONGEST_THROTTLE_SECONDS * scale,
    )
    invocation.throttles += 1
    _queue.add(lambda: _attempt(invocation), delay_seconds=delay_seconds)


def _event_invoke_config(function: dict[str, Any], function_arn: str) -> dict[str, Any]:
    _, qualifier = lambda_svc._lambda_function_name_and_qualifier_from_arn(function_arn)
    configs = function.get("event_invoke_configs") or {}
    qualified = qualifier or ""
    # $LATEST and no qualifier are the same invocation.
    return configs.get(qualified) or (configs.get("$LATEST") if not qualified else None) or {}


def _give_up(
    invocation: Invocation,
    name: str,
    config: dict[str, Any],
    invoke_config: dict[str, Any],
    condition: str,
    result: dict[str, Any] | None,
) -> None:
    metrics.record_for_function("AsyncEventsDropped", name)
    destination = ((invoke_config.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination")
    if destination:
        record = _failure_record(invocation, config, condition, result)
        _deliver(destination, record, name)


def _failure_record(
    invocation: Invocation, config: dict[str, Any], condition: str, result: dict[str, Any] | None
) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    record: dict[str, Any] = {
        "version": "1.0",
        "timestamp": now,
        "requestContext": {
            "requestId": invocation.request_id,
            "functionArn": _qualified(invocation.function_arn),
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


def _qualified(function_arn: str) -> str:
    """What was invoked: the alias or version, or else the newest code."""
    _, qualifier = lambda_svc._lambda_function_name_and_qualifier_from_arn(function_arn)
    return function_arn if qualifier else f"{function_arn}:$LATEST"


def _deliver(destination: str, record: dict[str, Any], function_name: str) -> None:
    service = parse_arn(destination).service
    body = json.dumps(record)
    refused: str | None
    if service == "sqs":
        queue = sqs._queue_by_arn(destination)
        refused = "it does not exist" if queue is None else dead_letters.send(queue, body, {})
    elif service == "sns":
        refused = _publish(destination, body)
    else:
        refused = f"destinations of the service {service} are not modelled"
    if refused is not None:
        lambda_svc.logger.warning("%s: on-failure destination %s: %s", function_name, destination, refused)
        metrics.record_for_function("DestinationDeliveryFailures", function_name)


def _publish(topic_arn: str, body: str) -> str | None:
    try:
        return None if sns.publish_internal(topic_arn, body) else "it does not exist"
    except sns.SnsPublishError as error:
        return str(error)
