"""The command `stripe-handler reconcile`: options in, differences out. Thin; `reconcile` does the work."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stripe_handler_cli.common.moments import Moment
from stripe_handler_cli.operate.reconcile.options import reading_options
from stripe_handler_cli.stack.options import stack_options
from stripe_handler_cli.stack.stripe_options import required

if TYPE_CHECKING:
    from stripe_handler_cli.common.stripe_access import StripeAccess
    from stripe_handler_cli.stack.deployed import DeployedStack

_STATE_DIRECTORY = Path(".stripe-handler/reconcile")

_EXAMPLES = """\b
Examples:
  stripe-handler reconcile
  stripe-handler reconcile --workspace production --json > differences.jsonl
  stripe-handler reconcile --apply --rate 10
  stripe-handler reconcile --since 6h
  stripe-handler reconcile --since 30d --apply
"""


def _listed(_context: click.Context, _parameter: click.Parameter, since: datetime | None) -> datetime | None:
    from stripe_subscription_handler.comparison.lists import LISTED_DAYS

    # A minute more, for "30d" is a moment ago by now.
    if since is not None and since < datetime.now(UTC) - timedelta(days=LISTED_DAYS, minutes=1):
        raise click.BadParameter("is more than 30 days ago; Stripe lists events no longer")
    return since


@click.command(epilog=_EXAMPLES)
@stack_options
@click.option(
    "--apply", is_flag=True, help="Repair what differs, by the rules of live events. Else only look."
)
@click.option(
    "--since",
    type=Moment(),
    callback=_listed,
    help="Instead: look for events that were not handled, from here on: ISO-8601, or so long ago (6h, 30d).",
)
@click.option(
    "--state-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Notes how far the run is, so that one that was broken off goes on. Named after the table "
    "unless given.",
)
@click.option("--restart", is_flag=True, help="Begin anew, although a run was broken off.")
@reading_options
def reconcile(  # noqa: PLR0913 - one argument per option
    *,
    stack: "DeployedStack",
    stripe: "StripeAccess | None",
    rate: float,
    apply: bool,
    since: datetime | None,
    state_file: Path | None,
    restart: bool,
    as_json: bool,
) -> int:
    """Compare every subscription in Stripe with every profile, in both directions.

    Ended subscriptions too. An event that is on its way looks like a difference; look again. Exit code 0 if
    nothing differs (or all was repaired), 1 if something does.
    """
    from stripe_handler_cli.common.console import reporter
    from stripe_handler_cli.common.progress import step
    from stripe_handler_cli.operate.reconcile.checkpoint import Checkpoint
    from stripe_handler_cli.operate.reconcile.connection import connect
    from stripe_handler_cli.operate.reconcile.missed import Missed
    from stripe_handler_cli.operate.reconcile.report import conclude, teller
    from stripe_handler_cli.stack.stripe_api import stripe_errors
    from stripe_subscription_handler.comparison.pace import Pace
    from stripe_subscription_handler.comparison.tally import Tally
    from stripe_subscription_handler.comparison.walk import Walk
    from stripe_subscription_handler.comparison.wiring import work

    api, console = connect(stack.config, required(stripe), Pace(rate).wait), reporter()
    run = {"table": stack.config.table_name, "apply": apply, "events": since is not None}
    path = state_file or _STATE_DIRECTORY / f"{stack.config.table_name}{'-events' if since else ''}.sqlite"
    if restart:
        path.unlink(missing_ok=True)
    with Checkpoint.at(path, run) as checkpoint:
        tally = Tally.from_json(checkpoint.read("tally"))
        if checkpoint.read("tally") is not None:
            console.print(f"Going on with the run that {path} tells of.", markup=False)
        with_all = work(
            stack.config, stack.endpoint.dynamodb, api, teller(as_json=as_json), apply=apply, tally=tally
        )
        tables, comparer = with_all.tables, with_all.comparer
        with (
            stripe_errors("The same command goes on where this one ended."),
            step(console, "Reconcile" if apply else "Compare") as going,
        ):
            if since is None:
                about = tables.item_count()
                Walk(with_all.stripe, tables, checkpoint, comparer, going.count, about).run()
            else:
                # A run that goes on has its beginning, which moves while "6h" is typed again.
                second = checkpoint.read("from") or int(since.timestamp())
                checkpoint.note(state={"from": second})
                Missed(with_all.stripe, second, checkpoint, comparer, going.count).run()
        checkpoint.finish()
    return conclude(tally, as_json=as_json, apply=apply)
