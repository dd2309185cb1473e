"""A log line of the handler as a typed value. Pure; its fields are the public contract in README.md."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs

from stripe_subscription_handler.config import LogLevel
from stripe_subscription_handler.conversation.messages import Applied

QUIET_FUNCTION = "What was applied or skipped is not in the log: `log_level` is above INFO."
"""What to say of a function that logs errors and warnings only."""
WRITE, SKIP, ERROR = "write", "skip", "error"
"""The words of `decision`."""

Logged = tuple[int, str]
"""When CloudWatch Logs got a line, in Unix milliseconds, and its text."""


def tells_decisions(level: LogLevel) -> bool:
    """Whether a function that logs from this level leaves a line for each event it applied or skipped."""
    return level in {LogLevel.DEBUG, LogLevel.INFO}


def read_values(logged: Logged) -> dict[str, Any] | None:
    """Read one of the handler's own log lines; None for what Lambda itself writes."""
    message = logged[1]
    start = message.find("{")
    if start < 0:
        return None
    try:
        values = json.loads(message[start:])
    except ValueError:
        return None
    return values if isinstance(values, dict) and "decision" in values else None


def _optional_text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _names(value: Any) -> tuple[str, ...]:
    return tuple(name for name in value if isinstance(name, str)) if isinstance(value, list) else ()


@attrs.frozen(kw_only=True)
class LogLine:
    """One event, handled once.

    Attributes:
        handled_at: When the line was written, in UTC.
        event_created: Stripe's second, ISO-8601 UTC.
        decision: `write`, `skip` or `error`.
        reason: Why; of an error, its message.
        error_type: Of an error, its class.
        changed: Names of the view's attributes that a write changed; None if the line does not tell, as those
            of earlier versions of the handler.
        also_applied: What else was written on the way.
        incomplete: What of the event's subscription the profile does not know: names of own attributes that
            gave no value that can be kept, and `items` where the event did not bring all.
        source: The EventBridge `source` it came under, which earlier versions of the handler do not tell.
        old_status: The status that the profile showed before.
        new_status: The one that it shows since, of whichever subscription is shown.
        requests: How many requests it made of DynamoDB; 0 where the line does not tell.
    """

    handled_at: datetime
    decision: str
    event_id: str | None = None
    event_type: str | None = None
    event_created: str | None = None
    subscription_id: str | None = None
    user_id: str | None = None
    reason: str | None = None
    error_type: str | None = None
    changed: tuple[str, ...] | None = None
    also_applied: tuple[Applied, ...] = ()
    incomplete: tuple[str, ...] = ()
    replay: str | None = None
    source: str | None = None
    duration_ms: float = 0.0
    old_status: str | None = None
    new_status: str | None = None
    requests: int = 0

    @property
    def began_at(self) -> datetime:
        """When its handling began: everything it wrote was written between this moment and `handled_at`."""
        # The line tells whole milliseconds, rounded down.
        return self.handled_at - timedelta(milliseconds=self.duration_ms + 1)

    def wrote_to(self, user_id: str) -> bool:
        """Whether it changed what a user's profile shows, by itself or with what it applied on the way."""
        is_own = self.decision == WRITE and self.user_id == user_id and bool(self.changed)
        return is_own or any(one.user_id == user_id and one.changed for one in self.also_applied)

    def with_user(self, logged_as: str, user_id: str) -> "LogLine":
        """The same line with a user's id in place of what stands for it in the log."""
        others = tuple(
            attrs.evolve(other, user_id=user_id) if other.user_id == logged_as else other
            for other in self.also_applied
        )
        mine = user_id if self.user_id == logged_as else self.user_id
        return attrs.evolve(self, user_id=mine, also_applied=others)

    @classmethod
    def of(cls, values: Mapping[str, Any], received_at: datetime) -> "LogLine":
        """Read a line's JSON object; `received_at` counts for a line that does not tell its own time."""
        others = values.get("also_applied")
        changed = values.get("changed")
        duration, requests = values.get("duration_ms"), values.get("requests")
        texts = [field.name for field in attrs.fields(cls) if field.type == str | None]
        return cls(
            handled_at=_moment(values.get("timestamp")) or received_at,
            decision=str(values["decision"]),
            changed=None if changed is None else _names(changed),
            also_applied=tuple(map(_also_applied, others)) if isinstance(others, list) else (),
            incomplete=_names(values.get("incomplete")),
            duration_ms=float(duration) if isinstance(duration, int | float) else 0.0,
            requests=requests if isinstance(requests, int) else 0,
            **{name: _optional_text(values.get(name)) for name in texts},
        )


def read_line(logged: Logged) -> LogLine | None:
    """Read one of the handler's own log lines as a typed value; None for what Lambda itself writes."""
    values = read_values(logged)
    return None if values is None else LogLine.of(values, datetime.fromtimestamp(logged[0] / 1000, UTC))


def _also_applied(value: Mapping[str, Any]) -> Applied:
    return Applied(
        event_id=str(value.get("event_id")),
        user_id=str(value.get("user_id")),
        reason=str(value.get("reason")),
        changed=_names(value.get("changed")),
    )


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
