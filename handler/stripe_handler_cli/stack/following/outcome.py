"""What became of an event that was put on the bus, and how it is shown. Prints; finds nothing."""

from collections.abc import Mapping
from typing import Any

import attrs
from rich.console import Console
from rich.text import Text

from stripe_handler_cli.stack.event_rows import changes_text, decision_text, print_row
from stripe_handler_cli.stack.stored import plain

Changes = Mapping[str, tuple[Any, Any]]


@attrs.frozen
class Outcome:
    """What became of an event.

    Attributes:
        line: The handler's log line.
        note: Why there is no line.
        changes: What changed in the profile: name → (old, new); None if what stood before is not known.
        is_failure: Whether the event did not do what it was sent for.
    """

    event_id: str
    event_type: str
    line: Mapping[str, Any] | None = None
    note: str = ""
    changes: Changes | None = None
    is_failure: bool = False

    @property
    def is_handled(self) -> bool:
        return self.line is not None

    def as_json(self) -> dict[str, Any]:
        changes = None
        if self.changes is not None:
            changes = {name: [plain(old), plain(new)] for name, (old, new) in self.changes.items()}
        return {
            "event_id": self.event_id,
            "event_type": self.event_type,
            **{name: (self.line or {}).get(name) for name in ("user_id", "decision", "reason", "error_type")},
            "note": self.note or None,
            "changes": changes,
        }


def handled(event_id: str, event_type: str, line: Mapping[str, Any], changes: Changes | None) -> Outcome:
    return Outcome(event_id, event_type, line, "", changes, is_failure=line["decision"] == "error")


def not_admitted(event: Mapping[str, Any], refusal: str) -> Outcome:
    """The outcome of an event that the rule does not hand to the function: it is on the bus for others."""
    return Outcome(event["id"], event["type"], note=f"on the bus; {refusal}")


def not_handled(event_id: str, event_type: str, timeout_seconds: float) -> Outcome:
    note = f"not handled within {timeout_seconds:g} s; the function's log and `dlq list` may tell why"
    return Outcome(event_id, event_type, note=note, is_failure=True)


def print_outcome(console: Console, number: int, outcome: Outcome) -> None:
    event = Text(outcome.event_type, style="bold")
    event.append(f"\n{outcome.event_id}", style="dim")
    decision, changes = Text(outcome.note, style="red" if outcome.is_failure else "dim"), Text()
    if outcome.line is not None:
        decision = decision_text(outcome.line)
        user = outcome.line.get("user_id")
        event.append(f"\nuser {user}" if user else "", style="dim")
        changes = _changes(outcome)
    print_row(console, number, event, decision, changes)


def _changes(outcome: Outcome) -> Text:
    line = outcome.line or {}
    if outcome.is_failure:
        return Text(str(line.get("reason") or ""), style="red")
    if outcome.changes is not None:
        return changes_text(outcome.changes)
    # Only the handler knew whose event this was, so nobody looked at the profile before it.
    old, new = line.get("old_status"), line.get("new_status")
    return changes_text({"subscriptionStatus": (old, new)} if old != new else {})
