"""An exercise in front of a stand-in for AWS, for what is decided without a stack."""

from types import SimpleNamespace
from typing import Any

import attrs

from stripe_handler_cli.operate.doctor.exercise.exercise import Exercise
from stripe_handler_cli.operate.doctor.exercise.made_up import made_up
from stripe_handler_cli.operate.doctor.exercise.roads import Road
from stripe_handler_cli.operate.doctor.exercise.waiting import Patience
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_subscription_handler.config import Config
from support.doctor.aws import ACCOUNT, Aws

BESIDE = f"eu-central-1:{ACCOUNT}"
FUNCTION = f"arn:aws:lambda:{BESIDE}:function:bayon-stripe-subscription-handler-production"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/bayon-stripe-subscription-handler-production"
ALARM = "bayon-stripe-failure-queue-messages-production"
OUTPUTS = {
    "environment": "production",
    "alarm_names": {"failure_queue_messages": ALARM},
    "alarm_topic_arn": f"arn:aws:sns:{BESIDE}:bayon-stripe-alarms-production",
    "delivery_dead_letter_queue_url": "https://sqs/delivery",
    "event_bus_name": "aws.partner/stripe.com/ed_test",
    "event_bus_arn": f"arn:aws:events:{BESIDE}:event-bus/aws.partner/stripe.com/ed_test",
    "failure_queue_arn": f"arn:aws:sqs:{BESIDE}:bayon-stripe-failures-production",
    "failure_queue_url": "https://sqs/failures",
    "function_arn": FUNCTION,
    "function_name": "bayon-stripe-subscription-handler-production",
    "log_group_name": "/aws/lambda/bayon-stripe-subscription-handler-production",
    "profile_table_name": "Profiles",
    "rule_name": "bayon-stripe-subscription-events-production",
    "sync_table_name": "bayon-stripe-sync-production",
}
CONFIG = Config(table_name="Profiles", sync_table_name="bayon-stripe-sync-production")
SETTINGS = {
    "FunctionArn": FUNCTION,
    "Role": ROLE,
    "MemorySize": 512,
    "Runtime": "python3.13",
    "Environment": {
        "Variables": {
            "DYNAMODB_TABLE_NAME": "Profiles",
            "SYNC_TABLE_NAME": "bayon-stripe-sync-production",
        }
    },
}
NOW = 1_790_000_000

NOTHING_THERE = {
    "query": [{"Items": []}],
    "batch_get_item": {"Responses": {}},
    "delete_item": {},
    "get_queue_attributes": {
        "Attributes": {
            "ApproximateNumberOfMessages": "0",
            "ApproximateNumberOfMessagesNotVisible": "0",
            "MessageRetentionPeriod": "60",
        }
    },
}
"""What AWS answers where there is nothing of an exercise."""


@attrs.define
class Located(Aws):
    """One that says where it is."""

    url: str = ""

    @property
    def meta(self) -> SimpleNamespace:
        """A client's meta data."""
        events = SimpleNamespace(register=lambda *_: None)
        return SimpleNamespace(endpoint_url=self.url, events=events)


class NoTime:
    """A clock that a sleep moves on, and nothing else."""

    def __init__(self) -> None:
        """Begin at zero."""
        self.seconds = 0.0

    def sleep(self, seconds: float) -> None:
        """Let time pass at once."""
        self.seconds += max(seconds, 0.01)

    def clock(self) -> float:
        """The time by the sleeps."""
        return self.seconds


def a_road(**changes: Any) -> Road:
    """A road on which nothing comes along."""
    rule = '{"detail-type": ["customer.subscription.created", "customer.subscription.updated"]}'
    made: dict[str, Any] = {
        "key": "own-bus",
        "told": "onto the bus events as a bridge",
        "source": "bridge",
        "rule": rule,
        "put": lambda _: None,
        "archive": None,
    }
    return Road(**made | changes)


def exercise_on(url: str = "https://events.eu-central-1.amazonaws.com", **answers: Any) -> Exercise:
    """An exercise on an AWS that is at this address, and answers so."""
    aws = Located({"get_function_configuration": SETTINGS, **answers}, url=url)
    time = NoTime()
    return Exercise(
        aws.site(OUTPUTS),
        made_up(CONFIG, "0a1b2c", NOW),
        a_road(),
        Patience(1.0, sleep=time.sleep, clock=time.clock),
        Endpoint({}, lambda _: aws),
    )
