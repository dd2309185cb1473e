# ruff: noqa: SLF001 - MiniStack has no public interface for this
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
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ministack.services import eventbridge, lambda_svc, sns, sqs

from . import dead_letters, metrics, resource_policies, settings
from .due_queue import DueQueue
from .retry_policy import back_off_seconds, exhausted_condition

FAULT_TAG = "stripe-handler-local:hand-off-fault"
_LONGEST_BACK_OFF_SECONDS = 5.0

_retries = DueQueue("rule-target-retries", threads=1)
_stock_invoke_target = eventbridge._invoke_target


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
    event: dict[str, Any]
    rule: dict[str, Any]
    view: Any
    started: float = field(default_factory=time.monotonic)
    retries: int = 0
    failure: Failure | None = None


_current: contextvars.ContextVar[HandOff] = contextvars.ContextVar("stripe_handler_hand_off")


def install() -> None:
    """Replace MiniStack's functions by ours."""
    eventbridge._invoke_target = invoke_target
    for name, check in (
        ("_dispatch_to_lambda", check_function),
        ("_dispatch_to_sqs", check_queue),
        ("_dispatch_to_sns", check_topic),
        ("_dispatch_to_event_bus", check_event_bus),
    ):
        setattr(eventbridge, name, _checked(getattr(eventbridge, name), check))


def _checked(
    dispatch: Callable[..., None], check: Callable[[str, dict[str, Any]], Failure | None]
) -> Callable[..., None]:
    """The stock dispatch function, called only when the target would take the event."""

    def dispatch_if_possible(target: Any, *arguments: Any) -> None:
        hand_off = _current.get()
        hand_off.failure = check(str(target), hand_off.rule)
        if hand_off.failure is None:
            dispatch(target, *arguments)

    return dispatch_if_possible


def check_function(arn: str, rule: dict[str, Any]) -> Failure | None:
    """A function must exist, and its policy must let the rule invoke it."""
    function, _, _ = lambda_svc._get_base_func_record_for_ref(arn)
    record, _, _ = lambda_svc._get_func_record_for_ref(arn)
    if function is None or record is None:
        return Failure("NO_RESOURCE", f"Function not found: {arn}")
    if not resource_policies.allows(
        function.get("policy"),
        service="events.amazonaws.com",
        action="lambda:InvokeFunction",
        resource_arn=arn,
        source_arn=rule["Arn"],
    ):
        return Failure(
            "NO_PERMISSIONS", f"{rule['Arn']} is not authorized to perform lambda:InvokeFunction on {arn}"
        )
    fault = function.get("tags", {}).get(FAULT_TAG)
    return Failure(fault, f"A fault asked for by the tag {FAULT_TAG}", retryable=True) if fault else None


def check_queue(arn: str, rule: dict[str, Any]) -> Failure | None:
    """A queue must exist, and its policy must let the rule send to it."""
    queue = sqs._queue_by_arn(arn)
    if queue is None:
        return Failure("NO_RESOURCE", f"Queue not found: {arn}")
    if not _queue_lets_rule_send(queue, rule):
        return Failure(
            "NO_PERMISSIONS", f"{rule['Arn']} is not authorized to perform sqs:SendMessage on {arn}"
        )
    return None


def check_topic(arn: str, _rule: dict[str, Any]) -> Failure | None:
    """A topic must exist."""
    return None if sns._topic_by_arn_any_scope(arn) else Failure("NO_RESOURCE", f"Topic not found: {arn}")


def check_event_bus(arn: str, _rule: dict[str, Any]) -> Failure | None:
    """An event bus must exist."""
    exists = arn.split("event-bus/", 1)[-1] in eventbridge._event_buses
    return None if exists else Failure("NO_RESOURCE", f"Event bus not found: {arn}")


def invoke_target(
    target: dict[str, Any], event: dict[str, Any], rule: dict[str, Any], view: Any = None
) -> None:
    """Hand the event to the target; retries and the dead-letter queue follow a failure."""
    if not _replay_includes(event, rule):
        return
    metrics.record_for_rule("MatchedEvents", rule)
    _attempt(HandOff(target, event, rule, view or eventbridge._pattern_event_view(event)))


def _replay_includes(event: dict[str, Any], rule: dict[str, Any]) -> bool:
    replay = eventbridge._replays.get(event["ReplayName"]) if event.get("ReplayName") else None
    destination = (replay or {}).get("Destination", {})
    filter_arns = destination.get("FilterArns")
    on_replayed_bus = destination.get("Arn", "").endswith(f":event-bus/{rule.get('EventBusName', 'default')}")
    return not filter_arns or not on_replayed_bus or rule["Arn"] in filter_arns


def _attempt(hand_off: HandOff) -> None:
    hand_off.failure = None
    token = _current.set(hand_off)
    try:
        _stock_invoke_target(hand_off.target, hand_off.event, hand_off.rule, hand_off.view)
    finally:
        _current.reset(token)
    metrics.record_for_rule("RetryInvocationAttempts" if hand_off.retries else "Invocations", hand_off.rule)
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
    metrics.record_for_rule("FailedInvocations", hand_off.rule)
    _to_dead_letter_queue(hand_off, failure, condition)


def _to_dead_letter_queue(hand_off: HandOff, failure: Failure, condition: str | None) -> None:
    arn = (hand_off.target.get("DeadLetterConfig") or {}).get("Arn")
    if not arn:
        eventbridge.logger.warning(
            "%s: event lost: %s %s", hand_off.rule["Arn"], failure.code, failure.message
        )
        return
    queue = sqs._queue_by_arn(arn)
    if queue is None:
        refused: str | None = "the queue does not exist"
    elif not _queue_lets_rule_send(queue, hand_off.rule):
        refused = "the queue's policy does not let EventBridge send for this rule"
    else:
        attributes = {
            "RULE_ARN": hand_off.rule["Arn"],
            "TARGET_ARN": hand_off.target["Arn"],
            "ERROR_CODE": failure.code,
            "ERROR_MESSAGE": failure.message,
            "RETRY_ATTEMPTS": str(hand_off.retries),
        }
        if condition is not None:
            attributes["EXHAUSTED_RETRY_CONDITION"] = condition
        refused = dead_letters.send(queue, json.dumps(hand_off.view.event_with_detail()), attributes)
    if refused is not None:
        _log_loss(hand_off, f"dead-letter queue {arn}: {refused}")
    metric = "InvocationsSentToDlq" if refused is None else "InvocationsFailedToBeSentToDlq"
    metrics.record_for_rule(metric, hand_off.rule)


def _log_loss(hand_off: HandOff, reason: str) -> None:
    eventbridge.logger.warning("%s: event lost: %s", hand_off.rule["Arn"], reason)


def _queue_lets_rule_send(queue: dict[str, Any], rule: dict[str, Any]) -> bool:
    return resource_policies.allows(
        queue["attributes"].get("Policy"),
        service="events.amazonaws.com",
        action="sqs:SendMessage",
        resource_arn=queue["attributes"]["QueueArn"],
        source_arn=rule["Arn"],
    )
