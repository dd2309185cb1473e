"""A table of events: what each is, what the handler decided, and what changed in the profile. Only prints."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from stripe_handler_cli.common.tables import Table
from stripe_handler_cli.common.words import in_words, plural
from stripe_subscription_handler.decisions.ledger import PREFIX

_COLUMNS = ("#", "event", "decision", "what changed in the profile")
_WIDTHS = (3, 44, 22, 40)
"""Rows are printed as they come, so that nobody knows how wide the next one is."""
_STYLES = {"write": "green", "skip": "yellow", "error": "red"}
VIEW_KEYS = ("PK", "SK")
"""The keys of a profile, as the handler has them by default."""


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The view's attributes that differ: name → (old, new), None where absent. The ledger is left out."""
    names = [n for n in {**before, **after} if not n.startswith(PREFIX) and n not in VIEW_KEYS]
    return {
        name: (before.get(name), after.get(name))
        for name in sorted(names)
        if before.get(name) != after.get(name)
    }


def _table(*, has_heading: bool) -> Table:
    return Table(_COLUMNS, prose=frozenset(_COLUMNS[2:]), widths=_WIDTHS, has_heading=has_heading)


def print_header(console: Console) -> None:
    """Print what stands above the columns, where there are columns."""
    heading = _table(has_heading=True)
    if not heading.is_told_as_records(console):
        console.print(heading)
    _rule(console)


def _rule(console: Console) -> None:
    if console.is_terminal:
        console.rule(style="dim")


def decision_text(line: Mapping[str, Any]) -> Text:
    text = Text(str(line["decision"]), style=_STYLES.get(str(line["decision"]), ""))
    text.append(f" · {line.get('error_type') or line['reason']}")
    text.append(f"\n{plural(line['requests'], 'request')}", style="dim")
    return text


def print_row(console: Console, number: int, event: Text, decision: Text, changes: Text) -> None:
    row = _table(has_heading=False)
    row.add_row(str(number), event, decision, changes)
    console.print(row)
    _rule(console)


def changes_text(changes: Mapping[str, tuple[Any, Any]]) -> Text:
    if not changes:
        return Text("nothing", style="dim")
    text = Text()
    for name, (old, new) in changes.items():
        text.append("\n" if text else "")
        text.append(f"{name}  ", style="cyan")
        if old is not None:
            text.append(f"{value_text(old)} → ", style="dim")
        text.append("removed" if new is None else value_text(new), style="red" if new is None else "")
    return text


def value_text(value: Any) -> str:
    """An attribute's value: of products how many, in which status and until when, of a set its members."""
    if not isinstance(value, Mapping):
        return in_words(value)
    return ", ".join(f"{name} {_part(part)}" for name, part in sorted(value.items()))


def _part(part: Any) -> str:
    if not isinstance(part, Mapping) or "accessUntil" not in part:
        return in_words(part)
    times = f"({part['quantity']}) " if "quantity" in part else ""
    return f"{times}{part.get('status', '')} until {part['accessUntil']}"
