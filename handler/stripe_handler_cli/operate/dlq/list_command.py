"""The commands `stripe-handler dlq list` and `show`: options in, tables or JSON out. Thin."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.options import json_option
from stripe_handler_cli.operate.dlq.options import selection_options
from stripe_handler_cli.operate.dlq.selection import Selection
from stripe_handler_cli.stack.options import stack_options

if TYPE_CHECKING:
    from stripe_handler_cli.operate.dlq.listing import Listing
    from stripe_handler_cli.stack.deployed import DeployedStack

_LIST_EXAMPLES = """\b
Examples:
  stripe-handler dlq list
  stripe-handler dlq list --workspace production --error-type InvalidEventError
  stripe-handler dlq list --limit 10000 --json | jq -r '.messages[].event_id'
"""

_SHOW_EXAMPLES = """\b
Examples:
  stripe-handler dlq show evt_1PqQ2n
  stripe-handler dlq show evt_1PqQ2n --json | jq '.messages[0].event'
"""


def _listed(
    stack: "DeployedStack", selection: Selection, *, limit: int | None, whole: bool = False
) -> "list[Listing]":
    from stripe_handler_cli.common.console import reporter, warn
    from stripe_handler_cli.operate.dlq import wiring
    from stripe_handler_cli.operate.dlq.listing import list_queue

    key = wiring.user_id_metadata_key(stack, warn)
    with reporter().status("Look through the queues"):
        return [
            list_queue(queue, selection, limit=limit, whole=whole)
            for queue in wiring.queues(stack, selection, key)
        ]


@click.command("list", epilog=_LIST_EXAMPLES)
@stack_options
@selection_options
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=100,
    show_default=True,
    help="How many messages of each queue at most.",
)
@json_option
def list_(*, stack: "DeployedStack", selection: Selection, limit: int, as_json: bool) -> None:
    """List the messages of both queues: which event, whose, since when, and what went wrong.

    Shows nothing personal but the user's id. Hides what it lists from other commands until it ends.
    """
    from stripe_handler_cli.common.console import printer
    from stripe_handler_cli.operate.dlq import report

    listings = _listed(stack, selection, limit=limit)
    now = datetime.now(UTC)
    if as_json:
        click.echo(json.dumps(report.listings_as_json(listings, now)))
    else:
        report.print_listings(printer(), listings, now)


@click.command(epilog=_SHOW_EXAMPLES)
@click.argument("wanted", metavar="ID")
@stack_options
@json_option
def show(*, wanted: str, stack: "DeployedStack", as_json: bool) -> None:
    """Show all there is about one event (or message) ID: the error, every attempt in the log, the event.

    The event is what Stripe sent, personal data included. No other command prints it.
    """
    from stripe_handler_cli.common.console import printer, warn
    from stripe_handler_cli.operate.dlq import report, wiring

    listings = _listed(stack, Selection(frozenset((wanted,))), limit=None, whole=True)
    found = [
        (letter, wiring.history(stack, letter, warn)) for listing in listings for letter in listing.letters
    ]
    if not found:
        held = sum(listing.counts.in_flight for listing in listings)
        others = f" {report.held_by_others(held)}" if held else ""
        raise CliError(f"Neither queue has a message of {report.printable(wanted)}.{others}")
    now = datetime.now(UTC)
    if as_json:
        messages = [report.letter_as_json(letter, history, now) for letter, history in found]
        click.echo(json.dumps({"messages": messages}))
        return
    for letter, history in found:
        report.print_letter(printer(), letter, history, now)
