"""What a replay did, from the log lines of its events. Pure; keeps counts, not lines."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import attrs

from stripe_handler_cli.stack.function_log import LogLine
from stripe_handler_cli.stack.function_log.lines import ERROR


@attrs.define
class UserChange:
    """What a replay changed in one profile.

    Attributes:
        events: The events that changed it, in the order in which they were handled.
        changed: Names of the view's attributes they changed.
    """

    events: list[str] = attrs.Factory(list)
    changed: set[str] = attrs.Factory(set)


@attrs.define
class Summary:
    """What became of a replay's events; lines are added in order of time.

    Attributes:
        decisions: (decision, reason) → events; of an error, its type. An event counts by its last line.
        users: User → what changed in the profile.
        failed: Event → its last error, for events whose last attempt failed.
    """

    lines: int = 0
    decisions: Counter[tuple[str, str]] = attrs.Factory(Counter)
    users: dict[str, UserChange] = attrs.Factory(dict)
    failed: dict[str, str] = attrs.Factory(dict)

    def add(self, line: LogLine) -> None:
        self.lines += 1
        self._count(line)
        for user_id, event_id, changed in _writes(line):
            if changed:
                user = self.users.setdefault(user_id, UserChange())
                user.events.append(event_id)
                user.changed.update(changed)

    def _count(self, line: LogLine) -> None:
        event_id = line.event_id or "?"
        earlier = self.failed.pop(event_id, None)
        if earlier is not None:
            self.decisions[ERROR, earlier] -= 1
        if line.decision == ERROR:
            self.failed[event_id] = line.error_type or "?"
        self.decisions[line.decision, self.failed.get(event_id) or line.reason or "?"] += 1

    @property
    def events(self) -> int:
        return self.decisions.total()

    def as_json(self) -> dict[str, Any]:
        return {
            "events": self.events,
            "decisions": [
                {"decision": decision, "reason": reason, "events": count}
                for (decision, reason), count in self.counted()
            ],
            "failed": dict(sorted(self.failed.items())),
            "users": {
                user_id: {"events": change.events, "changed": sorted(change.changed)}
                for user_id, change in sorted(self.users.items())
            },
        }

    def counted(self) -> list[tuple[tuple[str, str], int]]:
        """Decisions and reasons with their number of events, the most frequent first."""
        return [(key, count) for key, count in self.decisions.most_common() if count > 0]


def _writes(line: LogLine) -> Iterable[tuple[str, str, tuple[str, ...]]]:
    if line.user_id and line.event_id and line.changed:
        yield line.user_id, line.event_id, line.changed
    for other in line.also_applied:
        yield other.user_id, other.event_id, other.changed
