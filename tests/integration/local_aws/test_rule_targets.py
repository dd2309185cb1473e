"""From a rule to its target, and to the target's dead-letter queue."""

import json
from typing import Any

import pytest

from support.cloud import Cloud

pytestmark = pytest.mark.embedded

FINE = "def handler(event, context): return None"
FAULT_TAG = "stripe-handler-local:hand-off-fault"


def _attributes(message: dict[str, Any]) -> dict[str, str]:
    return {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}


def _retried(cloud: Cloud, fault: str, **target: Any) -> tuple[str, str, str, str]:
    """An event for a function that refuses it: dead-letter queue, the function's name and ARN, rule."""
    dead_letter_url, dead_letter_arn = cloud.queue()
    name, function_arn = cloud.function(FINE, Tags={FAULT_TAG: fault})
    cloud.permit_events(name)
    rule_name, _, source = cloud.rule(function_arn, DeadLetterConfig={"Arn": dead_letter_arn}, **target)
    cloud.put_event(source, {})
    return dead_letter_url, name, function_arn, rule_name


def _lost(cloud: Cloud, detail: dict[str, str], **queue: Any) -> tuple[str, str]:
    """An event for a deleted function that its dead-letter queue does not take: the queue and the rule."""
    dead_letter_url, dead_letter_arn = cloud.queue(**queue)
    name, function_arn = cloud.function(FINE)
    rule_name, _, source = cloud.rule(function_arn, DeadLetterConfig={"Arn": dead_letter_arn})
    cloud.client("lambda").delete_function(FunctionName=name)
    cloud.put_event(source, detail)
    return dead_letter_url, rule_name


def _event_for_a_deleted_function(cloud: Cloud, *, wait_seconds: int) -> tuple[Any, list[dict[str, Any]]]:
    """Delete a rule's function, put an event; the rule and what its dead-letter queue has."""
    dead_letter_url, dead_letter_arn = cloud.queue()
    name, function_arn = cloud.function(FINE)
    cloud.permit_events(name)
    rule = cloud.rule(function_arn, DeadLetterConfig={"Arn": dead_letter_arn})
    cloud.client("lambda").delete_function(FunctionName=name)
    cloud.put_event(rule[2], {"id": "evt_1"})
    return (rule, function_arn), cloud.messages(dead_letter_url, wait_seconds=wait_seconds)


def test_an_event_for_a_missing_function_goes_to_the_dead_letter_queue_at_once(emulator: Cloud) -> None:
    """The message is the event itself; its attributes say what happened, with no retry made."""
    ((rule_name, rule_arn, source), function_arn), (message,) = _event_for_a_deleted_function(
        emulator, wait_seconds=10
    )
    body = json.loads(message["Body"])
    assert (body["source"], body["detail"]) == (source, {"id": "evt_1"})
    attributes = _attributes(message)
    assert attributes.pop("ERROR_MESSAGE")
    assert attributes == {
        "RULE_ARN": rule_arn,
        "TARGET_ARN": function_arn,
        "ERROR_CODE": "NO_RESOURCE",
        "RETRY_ATTEMPTS": "0",
    }
    for metric in ("FailedInvocations", "InvocationsSentToDlq"):
        assert emulator.metric_sum("AWS/Events", metric, EventBusName="default", RuleName=rule_name) == 1


def test_a_function_without_permission_is_not_invoked(emulator: Cloud) -> None:
    """Without a statement for EventBridge in its policy the event goes to the dead-letter queue."""
    dead_letter_url, dead_letter_arn = emulator.queue()
    name, function_arn = emulator.function(FINE)
    _, _, source = emulator.rule(function_arn, DeadLetterConfig={"Arn": dead_letter_arn})
    emulator.put_event(source, {})
    (message,) = emulator.messages(dead_letter_url)
    assert _attributes(message)["ERROR_CODE"] == "NO_PERMISSIONS"
    assert emulator.metric_sum("AWS/Lambda", "AsyncEventsReceived", FunctionName=name) == 0


def test_a_permission_for_another_rule_does_not_count(emulator: Cloud) -> None:
    """The statement's source ARN is compared with the rule's."""
    dead_letter_url, dead_letter_arn = emulator.queue()
    name, function_arn = emulator.function(FINE)
    _, rule_arn, source = emulator.rule(function_arn, DeadLetterConfig={"Arn": dead_letter_arn})
    emulator.client("lambda").add_permission(
        FunctionName=name,
        StatementId="other",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=f"{rule_arn}-other",
    )
    emulator.put_event(source, {})
    (message,) = emulator.messages(dead_letter_url)
    assert _attributes(message)["ERROR_CODE"] == "NO_PERMISSIONS"


