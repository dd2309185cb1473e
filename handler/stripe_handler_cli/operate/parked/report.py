"""Tells what waits for a user, and what to do about it: as a table, or as JSON. Decides nothing."""

from typing import Any

import attrs
from rich.console import Console

from stripe_handler_cli.common.tables import table
from stripe_handler_cli.operate.parked.waiting import Waiting


def waiting_as_json(waiting: Waiting, stack_options: str) -> dict[str, Any]:
    """Each event has its next step as well; `stack_options` lead that to the same stack."""
    events = [attrs.asdict(event) | {"next": event.next_step(stack_options)} for event in waiting.events]
    return attrs.asdict(waiting) | {"events": events}


def print_waiting(console: Console, waiting: Waiting, stack_options: str) -> None:
    """Below the table stands the next step, once for each subscription."""
    if waiting.events:
        rows = table("expires", "parked", "subscription", "customer", "type", "event")
        for event in waiting.events:
            rows.add_row(
                f"{event.expires_at}, soon" if event.is_expiring else event.expires_at,
                event.parked_at,
                event.subscription_id or "",
                event.customer_id,
                event.what,
                event.event_id,
                style="yellow" if event.is_expiring else "",
            )
        console.print(rows, markup=False)
    said = f"{waiting.parked} waiting; to expire within 7 days: {waiting.expiring}."
    console.print(said, markup=False)
    steps = dict.fromkeys(event.next_step(stack_options) for event in waiting.events)
    steps.pop(None, None)
    if steps:
        names_a_user = any(" USER" in step for step in steps if step)
        console.print("Next, with your user's id for USER:" if names_a_user else "Next:")
        for step in steps:
            # Not folded: it is to be copied.
            console.print(f"  {step}", markup=False, soft_wrap=True)
