"""The running pipeline: puts Stripe events on the bus, follows them by the function's log, reads results."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.waiting import wait_for
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.stack.event_pattern import EventPattern
from stripe_handler_cli.stack.function_log import FunctionLog, phrase
from stripe_handler_cli.stack.stored import StackTables
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.webhook_bridge.entry import put_events_entry

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_sqs import SQSClient

PARTNER_SOURCE_PREFIX = "aws.partner/"
_BATCH = 10
"""EventBridge takes no more entries at once."""


def put_all(put: Callable[..., Any], entries: Sequence[Mapping[str, Any]]) -> None:
    """Put entries in order, by a client's `put_events` or `put_partner_events`.

    Raises:
        CliError: EventBridge refused one.
    """
    for start in range(0, len(entries), _BATCH):
        answer = put(Entries=list(entries[start : start + _BATCH]))
        if answer["FailedEntryCount"]:
            refused = next(entry for entry in answer["Entries"] if entry.get("ErrorCode"))
            raise CliError(f"EventBridge refused an event: {refused['ErrorCode']}: {refused['ErrorMessage']}")


@attrs.frozen
class Pipeline:
    """A deployed stack's moving parts.

    Events are put under the `source`: the partner event source's name, or a bridge's own.
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
    def event_pattern(self) -> EventPattern:
        """What the deployed rule admits."""
        name, bus = self.outputs["rule_name"], self.outputs["event_bus_name"]
        return EventPattern.of(self.events.describe_rule(Name=name, EventBusName=bus))

    @property
    def _is_partner(self) -> bool:
        return self.source.startswith(PARTNER_SOURCE_PREFIX)

    def put(self, *stripe_events: Mapping[str, Any]) -> None:
        """Put Stripe events on the bus, as Stripe would (partner bus) or as a bridge would (custom bus)."""
        bus = {} if self._is_partner else {"EventBusName": self.outputs["event_bus_name"]}
        put_all(
            self.events.put_partner_events if self._is_partner else self.events.put_events,
            [{**put_events_entry(event, self.source), **bus} for event in stripe_events],
        )

    def log_lines(self, since: datetime | None = None) -> list[dict[str, Any]]:
        """Every log line of the handler so far, or since a moment, oldest first."""
        return FunctionLog(self.logs, self.outputs["log_group_name"]).values(since)

    def follow(self, event_id: str, deliveries: int = 1, timeout_seconds: float = 60) -> dict[str, Any]:
        """Wait for the line of an event's last delivery; raise `InVainError` if it does not come."""
        log, pattern = FunctionLog(self.logs, self.outputs["log_group_name"]), phrase(event_id)

        def logged() -> dict[str, Any] | None:
            lines = [line for line in log.values(pattern=pattern) if line.get("event_id") == event_id]
            return lines[deliveries - 1] if len(lines) >= deliveries else None

        return wait_for(logged, f"the handler logs event {event_id}", timeout_seconds, slower=0.02)

    def profile(self, user_id: str) -> dict[str, Any]:
        """A user's profile item, empty when there is none."""
        return StackTables(self.dynamodb, self.config).profile(user_id) or {}

    def receive(self, queue_url: str, timeout_seconds: float = 60) -> dict[str, Any]:
        """Return a queue's next message, visible again at once; raise `InVainError` if none comes in time."""

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
