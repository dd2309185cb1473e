"""Draws what waits for a user, for people. Only prints."""

from rich.console import Console

from stripe_handler_cli.common.tables import table
from stripe_handler_cli.operate.parked.waiting import Waiting


def print_waiting(console: Console, waiting: Waiting) -> None:
    if waiting.events:
        rows = table("expires", "parked", "subscription", "customer", "type", "event")
        for event in waiting.events:
            rows.add_row(
                event.expires_at,
                event.parked_at,
                event.subscription_id or "",
                event.customer_id,
                event.event_type or "unreadable",
                event.event_id,
                style="yellow" if event.is_expiring else None,
            )
        console.print(rows, markup=False)
    said = f"{waiting.parked} waiting, {waiting.expiring} of them expire within 7 days."
    console.print(said, markup=False)
