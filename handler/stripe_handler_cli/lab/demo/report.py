"""Draws the demo for people: its deliveries, and the profile in the end. Only prints."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from stripe_handler_cli.common.tables import fields
from stripe_handler_cli.lab.demo.life import Delivery
from stripe_handler_cli.stack.event_rows import VIEW_KEYS, changes_text, decision_text, print_row
from stripe_subscription_handler.decisions.ledger import PREFIX


def print_delivery(
    console: Console,
    number: int,
    delivery: Delivery,
    line: Mapping[str, Any],
    changes: Mapping[str, tuple[Any, Any]],
) -> None:
    """Print one delivery: the event, the handler's decision from its log, and the changes."""
    event = Text(delivery.event["type"], style="bold")
    event.append(f"\n{delivery.title}", style="dim")
    if delivery.kind:
        event.append(f"\n({delivery.kind})", style="yellow")
    print_row(console, number, event, decision_text(line), changes_text(changes))


def print_profile(console: Console, profile: Mapping[str, Any]) -> None:
    """Print the final profile, without the ledger."""
    names = sorted(profile, key=lambda name: (name not in VIEW_KEYS, name))
    rows = ((name, str(profile[name])) for name in names if not name.startswith(PREFIX))
    console.print(fields(rows, "The profile your app reads"))
