"""Handing an event to a rule's target: resource policies, retry policy, dead-letter queue, metrics.

AWS rules modelled:
- A target that does not exist (NO_RESOURCE) or that the resource's policy does not let EventBridge use
  (NO_PERMISSIONS) is not retried: the event goes to the target's dead-letter queue at once.
- Other failures are retried by the target's retry policy, then go there with the condition that ended
  the retries.
- The dead-letter queue gets the event itself, with the message attributes RULE_ARN, TARGET_ARN,
  ERROR_CODE, ERROR_MESSAGE, RETRY_ATTEMPTS and, after retries, EXHAUSTED_RETRY_CONDITION.
- The queue's own policy must let EventBridge send for the rule; a failure to reach the queue, like an
  event without a queue, loses the event and shows in a metric.
- A replay with `FilterArns` goes to those rules only.
- Metrics of the rule tell all of that. (`MatchedEvents` is counted once for each target here.)

Stock MiniStack stores the retry policy and the queue and ignores both, and drops what fails.

Nothing fails for a while on one machine, so a failure that is retried has to be asked for: a function
with the tag `stripe-handler-local:hand-off-fault` refuses every hand-off with the tag's value as code.
"""

import contextvars
import functools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ministack.services import cloudwatch, eventbridge, lambda_svc, sns, sqs

from . import dead_letters, settings
from .replacing import replaces
from .resource_policies import allows_rule
from .retries import DueQueue, back_off_seconds, exhausted_condition

_FAULT_TAG = "stripe-handler-local:hand-off-fault"
_LONGEST_BACK_OFF_SECONDS = 5.0

_retries = DueQueue("rule-target-retries", threads=1)


@dataclass(frozen=True)
class Failure:
    """Why the target did not take the event."""

    code: str
    message: str
    retryable: bool = False


@dataclass
class HandOff:
    """One event on its way to one target of one rule."""

    target: dict[str, Any]
    rule: dict[str, Any]
    # Hands it over by MiniStack's own means.
    invoke: Callable[[], None]
    view: Any
    started: float = field(default_factory=time.monotonic)
    retries: int = 0
    failure: Failure | None = None


_current: contextvars.ContextVar[HandOff | None] = contextvars.ContextVar("hand_off", default=None)


def dispatch_if_possible(
    check: Callable[[str, dict[str, Any]], Failure | None], stock: Any, target: Any, *arguments: Any
) -> None:
    """Dispatch as stock MiniStack does, unless it is a rule's event that the target would not take."""
    hand_off = _current.get()
    if hand_off is not None:
        hand_off.failure = check(str(target), hand_off.rule)
    if hand_off is None or hand_off.failure is None:
        stock(target, *arguments)


def check_function(arn: str, rule: dict[str, Any]) -> Failure | None:
    function, _, _ = lambda_svc._get_base_func_record_for_ref(arn)
    record, _, _ = lambda_svc._get_func_record_for_ref(arn)
    if function is None or record is None:
        return Failure("NO_RESOURCE", f"Function not found: {arn}")
    if not allows_rule(function.get("policy"), "lambda:InvokeFunction", arn, rule["Arn"]):
        return _not_authorized(rule, "lambda:InvokeFunction", arn)
    fault = function.get("tags", {}).get(_FAULT_TAG)
    return Failure(fault, f"A fault asked for by the tag {_FAULT_TAG}", retryable=True) if fault else None


def check_queue(arn: str, rule: dict[str, Any]) -> Failure | None:
    queue = sqs._queue_by_arn(arn)
    if queue is None:
        return Failure("NO_RESOURCE", f"Queue not found: {arn}")
    return None if _lets_rule_send(queue, rule) else _not_authorized(rule, "sqs:SendMessage", arn)


def check_topic(arn: str, _rule: dict[str, Any]) -> Failure | None:
    return None if sns._topic_by_arn_any_scope(arn) else Failure("NO_RESOURCE", f"Topic not found: {arn}")


def check_event_bus(arn: str, _rule: dict[str, Any]) -> Failure | None:
    exists = arn.split("event-bus/", 1)[-1] in eventbridge._event_buses
    return None if exists else Failure("NO_RESOURCE", f"Event bus not found: {arn}")


for _name, _check in (
    ("_dispatch_to_lambda", check_function),
    ("_dispatch_to_sqs", check_queue),
    ("_dispatch_to_sns", check_topic),
    ("_dispatch_to_event_bus", check_event_bus),
):
    replaces(eventbridge, _name)(functools.partial(dispatch_if_possible, _check))


