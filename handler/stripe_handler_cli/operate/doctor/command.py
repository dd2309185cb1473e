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
from stripe_handler_cli.operate.doctor.exercise.steps import STEPS, with_needs
from stripe_handler_cli.operate.doctor.report import as_json, print_report
from stripe_handler_cli.operate.doctor.site import Site
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.options import given_stack_options, stack_options
from stripe_handler_cli.stack.stripe_options import StripeAccess, stripe_options

_DEFAULT_PACKAGE = Path("dist/handler.zip")
_KEYS = tuple(check.key for check in CHECKS)
_STEPS = tuple(step.key for step in STEPS)
_keys_option = functools.partial(
    click.option, metavar="KEY", type=click.Choice((*_KEYS, *_STEPS)), multiple=True
)


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
  stripe-handler doctor --exercise --report exercise.json

\b
Checks:
"""
    + "\n".join(f"  {key}" for key in _KEYS)
    + "\n\n\b\nSteps of --exercise:\n"
    + "\n".join(f"  {key}" for key in _STEPS)
)
@stack_options
@_keys_option("--only", help="Make this check, or this step, only. Can be repeated.")
@_keys_option("--skip", help="Leave this check, or this step, out. Can be repeated.")
@click.option(
    "--strict", is_flag=True, help="Exit with 1 for a warning too, or for a step that could not be answered."
)
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
@click.option(
    "--exercise",
    "is_exercised",
    is_flag=True,
    help="Send a made-up user through the stack instead, from the bus to the alarm, and take all away again.",
)
@click.option("--yes", is_flag=True, help="Of --exercise: do not ask.")
@click.option(
    "--exercise-user",
    "user_id",
    metavar="ID",
    help="Of --exercise: the made-up user's id, where your ids look like none that is known here.",
)
@click.option(
    "--report",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Of --exercise: write a file for a bug report, without accounts, names and keys.",
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
    is_exercised: bool,
    yes: bool,
    user_id: str | None,
    report: Path | None,
    as_json_object: bool,
) -> int:
    """Go through the production checklist of a deployed stack: pass, warn or fail, and what puts it right.

    Looks at everything between Stripe's event destination and the profile table, and changes nothing. Exit
    code 1 if a check failed, 0 otherwise.

    With --exercise it does what Stripe does, with a made-up user, and needs no Stripe: an event to the
    profile and out again, a failure to its queue and its alarm, a replay. It asks first, and takes all away
    again.
    """
    options = given_stack_options(click.get_current_context())
    _refuse_mixed({*only, *skip}, is_exercised=is_exercised)
    if is_exercised:
        from stripe_handler_cli.operate.doctor.exercise.asking import Wishes, exercise_stack

        wanted = with_needs(set(only or _STEPS) - set(skip)) - set(skip)
        wishes = Wishes(wanted, user_id, yes, strict, as_json_object, report)
        return exercise_stack(stack, wishes, options)
    if yes or user_id is not None or report is not None:
        raise click.UsageError("--yes, --exercise-user and --report are options of --exercise")
    site = Site(
        stack,
        package=package or (_DEFAULT_PACKAGE if _DEFAULT_PACKAGE.is_file() else None),
        is_package_named=package is not None,
        stripe=stripe,
        recent_hours=recent_hours,
        stack_options=options,
    )
    with reporter().status("Looking") as status:
        results = examine(site, set(only or _KEYS) - set(skip), status.update)
    if as_json_object:
        click.echo(json.dumps(as_json(results)))
    else:
        print_report(printer(), results)
    return 1 if worst(results) is Status.FAIL or (strict and worst(results) is Status.WARN) else 0


def _refuse_mixed(keys: set[str], *, is_exercised: bool) -> None:
    """See that only and skip name checks, or with an exercise its steps."""
    known, what = (_STEPS, "a step of --exercise") if is_exercised else (_KEYS, "a check without --exercise")
    for key in sorted(keys - set(known)):
        raise click.UsageError(f"{key} is not {what}; --help names both kinds")
