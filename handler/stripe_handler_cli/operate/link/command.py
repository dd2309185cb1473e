"""The command `stripe-handler link`: a subscription and a user in, the label at Stripe out."""

from typing import TYPE_CHECKING

import click

from stripe_handler_cli.common.options import json_option
from stripe_handler_cli.common.user_command import UserCommand
from stripe_handler_cli.stack.options import stack_options
from stripe_handler_cli.stack.stripe_options import DEFAULT_VARIABLE, stripe_options

if TYPE_CHECKING:
    from stripe_handler_cli.stack.deployed import DeployedStack
    from stripe_handler_cli.stack.stripe_options import StripeAccess


@click.command(
    cls=UserCommand,
    epilog="""\b
Examples:
  export STRIPE_API_KEY=...        # or name another variable with --stripe-key-variable
  stripe-handler link sub_1PqQ2n user_42 --wait
  stripe-handler link sub_1PqQ2n user_42 --workspace production --yes --json
  stripe-handler link sub_1PqQ2n user_42 --account acct_1Nv0FG

\b
Without a key, for somebody who has one:
  stripe-handler link sub_1PqQ2n user_42
""",
)
@click.argument("subscription_id", metavar="SUBSCRIPTION")
@click.argument("user_id", metavar="USER")
@click.option(
    "--account", metavar="ID", help="The connected account that has the subscription; else the key's own."
)
@click.option("--yes", is_flag=True, help="Do not ask before the subscription is taken from another user.")
@click.option("--wait", is_flag=True, help="Wait until the profile of USER has the subscription.")
@click.option(
    "--timeout",
    "timeout_seconds",
    type=click.FloatRange(min=0),
    default=60,
    show_default=True,
    help="How many seconds --wait waits at most.",
)
@stripe_options("that may write subscriptions. Without one, the command that labels is printed.")
@json_option
@stack_options
def link(  # noqa: PLR0913 - one argument per option
    *,
    stack: "DeployedStack",
    stripe: "StripeAccess | None",
    subscription_id: str,
    user_id: str,
    account: str | None,
    yes: bool,
    wait: bool,
    timeout_seconds: float,
    as_json: bool,
) -> int:
    """Say at Stripe whose a subscription is, which applies every event that waits for it.

    Writes your user's id into the subscription's metadata, under the key that the stack reads. Stripe then
    sends customer.subscription.updated. Tells who is named now, and asks before it takes the subscription
    from another user. Exit code 1 if it could not be done, if the label is left to you for want of a key,
    or if --wait waited in vain.
    """
    from stripe_handler_cli.common.console import reporter, warn
    from stripe_handler_cli.operate.link import wiring
    from stripe_handler_cli.operate.link.linking import Wanted, check, doubt
    from stripe_handler_cli.operate.link.report import Terminal, print_outcome

    wanted = Wanted(subscription_id=subscription_id, user_id=user_id, account=account)
    check(wanted, stack.config)
    if (why := doubt(wanted, stack.config)) is not None:
        warn(why)
    console = reporter()
    terminal = Terminal(console, yes)
    if stripe is None:
        terminal.note(
            f"There is no Stripe key in {DEFAULT_VARIABLE}, so nothing was written. This does it where the "
            "variable has a key that may write subscriptions:"
        )
        outcome = wiring.by_hand(stack, wanted)
    else:
        outcome = wiring.link(stack, stripe, wanted, terminal)
        if wait:
            outcome = wiring.wait(stack, wanted, outcome, console, timeout_seconds)
    print_outcome(wanted, stack.config.user_id_metadata_key, outcome, as_json=as_json)
    return 0 if outcome.is_done else 1
