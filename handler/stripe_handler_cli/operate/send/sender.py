"""Puts events on the bus one by one and waits for what the handler makes of each."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from stripe_handler_cli.common.waiting import poll
from stripe_handler_cli.stack.bus import Bus
from stripe_handler_cli.stack.following.outcome import Outcome, handled, not_admitted, not_handled
from stripe_handler_cli.stack.following.wiring import ProfileWatch, named_user, poll_seconds
from stripe_handler_cli.stack.function_log import LogTail


@attrs.frozen
class Sender:
    """Sends events and follows them.

    Attributes:
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