def test_a_failure_that_may_pass_is_retried_by_the_policy(emulator: Cloud) -> None:
    """After the policy's retries the message names the condition that ended them."""
    policy = {"MaximumRetryAttempts": 2}
    dead_letter_url, _, _, rule_name = _retried(emulator, "THROTTLING", RetryPolicy=policy)
    (message,) = emulator.messages(dead_letter_url)
    attributes = _attributes(message)
    assert attributes["ERROR_CODE"] == "THROTTLING"
    assert attributes["RETRY_ATTEMPTS"] == "2"
    assert attributes["EXHAUSTED_RETRY_CONDITION"] == "MaximumRetryAttempts"
    assert emulator.metric_sum("AWS/Events", "RetryInvocationAttempts", RuleName=rule_name) == 2


def test_retries_end_when_the_event_is_too_old(emulator: Cloud) -> None:
    """The event's age counts from when it was put."""
    dead_letter_url, *_ = _retried(emulator, "TIMEOUT", RetryPolicy={"MaximumEventAgeInSeconds": 60})
    (message,) = emulator.messages(dead_letter_url, wait_seconds=20)
    assert _attributes(message)["EXHAUSTED_RETRY_CONDITION"] == "MaximumEventAgeInSeconds"


def test_a_retry_that_succeeds_leaves_no_dead_letter(emulator: Cloud) -> None:
    """Once the fault is gone the function gets the event."""
    dead_letter_url, name, function_arn, _ = _retried(emulator, "THROTTLING")
    emulator.client("lambda").untag_resource(Resource=function_arn, TagKeys=[FAULT_TAG])
    assert (
        emulator.until(lambda: emulator.metric_sum("AWS/Lambda", "AsyncEventsReceived", FunctionName=name))
        == 1
    )
    assert emulator.messages(dead_letter_url, wait_seconds=0) == []


@pytest.mark.parametrize("sender", [None, "sns.amazonaws.com"])
def test_a_queue_that_lets_nobody_send_loses_the_event(emulator: Cloud, sender: str | None) -> None:
    """The dead-letter queue's own policy must admit EventBridge; a metric shows the loss."""
    dead_letter_url, rule_name = _lost(emulator, {}, sender=sender)
    metric = "InvocationsFailedToBeSentToDlq"
    assert emulator.until(lambda: emulator.metric_sum("AWS/Events", metric, RuleName=rule_name)) == 1
    assert emulator.messages(dead_letter_url, wait_seconds=0) == []


def test_an_event_larger_than_the_dead_letter_queue_takes_is_lost(emulator: Cloud) -> None:
    """The queue's MaximumMessageSize bounds the message with its attributes."""
    dead_letter_url, rule_name = _lost(emulator, {"text": "x" * 900}, MaximumMessageSize="1024")
    metric = "InvocationsFailedToBeSentToDlq"
    assert emulator.until(lambda: emulator.metric_sum("AWS/Events", metric, RuleName=rule_name)) == 1
    assert emulator.messages(dead_letter_url, wait_seconds=0) == []


def test_queues_topics_and_buses_are_targets_too(emulator: Cloud) -> None:
    """A rule forwards to another bus, whose rules deliver to a queue and to a topic."""
    bus_name = emulator.name()
    bus_arn = emulator.client("events").create_event_bus(Name=bus_name)["EventBusArn"]
    _, _, source = emulator.rule(bus_arn)
    queue_url, queue_arn = emulator.queue()
    topic_arn, topic_queue_url = emulator.topic_in_queue()
    events = emulator.client("events")
    events.put_rule(Name="all", EventBusName=bus_name, EventPattern=json.dumps({"source": [source]}))
    targets = [{"Id": "queue", "Arn": queue_arn}, {"Id": "topic", "Arn": topic_arn}]
    events.put_targets(Rule="all", EventBusName=bus_name, Targets=targets)
    emulator.put_event(source, {"id": "evt_1"})
    assert len(emulator.messages(queue_url)) == 1
    assert len(emulator.messages(topic_queue_url)) == 1


def test_stock_ministack_still_ignores_the_dead_letter_queue(stock: Cloud) -> None:
    """When this fails, see whether `rule_targets` is still needed."""
    _, messages = _event_for_a_deleted_function(stock, wait_seconds=1)
    assert messages == []
