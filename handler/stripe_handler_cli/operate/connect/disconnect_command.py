"""The command `stripe-handler disconnect`: asks, then undoes `connect`. Thin; `connection` does the work."""

from typing import TYPE_CHECKING

import click

from stripe_handler_cli.operate.connect.options import connect_options

if TYPE_CHECKING:
    from stripe_handler_cli.operate.connect.connection import Connection

_EXAMPLES = """\b
Examples:
  stripe-handler disconnect --workspace development --dry-run
  stripe-handler disconnect --workspace development
  stripe-handler disconnect --workspace development --delete --yes
"""
_LOST = (
    "From now on Stripe's events do not come here, and Stripe does not send them again later. "
    "`stripe-handler reconcile --since 30d` finds those of the last 30 days. Applying removes the partner "
    "bus, and what its archive holds."
)


@click.command(epilog=_EXAMPLES)
@connect_options
@click.option("--delete", is_flag=True, help="Delete the event destination; it is only disabled otherwise.")
def disconnect(*, connection: "Connection", delete: bool, dry_run: bool, as_json: bool) -> int:
    """Take Stripe's event destination away from this environment: the way back from `connect`.

    Disables (or deletes) the destination, takes its event source out of the workspace's variable file, and
    applies the Terraform code, which makes the bus a custom bus again. Profiles stay as they are. Exit code
    1 if a step failed or Terraform is left to you.
    """
    from stripe_handler_cli.operate.connect.report import print_outcome, print_plan

    connection.report.note(connection.where())
    plan = connection.plan_without(delete=delete)
    if dry_run:
        print_plan(plan, connection.mode, as_json=as_json)
        return 0
    name = plan.destination.id if plan.destination else connection.root.workspace
    if plan.steps and not connection.report.confirmed(f"{_LOST}\nDisconnect {name}?"):
        raise click.Abort
    outcome = connection.disconnect(delete=delete)
    finished = "Disconnected." if outcome.done else "Nothing is connected."
    print_outcome(outcome, connection.mode, finished, as_json=as_json)
    return 1 if outcome.left else 0
