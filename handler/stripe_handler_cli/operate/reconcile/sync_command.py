"""The command `stripe-handler sync`: options in, differences out. Thin; `reconcile.sync` does the work."""

from typing import TYPE_CHECKING

import click

from stripe_handler_cli.operate.reconcile.options import reading_options
from stripe_handler_cli.stack.options import stack_options
from stripe_handler_cli.stack.stripe_options import required

if TYPE_CHECKING:
    from stripe_handler_cli.common.stripe_access import StripeAccess
    from stripe_handler_cli.stack.deployed import DeployedStack

_EXAMPLES = """\b
Examples:
  stripe-handler sync user_42
  stripe-handler sync user_42 --dry-run
  stripe-handler sync --subscription sub_1PqQ2n --workspace production
  stripe-handler sync --customer cus_QW12 --json
"""


@click.command(epilog=_EXAMPLES)
@click.argument("user", required=False)
@stack_options
@click.option(
    "--subscription", "subscription_ids", metavar="ID", multiple=True, help="This one. Can be repeated."
)
@click.option(
    "--customer", "customer_ids", metavar="ID", multiple=True, help="All of theirs. Can be repeated."
)
@click.option("--dry-run", is_flag=True, help="Only say what differs.")
@reading_options
def sync(  # noqa: PLR0913 - one argument per option
    *,
    stack: "DeployedStack",
    stripe: "StripeAccess | None",
    rate: float,
    user: str | None,
    subscription_ids: tuple[str, ...],
    customer_ids: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
) -> int:
    """Bring the profile of USER up to date from Stripe, now, by the rules of live events.

    Every subscription of the customers that the profile names, and the payment events of their newest
    invoices as far as Stripe still lists them (30 days). A user without a profile is found by a
    subscription or a customer. Exit code 0 if nothing differs any more, 1 if something does.
    """
    from stripe_handler_cli.operate.reconcile.connection import connect
    from stripe_handler_cli.operate.reconcile.report import conclude, teller
    from stripe_handler_cli.operate.reconcile.sync import Wanted
    from stripe_handler_cli.operate.reconcile.sync import sync as bring_up_to_date
    from stripe_handler_cli.stack.stripe_api import stripe_errors
    from stripe_subscription_handler.comparison.pace import Pace
    from stripe_subscription_handler.comparison.tally import Tally
    from stripe_subscription_handler.comparison.wiring import work

    if not (user or subscription_ids or customer_ids):
        raise click.UsageError("name a user, --subscription or --customer")
    api, tally = connect(stack.config, required(stripe), Pace(rate).wait), Tally()
    with_all = work(
        stack.config, stack.endpoint.dynamodb, api, teller(as_json=as_json), apply=not dry_run, tally=tally
    )
    item = with_all.tables.profile(user) if user else None
    wanted = Wanted(user, frozenset(subscription_ids), frozenset(customer_ids))
    with stripe_errors():
        bring_up_to_date(wanted, with_all.stripe, item, with_all.comparer)
    return conclude(tally, as_json=as_json, apply=not dry_run)
