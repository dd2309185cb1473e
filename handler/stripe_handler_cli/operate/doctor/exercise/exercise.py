"""One exercise under way: the stack, the made-up user, the road, and what the steps tell each other."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import attrs

from stripe_handler_cli.operate.doctor.exercise.made_up import MadeUp
from stripe_handler_cli.operate.doctor.exercise.roads import Road
from stripe_handler_cli.operate.doctor.exercise.waiting import Patience
from stripe_handler_cli.operate.doctor.site import Site
from stripe_handler_cli.stack.bus import is_local
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.stack.function_log import LogLine, tells_decisions


@attrs.define
class Exercise:
    """What the steps share.

    Attributes:
        aws: The same AWS as the stack's, for what wants a client with settings of its own.
        sent_at: When the first event was put; None before.
        until: When the last one was seen to be handled; what is put after it is not replayed.
        sent: Ids of the events that were put and can be applied, in their order.
        failing: Id of the event that cannot, once it was put.
        alarm_before: The alarm's state before that, AWS's word.
        lines: The function's log lines of the exercise's events that were seen, by event and attempt.
        replay: Name of the replay that was started.
        others: How many invocations of other functions than the handler's there were.
    """

    site: Site
    made: MadeUp
    road: Road
    patience: Patience
    aws: Endpoint
    sent_at: dt.datetime | None = None
    until: dt.datetime | None = None
    sent: list[str] = attrs.Factory(list)
    failing: str | None = None
    alarm_before: str | None = None
    lines: dict[tuple[str, dt.datetime], LogLine] = attrs.Factory(dict)
    replay: str | None = None
    others: int = 0

    @property
    def stack(self) -> DeployedStack:
        return self.site.stack

    @property
    def is_local(self) -> bool:
        return is_local(self.stack)

    @property
    def tells_decisions(self) -> bool:
        """Whether the function's log has a line for each event that it applied or skipped."""
        return tells_decisions(self.stack.config.log_level)

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC)

    def profile(self) -> Mapping[str, Any]:
        """The made-up user's item; empty where there is none."""
        return self.stack.tables.profile(self.made.user_id) or {}

    def put(self, event: Mapping[str, Any]) -> None:
        """Send an event that can be applied."""
        if self.sent_at is None:
            self.sent_at = self.now()
        self.sent.append(str(event["id"]))
        self.road.put(event)

    def end_of_what_is_replayed(self) -> None:
        """Let the second pass in which the last event was put, and another one: what comes then is later.

        EventBridge keeps whole seconds.
        """
        if self.until is None:
            self.until = self.now().replace(microsecond=0) + dt.timedelta(seconds=1)
            left = (self.until - self.now()).total_seconds() + 1
            self.patience.for_seconds(left, "a second has passed")

    def attempts(self, event_id: str) -> list[LogLine]:
        """The function's lines about an event, oldest first."""
        since = (self.sent_at or self.now()) - dt.timedelta(minutes=2)
        found = list(self.stack.function_log.history(event_id, since).attempts)
        self.lines.update({(event_id, line.handled_at): line for line in found})
        return found
