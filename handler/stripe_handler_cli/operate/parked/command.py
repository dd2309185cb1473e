"""The command `stripe-handler parked`: what waits for a user, as a table or as JSON."""

import json
import time
from typing import TYPE_CHECKING

import click

from stripe_handler_cli.common.options import json_option
from stripe_handler_cli.stack.options import given_stack_options, stack_options

if TYPE_CHECKING:
    from stripe_handler_cli.stack.deployed import DeployedStack


@click.command(
    epilog="""\b
Examples:
  stripe-handler parked
  stripe-handler parked --expiring --json | jq -r '.events[].next'
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

    An event waits when nobody can say whose subscription it is about. `stripe-handler link` puts the user's
    id into the subscription's metadata at Stripe: that update applies everything that waits for it. Exit code
    1 if events expire within 7 days.
    """
    from stripe_handler_cli.common.console import printer
    from stripe_handler_cli.operate.parked.report import print_waiting, waiting_as_json
    from stripe_handler_cli.operate.parked.waiting import count_now, read_waiting

    if count:
        count_now(stack.endpoint.functions, stack.invoked_function)
    table_name = stack.output("sync_table_name")
    waiting = read_waiting(
        stack.endpoint.dynamodb, table_name, int(time.time()), limit=limit, expiring_only=expiring
    )
    options = given_stack_options(click.get_current_context())
    if as_json:
        click.echo(json.dumps(waiting_as_json(waiting, options)))
    else:
        print_waiting(printer(), waiting, options)
    return 1 if waiting.expiring else 0
