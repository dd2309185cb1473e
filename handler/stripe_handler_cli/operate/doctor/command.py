"""The command `stripe-handler doctor`: options in, findings out."""

import functools
import json
from pathlib import Path

import click

from stripe_handler_cli.common.console import printer, reporter
from stripe_handler_cli.operate.doctor.areas import CHECKS
from stripe_handler_cli.operate.doctor.check import Status
from stripe_handler_cli.operate.doctor.checklist import render_checklist
from stripe_handler_cli.operate.doctor.examination import examine, worst
from stripe_handler_cli.operate.doctor.report import as_json, print_report
from stripe_handler_cli.operate.doctor.site import Site
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.options import given_stack_options, stack_options
from stripe_handler_cli.stack.stripe_options import StripeAccess, stripe_options

_DEFAULT_PACKAGE = Path("dist/handler.zip")
_KEYS = tuple(check.key for check in CHECKS)
_keys_option = functools.partial(click.option, metavar="KEY", type=click.Choice(_KEYS), multiple=True)


def _print_checklist(context: click.Context, _: click.Parameter, wanted: bool) -> None:  # noqa: FBT001
    if wanted:
        click.echo(render_checklist(), nl=False)
        context.exit(0)


@click.command(
    epilog="""\b
Examples:
  stripe-handler doctor
  stripe-handler doctor --workspace production --strict
  stripe-handler doctor --local .stripe-handler/demo --only role-permissions
  stripe-handler doctor --outputs outputs.json --skip recent-events --json

\b
Checks:
"""
    + "\n".join(f"  {key}" for key in _KEYS)
)
@stack_options
@_keys_option("--only", help="Make this check only. Can be repeated.")
@_keys_option("--skip", help="Leave this check out. Can be repeated.")
@click.option("--strict", is_flag=True, help="Exit with 1 for a warning too.")
@click.option(
    "--package",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The zip the function should run. dist/handler.zip is compared, more mildly, unless given.",
)
@click.option(
    "--recent-hours",
    type=click.IntRange(min=1, max=24 * 14),
    default=24,
    show_default=True,
    help="How far back to look for events.",
)
@stripe_options(
    "that may read event destinations, subscriptions and invoices; where it is set, Stripe is asked too."
)
@click.option("--json", "as_json_object", is_flag=True, help="Print one JSON object on stdout.")
@click.option(
    "--checklist",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_checklist,
    help="Print the checklist as Markdown (docs/production-checklist.md), and look at nothing.",
)
def doctor(  # noqa: PLR0913 - one argument per option
    *,
    stack: DeployedStack,
    only: tuple[str, ...],
    skip: tuple[str, ...],
    strict: bool,
    package: Path | None,
    recent_hours: int,
    stripe: StripeAccess | None,
    as_json_object: bool,
) -> int:
    """Go through the production checklist of a deployed stack: pass, warn or fail, and what puts it right.

    Looks at everything between Stripe's event destination and the profile table, and changes nothing. Exit
    code 1 if a check failed, 0 otherwise.
    """
    site = Site(
        stack,
        package=package or (_DEFAULT_PACKAGE if _DEFAULT_PACKAGE.is_file() else None),
        is_package_named=package is not None,
        stripe=stripe,
        recent_hours=recent_hours,
        stack_options=given_stack_options(click.get_current_context()),
    )
    with reporter().status("Looking") as status:
        results = examine(site, set(only or _KEYS) - set(skip), status.update)
    if as_json_object:
        click.echo(json.dumps(as_json(results)))
    else:
        print_report(printer(), results)
    return 1 if worst(results) is Status.FAIL or (strict and worst(results) is Status.WARN) else 0
