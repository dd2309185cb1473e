"""Draws what waits for a user, for people. Only prints."""

from rich.console import Console
from rich.table import Table

from stripe_handler_cli.operate.parked.waiting import Waiting


def print_waiting(console: Console, waiting: Waiting) -> None:
    """Print the events, and how many there are."""
    if waiting.events:
        table = Table(box=None, pad_edge=False)
        for title in ("expires", "parked", "subscription", "customer", "type", "event"):
            table.add_column(title, overflow="fold")
        for event in waiting.events:
            table.add_row(
                event.expires_at,
                event.parked_at,
                event.subscription_id or "",
                event.customer_id,
                event.event_type or "unreadable",
                event.event_id,
                style="yellow" if event.is_expiring else None,
            )
        console.print(table, markup=False)
    said = f"{waiting.parked} waiting, {waiting.expiring} of them expire within 7 days."
    console.print(said, markup=False)
