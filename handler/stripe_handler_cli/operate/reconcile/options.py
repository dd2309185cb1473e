"""What `reconcile` and `sync` have in common: how Stripe is asked, and how what they find is told."""

import functools
import json
from collections.abc import Callable
from typing import Any, TypeVar

import click

from stripe_handler_cli.common.console import printer
from stripe_handler_cli.operate.reconcile import report
from stripe_handler_cli.operate.reconcile.connection import connect
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_subscription_handler.comparison.differences import Difference
from stripe_subscription_handler.comparison.pace import Pace
from stripe_subscription_handler.comparison.tally import Tally
from stripe_subscription_handler.stripe_side.api import StripeApi

_Command = TypeVar("_Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--stripe-key-variable",
        default="STRIPE_API_KEY",
        show_default=True,
        metavar="NAME",
        help="The environment variable that holds a Stripe key; a restricted one that may read is enough.",
    ),
    click.option(
        "--rate",
        type=click.FloatRange(min=0, min_open=True),
        default=20,
        show_default=True,
        help="How many requests a second to Stripe at most. Stripe allows 100 live, 25 in a sandbox.",
    ),
    click.option(
        "--json", "as_json", is_flag=True, help="Print a JSON object per difference, then a summary."
    ),
)


def stripe_options(command: _Command) -> _Command:
    """Give a command the options; it is called with `connected` (a stack → Stripe) for the first two."""

    @functools.wraps(command)
    def with_stripe(*arguments: Any, stripe_key_variable: str, rate: float, **options: Any) -> Any:
        def connected(stack: DeployedStack) -> StripeApi:
            return connect(stack.config, stripe_key_variable, Pace(rate).wait)

        return command(*arguments, connected=connected, **options)

    wrapped: Any = with_stripe
    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped  # type: ignore[no-any-return]


def reporter(*, as_json: bool) -> Callable[[Difference], None]:
    """What is told of each difference as it is found: with `--json` a line, else nothing yet."""
    if not as_json:
        return lambda _difference: None
    return lambda difference: click.echo(json.dumps(difference.as_json(), default=report.plain))


def conclude(tally: Tally, *, as_json: bool, apply: bool) -> int:
    """Print the end, and return the exit code."""
    if as_json:
        click.echo(json.dumps({"summary": tally.as_json()}))
    else:
        console = printer()
        report.print_differences(console, tally)
        report.print_summary(console, tally, apply=apply)
    return 1 if tally.remaining else 0
