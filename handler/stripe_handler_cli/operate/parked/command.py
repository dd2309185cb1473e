"""The command `stripe-handler parked`: what waits for a user, as a table or as JSON. Thin."""

import json
import time

import attrs
import click
from rich.console import Console
from rich.table import Table

from stripe_handler_cli.operate.parked import Waiting, count_now, read_waiting
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.options import stack_options

_WIDTH = 160
"""Columns where the output is no terminal, so that tables in files and pipes are not folded."""


@click.command(
    epilog="""\b
Examples:
  stripe-handler parked
  stripe-handler parked --expiring --json | jq -r '.events[].subscription_id'
  stripe-handler parked --count --workspace production
"""
)
@stack_options
@click.option("--expiring", is_flag=True, help="List only those that expire within 7 days.")
@click.option(
    "--limit", type=click.IntRange(min=1), default=50, show_default=True, help="How many to list at most."
)
@click.option(
    "--count", is_flag=True, help="Have the function count too, for the alarms; it does so once an hour."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")
def parked(*, stack: DeployedStack, expiring: bool, limit: int, count: bool, as_json: bool) -> int:
    """List the events that wait for a user, the first to expire first.

    An event waits when nobody can say whose subscription it is about. Put the user's id into the
    subscription's metadata in Stripe: that update applies everything that waits for it. Exit code 1 if events
    expire within 7 days.
    """
    if count:
        count_now(stack.endpoint.functions, stack.invoked_function)
    table_name = stack.output("sync_table_name")
    waiting = read_waiting(
        stack.endpoint.dynamodb, table_name, int(time.time()), limit=limit, expiring_only=expiring
    )
    if as_json:
        click.echo(json.dumps(attrs.asdict(waiting)))
    else:
        _print(waiting)
    return 1 if waiting.expiring else 0


def _print(waiting: Waiting) -> None:
    console = Console()
    console = console if console.is_terminal else Console(width=_WIDTH)
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
        console.print(table, markup=False, highlight=False)
    said = f"{waiting.parked} waiting, {waiting.expiring} of them expire within 7 days."
    console.print(said, highlight=False, markup=False)
