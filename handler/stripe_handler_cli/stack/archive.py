"""The archive and its replays, by EventBridge's API. Decides nothing about events.

Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_StartReplay.html
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import attrs
from botocore.exceptions import ClientError

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.stack.deployed import DeployedStack

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

ENDED = frozenset({"COMPLETED", "CANCELLED", "FAILED"})
"""States in which a replay does nothing more."""


@attrs.frozen
class ArchiveSize:
    """What an archive holds by AWS's count, which lags; 0 days of retention mean for ever."""

    name: str
    events: int
    size_bytes: int
    retention_days: int


@attrs.frozen
class Replay:
    """A replay of the events from `start` to `end`, as EventBridge describes it.

    `last_event_at` is the time of the last event replayed so far.
    """

    name: str
    state: str
    reason: str | None
    start: datetime
    end: datetime
    began_at: datetime
    last_event_at: datetime | None

    @property
    def is_over(self) -> bool:
        return self.state in ENDED

    @property
    def percent(self) -> int | None:
        """How much of the range of time is replayed; None before anything is."""
        if self.state == "COMPLETED":
            return 100
        if self.last_event_at is None:
            return None
        share = (self.last_event_at - self.start) / (self.end - self.start)
        return int(100 * min(max(share, 0.0), 1.0))


@attrs.frozen
class Archive:
    """The archive of a deployed stack. A replay goes to its own bus, and there to one rule alone."""

    client: "EventBridgeClient"
    name: str
    arn: str
    bus_arn: str
    rule_arn: str

    @classmethod
    def of(cls, stack: DeployedStack, *, is_bridges: bool = False) -> "Archive":
        """The archive of a stack's bus, or that of the webhook bridge's own bus.

        Raises:
            CliError: The stack has no such archive.
        """
        of, bus = ("webhook_bridge_", "bus_arn") if is_bridges else ("", "event_bus_arn")
        outputs = (stack.output(f"{of}{name}") for name in ("archive_name", "archive_arn", bus, "rule_arn"))
        return cls(stack.endpoint.events, *outputs)

    def size(self) -> ArchiveSize:
        found: Any = self.client.describe_archive(ArchiveName=self.name)
        return ArchiveSize(
            self.name, found.get("EventCount", 0), found.get("SizeBytes", 0), found.get("RetentionDays", 0)
        )

    def start(self, name: str, start: datetime, end: datetime) -> None:
        self.client.start_replay(
            ReplayName=name,
            Description="stripe-handler replay",
            EventSourceArn=self.arn,
            EventStartTime=start,
            EventEndTime=end,
            Destination={"Arn": self.bus_arn, "FilterArns": [self.rule_arn]},
        )

    def replay(self, name: str) -> Replay:
        """Ask how far a replay is.

        Raises:
            CliError: There is none of this name.
        """
        try:
            found: Any = self.client.describe_replay(ReplayName=name)
        except ClientError as error:
            if error.response["Error"].get("Code") != "ResourceNotFoundException":
                raise
            raise CliError(f"EventBridge knows no replay {name}; it forgets them after 90 days") from error
        return Replay(
            name=name,
            state=found["State"],
            reason=found.get("StateReason") or None,
            start=found["EventStartTime"],
            end=found["EventEndTime"],
            began_at=found["ReplayStartTime"],
            last_event_at=found.get("EventLastReplayedTime"),
        )

    def cancel(self, name: str) -> None:
        """Stop a replay; what it has sent is handled all the same.

        Raises:
            CliError: There is none of this name, or it has ended.
        """
        state = self.replay(name).state
        if state in ENDED:
            raise CliError(f"The replay {name} has ended already: {state}")
        self.client.cancel_replay(ReplayName=name)
