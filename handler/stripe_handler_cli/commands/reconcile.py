"""The command `stripe-handler reconcile`: options in, differences out. Thin; `reconcile` does the work."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import click

from stripe_handler_cli.commands.reconcile_options import (
    conclude,
    notes,
    reporter,
    stripe_errors,
    stripe_options,
)
from stripe_handler_cli.commands.stack_options import stack_options
from stripe_handler_cli.progress import step
from stripe_handler_cli.reconcile.eta import Eta
from stripe_handler_cli.reconcile.missed import Missed
from stripe_handler_cli.reconcile.passes import Passes
from stripe_handler_cli.reconcile.place import Place
from stripe_handler_cli.reconcile.tally import Tally
from stripe_handler_cli.reconcile.wiring import work
from stripe_handler_cli.stack import DeployedStack
from stripe_subscription_handler.stripe_api import StripeApi

_UNITS = {"h": 3_600, "d": 86_400}
_MOST_SECONDS = 30 * 86_400
"""How far back Stripe lists events."""
_STATE_DIRECTORY = Path(".stripe-handler/reconcile")

_EXAMPLES = """\b
Examples:
  stripe-handler reconcile
  stripe-handler reconcile --workspace production --json > differences.jsonl
  stripe-handler reconcile --apply --rate 10
  stripe-handler reconcile --since 6h
  stripe-handler reconcile --since 30d --apply
"""


def _seconds(_context: click.Context, _parameter: click.Parameter, value: str | None) -> int | None:
    if value is None:
        return None
    found = re.fullmatch(r"([1-9][0-9]{0,3})([hd])", value)
    seconds = int(found[1]) * _UNITS[found[2]] if found else 0
    if not 0 < seconds <= _MOST_SECONDS:
        raise click.BadParameter("must be like 6h or 30d, and 30 days at most: Stripe lists events no longer")
    return seconds


@click.command(epilog=_EXAMPLES)
@stack_options
@click.option(
    "--apply", is_flag=True, help="Repair what differs, by the rules of live events. Else only look."
)
@click.option(
    "--since",
    "since_seconds",
    callback=_seconds,
    metavar="TIME",
    help="Instead: look for events of the last hours (6h) or days (30d) that were not handled.",
)
@click.option(
    "--state-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Notes how far the run is, so that one that was broken off goes on. Named after the table "
    "unless given.",
)
@click.option("--restart", is_flag=True, help="Begin anew, although a run was broken off.")
@stripe_options
def reconcile(  # noqa: PLR0913 - one argument per option
    *,
    stack: DeployedStack,
    connected: Callable[[DeployedStack], StripeApi],
    apply: bool,
    since_seconds: int | None,
    state_file: Path | None,
    restart: bool,
    as_json: bool,
) -> int:
    """Compare every subscription in Stripe with every profile, in both directions.

    Ended subscriptions too. An event that is on its way looks like a difference; look again. Exit code 0 if
    nothing differs (or all was repaired), 1 if something does.
    """
    api, console = connected(stack), notes()
    run = {"table": stack.config.table_name, "apply": apply, "since": since_seconds}
    path = (
        state_file
        or _STATE_DIRECTORY / f"{stack.config.table_name}{'-events' if since_seconds else ''}.sqlite"
    )
    if restart:
        path.unlink(missing_ok=True)
    place = Place.at(path, run)
    tally = Tally.from_json(place.read("tally"))
    if place.read("tally") is not None:
        console.print(f"Going on with the run that {path} tells of.", highlight=False, markup=False)
    with_all = work(stack, api, reporter(as_json=as_json), apply=apply, tally=tally)
    finished = False
    try:
        with (
            stripe_errors("The same command goes on where this one ended."),
            step(console, "Reconcile" if apply else "Compare") as going,
        ):
            if since_seconds is None:
                Passes(with_all.stripe, with_all.tables, place, with_all.comparer, Eta(going)).run()
            else:
                since = place.read("from") or int(time.time()) - since_seconds
                place.note(state={"from": since})
                Missed(with_all.stripe, since, place, with_all.comparer, Eta(going)).run()
        finished = True
    finally:
        place.close(finished=finished)
    return conclude(tally, as_json=as_json, apply=apply)
