"""The command `stripe-handler forget`: a user in, what was forgotten and what is left out."""

import json
from typing import TYPE_CHECKING

import click

from stripe_handler_cli.common.options import json_option
from stripe_handler_cli.common.user_command import UserCommand
from stripe_handler_cli.stack.options import given_stack_options, stack_options

if TYPE_CHECKING:
    from stripe_handler_cli.stack.deployed import DeployedStack


@click.command(
    cls=UserCommand,
    epilog="""\b
Examples:
  stripe-handler forget user_42 --dry-run
  stripe-handler forget user_42 --workspace production
  stripe-handler forget user_42 --yes --json
  stripe-handler forget --undo cus_NffrFeUfNV2Hib
""",
)
@click.argument("user_id", metavar="[USER]", required=False)
@click.option("--dry-run", is_flag=True, help="Only say what is stored, and what would be left.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--undo",
    "customer_id",
    metavar="CUSTOMER",
    help="Take the marks of a forgotten Stripe customer away, so that its events count again.",
)
@json_option
@stack_options
def forget(
    *,
    stack: "DeployedStack",
    user_id: str | None,
    customer_id: str | None,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Forget USER: what is ours on the profile, the links, parked events, and messages in both queues.

    The app's own attributes stay. Of each subscription a mark is left that names nobody: events and replays
    that come later are skipped (forgotten). Says what is left where, and until when. Reads the whole sync
    table, and every message of both queues. Delete the customer at Stripe first, or its subscriptions go on
    there. Exit code 1 if not everything could be done, or if you say no.
    """
    from stripe_handler_cli.common.console import printer, reporter, warn
    from stripe_handler_cli.common.progress import step
    from stripe_handler_cli.operate.forget.report import print_report
    from stripe_handler_cli.operate.forget.running import Forgetting

    if (user_id is None) == (customer_id is None):
        raise click.UsageError("name a USER, or a customer with --undo")
    options = given_stack_options(click.get_current_context())
    if customer_id is not None:
        return _undo(stack, customer_id, options, as_json=as_json)
    with step(reporter(), f"Look for what is stored of {user_id}") as looking:
        forgetting = Forgetting(stack, user_id or "", looking.count, warn)
        report, found = forgetting.look()
    if not (dry_run or report.found_nothing):
        question = f"Forget {user_id}: {report.told}? What is erased does not come back."
        if not (yes or click.confirm(question, err=True)):
            return 1
        with step(reporter(), f"Forget {user_id}"):
            report = forgetting.forget(report, found)
    if as_json:
        click.echo(json.dumps(report.as_json()))
    else:
        print_report(printer(), report, options)
    return 0 if report.is_whole else 1


def _undo(stack: "DeployedStack", customer_id: str, options: str, *, as_json: bool) -> int:
    from stripe_handler_cli.common.console import printer
    from stripe_subscription_handler.dynamodb.marks import lift

    lifted = lift(stack.endpoint.dynamodb, stack.config.sync_table_name, customer_id)
    if as_json:
        click.echo(json.dumps({"customer": customer_id, "marks": lifted}))
        return 0
    console = printer()
    if not lifted:
        console.print(f"Nothing of {customer_id} is marked as forgotten.", markup=False)
        return 0
    console.print(
        f"{customer_id} and its subscriptions are not forgotten any more. From Stripe comes what there is:"
    )
    console.print(f"  stripe-handler sync --customer {customer_id}{options}", markup=False, soft_wrap=True)
    return 0