def _not_authorized(rule: dict[str, Any], action: str, arn: str) -> Failure:
    return Failure("NO_PERMISSIONS", f"{rule['Arn']} is not authorized to perform {action} on {arn}")


def _lets_rule_send(queue: dict[str, Any], rule: dict[str, Any]) -> bool:
    attributes = queue["attributes"]
    return allows_rule(attributes.get("Policy"), "sqs:SendMessage", attributes["QueueArn"], rule["Arn"])


@replaces(eventbridge, "_invoke_target")
def invoke_target(
    stock: Any, target: dict[str, Any], event: dict[str, Any], rule: dict[str, Any], view: Any = None
) -> None:
    """Hand the event to the target; retries and the dead-letter queue follow a failure."""
    if not _replay_includes(event, rule):
        return
    _record(rule, "MatchedEvents")
    view = view or eventbridge._pattern_event_view(event)
    _attempt(HandOff(target, rule, functools.partial(stock, target, event, rule, view), view))


def _replay_includes(event: dict[str, Any], rule: dict[str, Any]) -> bool:
    replay = eventbridge._replays.get(event["ReplayName"]) if event.get("ReplayName") else None
    destination = (replay or {}).get("Destination", {})
    filter_arns = destination.get("FilterArns")
    on_replayed_bus = destination.get("Arn", "").endswith(f":event-bus/{rule.get('EventBusName', 'default')}")
    return not filter_arns or not on_replayed_bus or rule["Arn"] in filter_arns


def _record(rule: dict[str, Any], metric: str) -> None:
    """Record a metric of a rule, in each of the dimension sets AWS publishes."""
    by_rule = {"RuleName": rule.get("Name", "")}
    for dimensions in (by_rule, {"EventBusName": rule.get("EventBusName", "default"), **by_rule}):
        cloudwatch.record_metric("AWS/Events", metric, 1.0, "Count", dimensions)


def _attempt(hand_off: HandOff) -> None:
    hand_off.failure = None
    token = _current.set(hand_off)
    try:
        hand_off.invoke()
    finally:
        _current.reset(token)
    _record(hand_off.rule, "RetryInvocationAttempts" if hand_off.retries else "Invocations")
    if hand_off.failure is not None:
        _retry_or_give_up(hand_off, hand_off.failure)


def _retry_or_give_up(hand_off: HandOff, failure: Failure) -> None:
    condition = None
    if failure.retryable:
        age_seconds = (time.monotonic() - hand_off.started) * settings.EVENT_AGE_SPEEDUP
        policy = hand_off.target.get("RetryPolicy") or {}
        condition = exhausted_condition(policy, retries=hand_off.retries, age_seconds=age_seconds)
        if condition is None:
            delay_seconds = back_off_seconds(
                hand_off.retries,
                base_seconds=settings.RETRY_BASE_SECONDS,
                maximum_seconds=_LONGEST_BACK_OFF_SECONDS,
            )
            hand_off.retries += 1
            _retries.add(lambda: _attempt(hand_off), delay_seconds=delay_seconds)
            return
    _record(hand_off.rule, "FailedInvocations")
    lost = f"{failure.code} {failure.message}"
    arn = (hand_off.target.get("DeadLetterConfig") or {}).get("Arn")
    if arn:
        refused = _refusal_of_dead_letter(arn, hand_off, failure, condition)
        _record(hand_off.rule, "InvocationsFailedToBeSentToDlq" if refused else "InvocationsSentToDlq")
        if refused is None:
            return
        lost = f"dead-letter queue {arn}: {refused}"
    eventbridge.logger.warning("%s: event lost: %s", hand_off.rule["Arn"], lost)


def _refusal_of_dead_letter(
    queue_arn: str, hand_off: HandOff, failure: Failure, condition: str | None
) -> str | None:
    queue = sqs._queue_by_arn(queue_arn)
    if queue is None:
        return "the queue does not exist"
    if not _lets_rule_send(queue, hand_off.rule):
        return "the queue's policy does not let EventBridge send for this rule"
    attributes = {
        "RULE_ARN": hand_off.rule["Arn"],
        "TARGET_ARN": hand_off.target["Arn"],
        "ERROR_CODE": failure.code,
        "ERROR_MESSAGE": failure.message,
        "RETRY_ATTEMPTS": str(hand_off.retries),
        **({"EXHAUSTED_RETRY_CONDITION": condition} if condition else {}),
    }
    return dead_letters.send(queue, json.dumps(hand_off.view.event_with_detail()), attributes)
