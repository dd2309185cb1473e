"""The command `stripe-handler parked`: what waits for a user, as a table or as JSON."""

import json
import time
from typing import TYPE_CHECKING

import click

from stripe_handler_cli.common.options import json_option
from stripe_handler_cli.stack.options import stack_options

if TYPE_CHECKING:
    from stripe_handler_cli.stack.deployed import DeployedStack


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
@json_option
def parked(*, stack: "DeployedStack", expiring: bool, limit: int, count: bool, as_json: bool) -> int:
    """List the events that wait for a user, the first to expire first.

    An event waits when nobody can say whose subscription it is about. Put the user's id into the
    subscription's metadata in Stripe: that update applies everything that waits for it. Exit code 1 if events
    expire within 7 days.
    """
    import attrs

    from stripe_handler_cli.common.console import printer
    from stripe_handler_cli.common.tables import table
    from stripe_handler_cli.operate.parked.waiting import count_now, read_waiting

    if count:
        count_now(stack.endpoint.functions, stack.invoked_function)
    table_name = stack.output("sync_table_name")
    waiting = read_waiting(
        stack.endpoint.dynamodb, table_name, int(time.time()), limit=limit, expiring_only=expiring
    )
    if as_json:
        click.echo(json.dumps(attrs.asdict(waiting)))
        return 1 if waiting.expiring else 0
    console = printer()
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
    return 1 if waiting.expiring else 0
