"""What became of an event that was put on the bus, and how it is shown. Prints; finds nothing."""

from collections.abc import Mapping
from typing import Any

import attrs
from rich.console import Console
from rich.text import Text

from stripe_handler_cli.demo import report

Changes = Mapping[str, tuple[Any, Any]]


@attrs.frozen
class Outcome:
    """What became of an event.

    Attributes:
        event_id: Stripe's event id.
        event_type: Its type.
        line: The handler's log line; None where there is none.
        note: Why there is none.
        changes: What changed in the profile: name → (old, new); None where what stood before is not known.
        is_failure: Whether the event did not do what it was sent for.
    """

    event_id: str
    event_type: str
    line: Mapping[str, Any] | None = None
    note: str = ""
    changes: Changes | None = None
    is_failure: bool = False

    def as_json(self) -> dict[str, Any]:
        """One JSON object."""
        line = self.line or {}
        return {
            "event_id": self.event_id,
            "event_type": self.event_type,
            "user_id": line.get("user_id"),
            "decision": line.get("decision"),
            "reason": line.get("reason"),
            "error_type": line.get("error_type"),
            "note": self.note or None,
            "changes": None if self.changes is None else {k: list(v) for k, v in self.changes.items()},
        }


def handled(
    event_id: str, event_type: str, line: Mapping[str, Any], changes: Changes | None = None
) -> Outcome:
    """The outcome of an event that the handler has logged."""
    return Outcome(event_id, event_type, line, "", changes, is_failure=line["decision"] == "error")


def print_outcome(console: Console, number: int, outcome: Outcome) -> None:
    """Print an outcome as a row like those of the demo."""
    event = Text(outcome.event_type, style="bold")
    event.append(f"\n{outcome.event_id}", style="dim")
    decision, changes = Text(outcome.note, style="red" if outcome.is_failure else "dim"), Text()
    if outcome.line is not None:
        decision = report.decision_text(outcome.line)
        user = outcome.line.get("user_id")
        event.append(f"\nuser {user}" if user else "", style="dim")
        changes = _changes(outcome)
    report.print_row(console, number, event, decision, changes)


def _changes(outcome: Outcome) -> Text:
    line = outcome.line or {}
    if outcome.is_failure:
        return Text(str(line.get("reason") or ""), style="red")
    if outcome.changes is not None:
        return report.changes_text(outcome.changes)
    # Only the handler knew whose event this was, so nobody looked at the profile before it.
    old, new = line.get("old_status"), line.get("new_status")
    return report.changes_text({"subscriptionStatus": (old, new)} if old != new else {})
