"""The running pipeline: puts Stripe events on the bus, follows them by the function's log, reads results."""

import json
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
from boto3.dynamodb.types import TypeDeserializer

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.stack.putting import put_all
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.webhook_bridge.entry import bus_entry

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_sqs import SQSClient

PARTNER_SOURCE_PREFIX = "aws.partner/"
_POLL_SECONDS = 0.05
_Found = TypeVar("_Found")
_deserialize = TypeDeserializer().deserialize


class InVainError(CliError):
    """Something that was waited for did not come."""


def lambda_log_line(message: str) -> dict[str, Any] | None:
    """Read one of the handler's own log lines; None for what Lambda itself writes."""
    start = message.find("{")
    if start < 0:
        return None
    try:
        line = json.loads(message[start:])
    except ValueError:
        return None
    return line if isinstance(line, dict) and "decision" in line else None


@attrs.frozen
class Pipeline:
    """A deployed stack's moving parts.

    Attributes:
        outputs: Terraform's outputs.
        source: The `source` of the events put: the partner event source's name, or a bridge's own.
        config: How profiles are keyed.
        events: EventBridge.
        dynamodb: DynamoDB.
        logs: CloudWatch Logs.
        queues: SQS.
    """

    outputs: Mapping[str, Any]
    source: str
    config: Config
    events: "EventBridgeClient"
    dynamodb: "DynamoDBClient"
    logs: "CloudWatchLogsClient"
    queues: "SQSClient"

    @classmethod
    def of(
        cls, endpoint: Endpoint, outputs: Mapping[str, Any], source: str, config: Config | None = None
    ) -> "Pipeline":
        """Connect to a deployed stack; its profiles have the default keys unless a config says otherwise."""
        config = config or Config(
            table_name=outputs["profile_table_name"], sync_table_name=outputs["sync_table_name"]
        )
        return cls(
            outputs, source, config, endpoint.events, endpoint.dynamodb, endpoint.logs, endpoint.queues
        )

    @property
    def _is_partner(self) -> bool:
        return self.source.startswith(PARTNER_SOURCE_PREFIX)

    def put(self, *stripe_events: Mapping[str, Any]) -> None:
        """Put Stripe events on the bus, as Stripe would (partner bus) or as a bridge would (custom bus).

        Raises:
            CliError: EventBridge refused an event.
        """
        bus = {} if self._is_partner else {"EventBusName": self.outputs["event_bus_name"]}
        put_all(
            self.events.put_partner_events if self._is_partner else self.events.put_events,
            [{**bus_entry(event, self.source), **bus} for event in stripe_events],
        )

    def log_lines(self, since: datetime | None = None) -> list[dict[str, Any]]:
        """Every log line of the handler so far, or since a moment, oldest first."""
        # The pattern leaves out what Lambda itself writes, and the stack traces, which are most of a log.
        pages = self.logs.get_paginator("filter_log_events").paginate(
            logGroupName=self.outputs["log_group_name"],
            filterPattern="decision",
            startTime=int(since.timestamp() * 1000) if since else 0,
        )
        found = ((event["timestamp"], event["message"]) for page in pages for event in page["events"])
        return [line for _, message in sorted(found) if (line := lambda_log_line(message))]

    def follow(self, event_id: str, deliveries: int = 1, timeout_seconds: float = 60) -> dict[str, Any]:
        """Wait until the handler has logged an event so many times, and return the last of those lines.

        Raises:
            InVainError: It did not within the time given.
        """

        def logged() -> dict[str, Any] | None:
            lines = [line for line in self.log_lines() if line.get("event_id") == event_id]
            return lines[deliveries - 1] if len(lines) >= deliveries else None

        return wait_for(logged, f"the handler logs event {event_id}", timeout_seconds)

    def profile(self, user_id: str) -> dict[str, Any]:
        """A user's profile item, empty when there is none."""
        key: Any = {name: {"S": value} for name, value in self.config.profile_key(user_id).items()}
        response = self.dynamodb.get_item(TableName=self.config.table_name, Key=key, ConsistentRead=True)
        return {name: _deserialize(value) for name, value in response.get("Item", {}).items()}

    def receive(self, queue_url: str, timeout_seconds: float = 60) -> dict[str, Any]:
        """Wait for a message in a queue, and return it without deleting it (visible again at once).

        Raises:
            InVainError: None came within the time given.
        """

        def received() -> dict[str, Any] | None:
            response = self.queues.receive_message(
                QueueUrl=queue_url,
                WaitTimeSeconds=1,
                VisibilityTimeout=0,
                MessageAttributeNames=["All"],
                MessageSystemAttributeNames=["All"],
            )
            messages: list[Any] = response.get("Messages", [])
            return messages[0] if messages else None

        return wait_for(received, f"a message in {queue_url.rpartition('/')[2]}", timeout_seconds)


def wait_for(look: Callable[[], _Found | None], wanted: str, timeout_seconds: float) -> _Found:
    """Look again and again until something is there.

    Raises:
        InVainError: Nothing was there within the time given; the message names what was wanted.
    """
    deadline = time.monotonic() + timeout_seconds
    while True:
        found = look()
        if found is not None:
            return found
        if time.monotonic() > deadline:
            raise InVainError(f"waited {timeout_seconds:.0f} s in vain until {wanted}")
        time.sleep(_POLL_SECONDS)
