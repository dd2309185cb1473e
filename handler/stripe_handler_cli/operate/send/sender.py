"""Puts events on the bus one by one and waits for what the handler makes of each."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from stripe_handler_cli.common.waiting import poll
from stripe_handler_cli.operate.send.outcome import Outcome, handled, not_admitted, not_handled
from stripe_handler_cli.operate.send.profile_watch import ProfileWatch
from stripe_handler_cli.stack.bus import Bus
from stripe_handler_cli.stack.function_log import LogTail
from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.events.envelope import parse_event

LOCAL_POLL_SECONDS = 0.1
AWS_POLL_SECONDS = 1.0
"""AWS answers 5 FilterLogEvents a second in a whole account."""


def named_user(event: Mapping[str, Any], metadata_key: str) -> str | None:
    """The user an event names; None where it names none, or cannot be read."""
    try:
        return parse_event(event, user_id_metadata_key=metadata_key).user_id
    except InvalidEventError:
        return None


def poll_seconds(bus: Bus) -> float:
    """How long to wait between two looks at the function's log."""
    return LOCAL_POLL_SECONDS if bus.is_local else AWS_POLL_SECONDS


@attrs.frozen
class Sender:
    """Sends events and follows them.

    Attributes:
        put: Puts an event on the bus.
        bus: The bus.
        tail: The function's log.
        profiles: The users' profiles.
        metadata_key: The metadata key that holds user ids.
        timeout_seconds: How long the handler may take for an event.
        sleep: Waits so many seconds.
        clock: Seconds from any point in time.
    """

    put: Callable[[Mapping[str, Any]], None]
    bus: Bus
    tail: LogTail
    profiles: ProfileWatch
    metadata_key: str
    timeout_seconds: float
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def send(self, event: Mapping[str, Any]) -> Outcome:
        """Put an event on the bus, and wait until the handler has logged its decision.

        An error is an outcome like others: Lambda tries the event twice more, later.
        """
        event_id, event_type = event["id"], event["type"]
        self.profiles.remember(named_user(event, self.metadata_key))
        self.put(event)
        if not self.bus.admits(event_type):
            return not_admitted(event)
        line = self._logged(event_id)
        if line is None:
            note = not_handled(self.timeout_seconds)
            return Outcome(event_id, event_type, note=note, is_failure=True)
        return handled(event_id, event_type, line, self.profiles.changes(line.get("user_id")))

    def _logged(self, event_id: str) -> Mapping[str, Any] | None:
        return poll(
            lambda: next((line for line in self.tail.read() if line.get("event_id") == event_id), None),
            every_seconds=poll_seconds(self.bus),
            timeout_seconds=self.timeout_seconds,
            sleep=self.sleep,
            clock=self.clock,
        )
