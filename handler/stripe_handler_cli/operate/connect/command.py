"""The command `stripe-handler connect`. Thin; `connection` does the work."""

from typing import TYPE_CHECKING

import click

from stripe_handler_cli.operate.connect.options import connect_options

if TYPE_CHECKING:
    from stripe_handler_cli.operate.connect.connection import Connection

_EXAMPLES = """\b
Examples:
  export STRIPE_API_KEY=...        # of a sandbox first; or name another variable with --stripe-key-variable
  stripe-handler connect --workspace development --dry-run
  stripe-handler connect --workspace development
  stripe-handler connect --workspace production --no-apply
"""


@click.command(epilog=_EXAMPLES)
@connect_options
@click.option(
    "--thin", is_flag=True, help="Thin events, which hold an id alone; the function then asks Stripe."
)
def connect(*, connection: "Connection", thin: bool, dry_run: bool, as_json: bool) -> int:
    """Connect a Stripe account to this environment, from nothing to a ping that arrives.

    Finds or makes Stripe's event destination for this AWS account and region, waits for its partner event
    source, names that in the workspace's variable file, applies the Terraform code (shows the plan and
    asks), sees the event source become ACTIVE, sends a ping through Stripe and sees it in the function's
    log.

    Each step looks first at what is there: run it again after any interruption, or to see whether the
    connection works. Exit code 1 if a step failed or Terraform is left to you.
    """
    from stripe_handler_cli.operate.connect.report import print_outcome, print_plan

    connection.payload = "thin" if thin else "snapshot"
    connection.report.note(connection.where())
    if dry_run:
        print_plan(connection.plan(), connection.mode, as_json=as_json)
        return 0
    outcome = connection.connect()
    finished = f"Connected: {outcome.destination_id} leads to the function."
    print_outcome(outcome, connection.mode, finished, as_json=as_json)
    return 1 if outcome.left else 0
