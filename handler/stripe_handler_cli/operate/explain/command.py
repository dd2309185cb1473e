"""The command `stripe-handler explain`: a user in, the origin of each attribute out."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.moments import Moment
from stripe_handler_cli.common.options import json_option
from stripe_handler_cli.common.user_command import UserCommand
from stripe_handler_cli.stack.options import given_stack_options, stack_options
from stripe_handler_cli.stack.stripe_options import stripe_options

if TYPE_CHECKING:
    from stripe_handler_cli.stack.deployed import DeployedStack
    from stripe_handler_cli.stack.stripe_options import StripeAccess


@click.command(
    cls=UserCommand,
    epilog="""\b
Examples:
  stripe-handler explain user_42
  stripe-handler explain user_42 --since 3d --json | jq .attributes.subscriptionStatus
  STRIPE_API_KEY=rk_live_... stripe-handler explain user_42
  stripe-handler explain user_42 --stripe-key-variable OPS_STRIPE_KEY --stripe-pages 500
""",
)
@click.argument("user_id", metavar="USER")
@click.option(
    "--since",
    type=Moment(),
    help="Read the log from here: ISO-8601 (UTC unless it says otherwise) or so long ago (90m, 2h, 3d). "
    "30 days ago unless given.",
)
@stripe_options("that may read events; where it is set, Stripe's own events of 30 days are compared too.")
@click.option(
    "--stripe-pages",
    type=click.IntRange(min=1),
    default=100,
    show_default=True,
    help="Most pages of 100 events to read of Stripe's list, newest first; it knows no filter by customer.",
)
@json_option
@stack_options
def explain(
    *,
    stack: "DeployedStack",
    user_id: str,
    since: datetime | None,
    stripe: "StripeAccess | None",
    stripe_pages: int,
    as_json: bool,
) -> int:
    """Say of each attribute of a profile which event set it, when, and by which rule.

    Also which subscriptions came from another user or went there and why, which events came too late and
    changed nothing, and which failed. Reads the tables, the function's log and, with a key, Stripe; writes
    nothing. Exit code 1 if there is no profile, somebody else has changed it, an event is missing in it, or
    Stripe was asked and did not answer.
    """
    from stripe_handler_cli.common.console import printer, reporter
    from stripe_handler_cli.common.progress import step
    from stripe_handler_cli.operate.explain.as_json import as_json as explanation_as_json
    from stripe_handler_cli.operate.explain.gathering import Gatherer
    from stripe_handler_cli.operate.explain.report import print_explanation
    from stripe_handler_cli.stack.stripe_api import stripe_api

    api = None
    if stripe is not None:
        api = stripe_api(stripe, stack.config.stripe_api_url, "events")
    with step(reporter(), "Read what is known") as reading:
        gatherer = Gatherer(stack, datetime.now(UTC))
        explanation = gatherer.explain(user_id, since, api, stripe_pages, reading)
    options = given_stack_options(click.get_current_context())
    if as_json:
        click.echo(json.dumps(explanation_as_json(explanation, options)))
    else:
        print_explanation(printer(), explanation, options)
    if explanation.stripe_failure is not None:
        raise CliError(f"What Stripe has is not known: {explanation.stripe_failure}.")
    return 0 if explanation.is_fine else 1
