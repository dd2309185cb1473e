"""Puts webhooks' events on the bus, and follows many at a time to the profiles, in a thread of its own."""

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import attrs
from botocore.exceptions import BotoCoreError, ClientError

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.stack.bus import Bus
from stripe_handler_cli.stack.following.outcome import Outcome, handled, not_admitted, not_handled
from stripe_handler_cli.stack.following.wiring import ProfileWatch, named_user
from stripe_handler_cli.stack.function_log import LogTail
from stripe_subscription_handler.webhook_bridge.bus import refuse_larger
from stripe_subscription_handler.webhook_bridge.entry import put_events_entry
from stripe_subscription_handler.webhook_bridge.receiving import ForwardingError

_AWS_ERRORS = (BotoCoreError, ClientError)


@attrs.frozen
class _Expected:
    event_id: str
    event_type: str
    user_id: str | None
    since: float


@attrs.define
class Follower:
    """Waits for what the handler says about events, and tells the outcomes in the order of the log.

    When several events of one user are under way at a time, what they change is told with the first.

    The handler may take `timeout_seconds` for one event; `clock` gives seconds from any point in time.
    """

    bus: Bus
    tail: LogTail
    profiles: ProfileWatch
    metadata_key: str
    tell: Callable[[Outcome], None]
    timeout_seconds: float = 60.0
    clock: Callable[[], float] = time.monotonic
    _expected: dict[str, deque[_Expected]] = attrs.Factory(dict)
    _lock: threading.Lock = attrs.Factory(threading.Lock)
    _stopped: threading.Event = attrs.Factory(threading.Event)

    def expect(self, event: Mapping[str, Any]) -> None:
        """An event is about to be put on the bus; called by any thread."""
        if not self.bus.admits(event):
            return
        user_id = named_user(event, self.metadata_key)
        expected = _Expected(event["id"], event["type"], user_id, self.clock())
        with self._lock:
            is_only = all(
                other.user_id != user_id for waiting in self._expected.values() for other in waiting
            )
            self._expected.setdefault(expected.event_id, deque()).append(expected)
        if is_only:
            # The webhook matters more than what is shown about it.
            with contextlib.suppress(*_AWS_ERRORS):
                self.profiles.remember(user_id)

    def forget(self, event: Mapping[str, Any]) -> None:
        """An expected event did not get on the bus; called by any thread."""
        self._remove(event["id"])

    def arrived(self, event: Mapping[str, Any]) -> None:
        """An event is on the bus; called by any thread."""
        if not self.bus.admits(event):
            self.tell(not_admitted(event, self.bus.refusal(event)))

    def _remove(self, event_id: str) -> None:
        with self._lock:
            waiting = self._expected[event_id]
            waiting.popleft()
            if not waiting:
                del self._expected[event_id]

    def run(self) -> None:
        while not self._stopped.wait(self.bus.poll_seconds):
            self.follow()

    def stop(self) -> None:
        self._stopped.set()

    def follow(self) -> None:
        """Look at the log once, if anything is expected, and tell what is known by now."""
        if not self._expected:
            return
        try:
            lines = self.tail.read()
        except _AWS_ERRORS:
            lines = []  # if this lasts, the events are told as not handled
        for line in lines:
            event_id = str(line.get("event_id"))
            expected = self._oldest(event_id)
            if expected is not None:
                self.tell(self._outcome(expected, line))
                # It was expected until now, so that nobody took a look at its user's profile.
                self._remove(event_id)
        self._give_up()

    def _oldest(self, event_id: str) -> _Expected | None:
        with self._lock:
            waiting = self._expected.get(event_id)
            return waiting[0] if waiting else None

    def _outcome(self, expected: _Expected, line: Mapping[str, Any]) -> Outcome:
        try:
            changes = self.profiles.changes(line.get("user_id"))
        except _AWS_ERRORS:
            changes = None
        return handled(expected.event_id, expected.event_type, line, changes)

    def _give_up(self) -> None:
        now = self.clock()
        with self._lock:
            oldest = [waiting[0] for waiting in self._expected.values()]
        for expected in oldest:
            if now - expected.since > self.timeout_seconds:
                self.tell(not_handled(expected.event_id, expected.event_type, self.timeout_seconds))
                self._remove(expected.event_id)


@attrs.frozen
class Forwarder:
    """Puts events on the bus. Called by many threads at a time; boto3's clients allow that."""

    put: Callable[[Mapping[str, Any]], None]
    source: str
    follower: Follower

    def __call__(self, event: Mapping[str, Any]) -> None:
        """Put an event on the bus.

        Raises:
            ForwardingError: The event is not on the bus.
        """
        refuse_larger(put_events_entry(event, self.source))
        self.follower.expect(event)
        try:
            self.put(event)
        except (CliError, *_AWS_ERRORS) as error:
            self.follower.forget(event)
            raise ForwardingError(f"the bus did not take the event: {error}") from error
        self.follower.arrived(event)
