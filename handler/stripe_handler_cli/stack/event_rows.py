"""A table of events: what each is, what the handler decided, and what changed in the profile. Only prints."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from stripe_subscription_handler.decisions.ledger import PREFIX

_COLUMNS = (("#", 3), ("event", 44), ("decision", 22), ("what changed in the profile", 62))
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


def _table(*, header: bool) -> Table:
    table = Table(show_header=header, box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for name, width in _COLUMNS:
        table.add_column(name, width=width, overflow="fold")
    return table


def print_header(console: Console) -> None:
    console.print(_table(header=True))
    console.rule(style="dim")


def decision_text(line: Mapping[str, Any]) -> Text:
    text = Text(str(line["decision"]), style=_STYLES.get(str(line["decision"]), ""))
    text.append(f" · {line.get('error_type') or line['reason']}")
    requests = line["requests"]
    text.append(f"\n{requests} request{'' if requests == 1 else 's'}", style="dim")
    return text


def print_row(console: Console, number: int, event: Text, decision: Text, changes: Text) -> None:
    table = _table(header=False)
    table.add_row(str(number), event, decision, changes)
    console.print(table)
    console.rule(style="dim")


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
    if isinstance(value, set | frozenset):
        return ", ".join(sorted(map(str, value)))
    if not isinstance(value, Mapping):
        return str(value)
    return ", ".join(f"{name} {_part(part)}" for name, part in sorted(value.items()))


def _part(part: Any) -> str:
    if not isinstance(part, Mapping) or "accessUntil" not in part:
        return str(part)
    times = f"({part['quantity']}) " if "quantity" in part else ""
    return f"{times}{part.get('status', '')} until {part['accessUntil']}"
