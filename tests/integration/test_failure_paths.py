"""Nothing is lost: both failure layers end in their own queue, and somebody is told."""

import json
from typing import TYPE_CHECKING, Any

import pytest

from stripe_handler_cli.common.waiting import wait_for
from stripe_handler_cli.stack.endpoint import Endpoint
from support.lives import Life
from support.on_call import Alarms

if TYPE_CHECKING:
    from conftest import Stack


@pytest.fixture
def notifications(endpoint: Endpoint, stack: "Stack") -> str:
    """URL of a queue that is subscribed to the alarm topic, as an operator's e-mail would be.

    The alarm of the failure queue is over: one that a test before left ringing would not tell anew.
    """
    _drain(endpoint, stack.outputs["failure_queue_url"])
    alarms, key = (
        Alarms(endpoint.client("cloudwatch"), stack.outputs["alarm_names"]),
        "failure_queue_messages",
    )
    assert alarms.cleared([key], 60) == {key}
    queue_url = endpoint.queues.create_queue(QueueName="itest-operator")["QueueUrl"]
    attributes = endpoint.queues.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])
    endpoint.client("sns").subscribe(
        TopicArn=stack.outputs["alarm_topic_arn"],
        Protocol="sqs",
        Endpoint=attributes["Attributes"]["QueueArn"],
    )
    return queue_url


def _drain(endpoint: Endpoint, queue_url: str) -> None:
    while messages := endpoint.queues.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get(
        "Messages", []
    ):
        for message in messages:
            endpoint.queues.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])


@pytest.mark.embedded
def test_a_poison_event_is_tried_three_times_then_kept_and_reported(
    endpoint: Endpoint, stack: "Stack", notifications: str
) -> None:
    """Three attempts → failure queue with the whole event and the reason → alarm → SNS."""
    life, pipeline = Life("poison"), stack.pipeline
    poison = life.updated("poison", 1, status=None)
    pipeline.put(poison)
    line = pipeline.follow(poison["id"], deliveries=3)
    assert line["reason"] == "detail.data.object.status: must be a non-empty string, is missing"

    record = json.loads(pipeline.receive(stack.outputs["failure_queue_url"])["Body"])
    assert record["requestPayload"]["detail"] == poison
    assert record["requestContext"]["approximateInvokeCount"] == 3
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["responsePayload"]["errorType"] == "InvalidEventError"
    assert pipeline.profile(life.user_id) == {}

    def told() -> dict[str, Any] | None:
        message = pipeline.receive(notifications)
        endpoint.queues.delete_message(QueueUrl=notifications, ReceiptHandle=message["ReceiptHandle"])
        alarm = json.loads(json.loads(message["Body"])["Message"])
        about_failures = alarm["AlarmName"] == stack.outputs["alarm_names"]["failure_queue_messages"]
        return alarm if about_failures and alarm["NewStateValue"] == "ALARM" else None

    wait_for(told, "the operator is told of the failure queue", 60)
    _drain(endpoint, stack.outputs["failure_queue_url"])


@pytest.mark.embedded
def test_a_user_nobody_can_name_ends_in_the_failure_queue(endpoint: Endpoint, stack: "Stack") -> None:
    """No user and no customer to wait for: not dropped, not guessed, but kept where somebody sees it."""
    stray = Life("stray").paid("paid", 1, user=None, customer=None)
    stack.pipeline.put(stray)
    stack.pipeline.follow(stray["id"], deliveries=3)
    record = json.loads(stack.pipeline.receive(stack.outputs["failure_queue_url"])["Body"])
    assert record["responsePayload"]["errorType"] == "UserNotFoundError"
    assert record["requestPayload"]["detail"]["id"] == stray["id"]
    _drain(endpoint, stack.outputs["failure_queue_url"])


@pytest.mark.embedded
def test_without_the_function_the_event_waits_in_the_delivery_queue(
    endpoint: Endpoint, other_stack: "Stack"
) -> None:
    """A hand-off that cannot succeed goes to the rule target's own queue, whole, with the error."""
    endpoint.functions.delete_function(FunctionName=other_stack.outputs["function_name"])
    life = Life("undeliverable")
    other_stack.pipeline.put(life.created())
    queue_url = other_stack.outputs["delivery_dead_letter_queue_url"]
    message = other_stack.pipeline.receive(queue_url)
    assert json.loads(message["Body"])["detail"] == life.created()
    attributes = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
    assert attributes["RULE_ARN"] == other_stack.outputs["rule_arn"]
    assert attributes["TARGET_ARN"] == other_stack.outputs["function_arn"]
    assert attributes["ERROR_CODE"] == "RESOURCE_NOT_FOUND" or attributes["ERROR_MESSAGE"]

    _drain(endpoint, queue_url)
    other_stack.deployment.apply()
    other_stack.pipeline.put(life.created("again"))
    assert other_stack.pipeline.follow(life.event_id("again"))["decision"] == "write"
    assert not other_stack.deployment.plan().has_changes
