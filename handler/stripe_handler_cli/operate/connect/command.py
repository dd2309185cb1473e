"""The commands `stripe-handler connect` and `disconnect`: from options to a `Connection`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stripe_handler_cli.common.options import together
from stripe_handler_cli.stack.options import ROOT_OPTIONS
from stripe_handler_cli.stack.stripe_options import StripeAccess, required, stripe_options

if TYPE_CHECKING:
    from stripe_handler_cli.operate.connect.connection import Connection

_LOST = (
    "From now on Stripe's events do not come here, and Stripe does not send them again later. "
    "`stripe-handler reconcile --since 30d` finds those of the last 30 days. Applying removes the partner "
    "bus, and what its archive holds."
)
_options = together(
    *ROOT_OPTIONS,
    click.option(
        "--var-file",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Its variable file; environments/<workspace>.tfvars unless given.",
    ),
    click.option("--destination", "identifier", metavar="ID", help="Take this event destination, ed_…"),
    click.option("--yes", is_flag=True, help="Do not ask before Terraform is applied."),
    click.option("--no-apply", is_flag=True, help="Print the Terraform commands instead of running them."),
    click.option(
        "--despite-other-rules",
        is_flag=True,
        help="Replace the bus although rules of others are on it, which go with it.",
    ),
    click.option("--dry-run", is_flag=True, help="Only look, and list the steps that are left."),
    click.option(
        "--timeout",
        "timeout_seconds",
        type=click.FloatRange(min=1),
        default=120,
        show_default=True,
        help="How many seconds Stripe, AWS and the function may take for one step.",
    ),
    click.option("--json", "as_json", is_flag=True, help="Print a JSON object at the end."),
    stripe_options("that may read and write event destinations."),
)


def _connection(  # noqa: PLR0913 - one argument per option
    *,
    terraform_directory: Path,
    workspace: str | None,
    var_file: Path | None,
    identifier: str | None,
    yes: bool,
    no_apply: bool,
    despite_other_rules: bool,
    timeout_seconds: float,
    stripe: StripeAccess | None,
) -> "Connection":
    from stripe_handler_cli.common.console import reporter
    from stripe_handler_cli.operate.connect.aws_side import AwsSide
    from stripe_handler_cli.operate.connect.connection import Connection
    from stripe_handler_cli.operate.connect.report import Terminal
    from stripe_handler_cli.operate.connect.settings import VARIABLES, read_settings
    from stripe_handler_cli.operate.connect.terraform_root import TerraformRoot
    from stripe_handler_cli.stack.event_destinations import EventDestinations
    from stripe_handler_cli.stack.function_log import FunctionLog

    access = required(stripe)
    root = TerraformRoot.at(terraform_directory, workspace, var_file)
    settings = read_settings(root.values(VARIABLES), str(root.var_file))
    aws = AwsSide.of(settings)
    return Connection(
        stripe=EventDestinations.at(access, settings.stripe_url),
        aws=aws,
        root=root,
        tail=lambda outputs: FunctionLog(aws.endpoint.logs, outputs["log_group_name"]).tail(
            datetime.now(UTC)
        ),
        report=Terminal(reporter(), yes),
        identifier=identifier,
        may_apply=not no_apply,
        despite_other_rules=despite_other_rules,
        timeout_seconds=timeout_seconds,
    )


@click.command(
    epilog="""\b
Examples:
  export STRIPE_API_KEY=...        # of a sandbox first; or name another variable with --stripe-key-variable
  stripe-handler connect --workspace development --dry-run
  stripe-handler connect --workspace development
  stripe-handler connect --workspace production --no-apply
"""
)
@_options
@click.option(
    "--thin", is_flag=True, help="Thin events, which hold an id alone; the function then asks Stripe."
)
def connect(*, thin: bool, dry_run: bool, as_json: bool, **options: Any) -> int:
    """Connect a Stripe account to this environment, from nothing to a ping that arrives.

    Finds or makes Stripe's event destination for this AWS account and region, waits for its partner event
    source, names that in the workspace's variable file, applies the Terraform code (shows the plan and
    asks), sees the event source become ACTIVE, sends a ping through Stripe and sees it in the function's
    log.

    Rules of others on a bus that is replaced by this are listed, and stop it before the first step. With
    --despite-other-rules it goes on.

    Each step looks first at what is there: run it again after any interruption, or to see whether the
    connection works. Exit code 1 if a step failed or Terraform is left to you.
    """
    from stripe_handler_cli.operate.connect.report import print_outcome, print_plan

    connection = _connection(**options)
    connection.payload = "thin" if thin else "snapshot"
    connection.report.note(connection.where())
    if dry_run:
        print_plan(connection.plan(), connection.mode, as_json=as_json)
        return 0
    outcome = connection.connect()
    finished = f"Connected: {outcome.destination_id} leads to the function."
    print_outcome(outcome, connection.mode, finished, as_json=as_json)
    return 1 if outcome.left else 0


@click.command(
    epilog="""\b
Examples:
  stripe-handler disconnect --workspace development --dry-run
  stripe-handler disconnect --workspace development
  stripe-handler disconnect --workspace development --delete --yes
"""
)
@_options
@click.option("--delete", is_flag=True, help="Delete the event destination; it is only disabled otherwise.")
def disconnect(*, delete: bool, dry_run: bool, as_json: bool, **options: Any) -> int:
    """Take Stripe's event destination away from this environment: the way back from `connect`.

    Disables (or deletes) the destination, takes its event source out of the workspace's variable file, and
    applies the Terraform code, which makes the bus a custom bus again.
    Rules of others on the partner bus are listed, and stop it before the first step. With
    --despite-other-rules it goes on. Profiles stay as they are.
    Exit code 1 if a step failed or Terraform is left to you.
    """
    from stripe_handler_cli.operate.connect.report import print_outcome, print_plan

    connection = _connection(**options)
    connection.report.note(connection.where())
    plan = connection.plan_without(delete=delete)
    if dry_run:
        print_plan(plan, connection.mode, as_json=as_json)
        return 0
    name = plan.destination.id if plan.destination else connection.root.workspace
    connection.check_other_rules(plan)
    if plan.steps and not connection.report.confirmed(f"{_LOST}\nDisconnect {name}?"):
        raise click.Abort
    outcome = connection.disconnect(delete=delete)
    finished = "Disconnected." if outcome.done else "Nothing is connected."
    print_outcome(outcome, connection.mode, finished, as_json=as_json)
    return 1 if outcome.left else 0
