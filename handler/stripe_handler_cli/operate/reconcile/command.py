"""The commands `stripe-handler reconcile` and `sync`: options in, differences out."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.moments import Moment
from stripe_handler_cli.common.options import together
from stripe_handler_cli.common.user_command import UserCommand
from stripe_handler_cli.stack.options import given_stack_options, stack_options
from stripe_handler_cli.stack.stripe_options import required, stripe_options

if TYPE_CHECKING:
    from stripe_handler_cli.stack.deployed import DeployedStack
    from stripe_handler_cli.stack.stripe_options import StripeAccess
    from stripe_subscription_handler.config import Config
    from stripe_subscription_handler.stripe_side.api import StripeApi

_STATE_DIRECTORY = Path(".stripe-handler/reconcile")
_reading_options = together(
    stripe_options(
        "that may read subscriptions, customers, invoices and events; a restricted one is enough."
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


def connect(config: "Config", stripe: "StripeAccess", pace: Callable[[], None]) -> "StripeApi":
    """Make Stripe's API with the operator's own key; `pace` is called before each request.

    Raises:
        CliError: The key is of a mode that the stack does not accept.
    """
    from stripe_handler_cli.stack.stripe_api import check_key_mode, stripe_api

    check_key_mode(stripe, config.livemode)
    readable = "subscriptions, customers, invoices and events"
    return stripe_api(stripe, config.stripe_api_url, readable, pace)


def _listed(_context: click.Context, _parameter: click.Parameter, since: datetime | None) -> datetime | None:
    from stripe_subscription_handler.comparison.lists import LISTED_DAYS

    # A minute more is allowed, because "30d" is a moment ago by now.
    if since is not None and since < datetime.now(UTC) - timedelta(days=LISTED_DAYS, minutes=1):
        raise click.BadParameter("is more than 30 days ago; Stripe lists events no longer")
    return since


@click.command(
    epilog="""\b
Examples:
  stripe-handler reconcile
  stripe-handler reconcile --workspace production --json > differences.jsonl
  stripe-handler reconcile --apply --rate 10
  stripe-handler reconcile --since 6h
  stripe-handler reconcile --since 30d --apply
  stripe-handler reconcile --views --apply
  stripe-handler reconcile --owners
"""
)
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
    "--owners",
    is_flag=True,
    help="Instead: look for subscriptions in profiles that do not own them, and for those that their "
    "owners' profiles have lost. Needs no key, changes nothing.",
)
@click.option(
    "--views",
    is_flag=True,
    help="Instead, after a setting was changed: hold each profile against its own ledger; --apply computes "
    "it anew. Needs no key.",
)
@click.option(
    "--state-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Notes how far the run is, so that one that was broken off goes on. Named after the table "
    "unless given.",
)
@click.option("--restart", is_flag=True, help="Begin anew, although a run was broken off.")
@_reading_options
def reconcile(  # noqa: PLR0913 - one argument per option
    *,
    stack: "DeployedStack",
    stripe: "StripeAccess | None",
    rate: float,
    apply: bool,
    since: datetime | None,
    owners: bool,
    views: bool,
    state_file: Path | None,
    restart: bool,
    as_json: bool,
) -> int:
    """Compare every subscription in Stripe with every profile, in both directions.

    Ended subscriptions too. An event that is on its way looks like a difference; look again. Exit code 0 if
    nothing differs (or all was repaired), 1 if something does.
    """
    if views:
        if owners or since or state_file or restart:
            raise click.UsageError("--views goes through everything, and with no other choice but --apply")
        return _views(stack, apply=apply, as_json=as_json)
    if owners:
        if apply or since or state_file or restart:
            raise click.UsageError("--owners only looks, at everything, and goes with no other choice")
        return _owners(stack, as_json=as_json)
    from stripe_handler_cli.common.console import reporter
    from stripe_handler_cli.common.private_files import make_private_directory
    from stripe_handler_cli.common.progress import step
    from stripe_handler_cli.operate.reconcile.checkpoint import Checkpoint, alone
    from stripe_handler_cli.operate.reconcile.missed import handle_missed
    from stripe_handler_cli.operate.reconcile.report import conclude, teller
    from stripe_handler_cli.stack.stripe_api import stripe_errors
    from stripe_subscription_handler.comparison.pace import Pace
    from stripe_subscription_handler.comparison.tally import Tally
    from stripe_subscription_handler.comparison.walk import Walk
    from stripe_subscription_handler.comparison.wiring import work

    api, console = connect(stack.config, required(stripe), Pace(rate).wait), reporter()
    shows = stack.config.shows
    run = {
        "table": stack.config.table_name,
        "apply": apply,
        "events": since is not None,
        "settings": shows.fingerprint,
    }
    path = state_file or _STATE_DIRECTORY / f"{stack.config.table_name}{'-events' if since else ''}.sqlite"
    if state_file is None:
        make_private_directory(_STATE_DIRECTORY)
    with alone(path), Checkpoint.at(path, run, restart=restart) as checkpoint:
        tally = Tally.from_json(checkpoint.read("tally"))
        if checkpoint.read("tally") is not None:
            console.print(f"Going on with the run that {path} tells of.", markup=False)
        with_all = work(
            stack.config, stack.endpoint.dynamodb, api, teller(as_json=as_json), apply=apply, tally=tally
        ).with_payments()
        tables, comparer = with_all.tables, with_all.comparer
        with (
            stripe_errors("The same command goes on where this one ended."),
            step(console, "Reconcile" if apply else "Compare") as going,
        ):
            if since is None:
                about = tables.item_count()
                Walk(with_all.stripe, tables, checkpoint, comparer, going.count, about).run()
            else:
                # A run that goes on keeps its beginning: "6h" means another moment when it is typed again.
                second = checkpoint.read("from") or int(since.timestamp())
                checkpoint.note(state={"from": second})
                handle_missed(with_all.stripe, second, checkpoint, comparer, going.count)
        if since is None and not tally.unrepaired:
            _note_full_pass(stack, asked_stripe=True)
        checkpoint.finish()
    return conclude(tally, as_json=as_json, apply=apply)


def _note_full_pass(stack: "DeployedStack", *, asked_stripe: bool) -> None:
    from stripe_subscription_handler.comparison.full_pass import note_full_pass

    config = stack.config
    note_full_pass(
        stack.endpoint.dynamodb, config.sync_table_name, config.shows, time.time(), asked_stripe=asked_stripe
    )


def _views(stack: "DeployedStack", *, apply: bool, as_json: bool) -> int:
    from stripe_handler_cli.common.console import reporter
    from stripe_handler_cli.common.progress import step
    from stripe_handler_cli.operate.reconcile.report import conclude, teller
    from stripe_subscription_handler.comparison.tally import Tally
    from stripe_subscription_handler.comparison.walk import look_at_views
    from stripe_subscription_handler.comparison.wiring import views

    tables, tally = stack.tables, Tally()
    looking = views(stack.config, stack.endpoint.dynamodb, teller(as_json=as_json), apply=apply, tally=tally)
    with step(reporter(), "Compute views anew" if apply else "Look at views") as going:
        look_at_views(tables, looking, going.count, tables.item_count())
    if not tally.unrepaired:
        _note_full_pass(stack, asked_stripe=False)
    return conclude(tally, as_json=as_json, apply=apply)


def _owners(stack: "DeployedStack", *, as_json: bool) -> int:
    from stripe_handler_cli.common.console import reporter
    from stripe_handler_cli.common.progress import step
    from stripe_handler_cli.operate.reconcile.owners import find_misplaced
    from stripe_handler_cli.operate.reconcile.report import conclude_owners

    tables = stack.tables
    with step(reporter(), "Hold profiles and owner links against each other") as going:
        found = find_misplaced(tables, going.count, tables.item_count())
    return conclude_owners(found, given_stack_options(click.get_current_context()), as_json=as_json)


@click.command(
    cls=UserCommand,
    epilog="""\b
Examples:
  stripe-handler sync user_42
  stripe-handler sync user_42 --dry-run
  stripe-handler sync --subscription sub_1PqQ2n --workspace production
  stripe-handler sync --customer cus_QW12 --json
  stripe-handler sync user_42 --through-function
""",
)
@click.argument("user", required=False)
@stack_options
@click.option(
    "--subscription", "subscription_ids", metavar="ID", multiple=True, help="This one. Can be repeated."
)
@click.option(
    "--customer", "customer_ids", metavar="ID", multiple=True, help="All of theirs. Can be repeated."
)
@click.option("--dry-run", is_flag=True, help="Only say what differs. Needs a Stripe key of your own.")
@click.option(
    "--through-function",
    is_flag=True,
    help="Have the function do it, with its own Stripe key, although you have one.",
)
@_reading_options
def sync(  # noqa: PLR0913 - one argument per option
    *,
    stack: "DeployedStack",
    stripe: "StripeAccess | None",
    rate: float,
    user: str | None,
    subscription_ids: tuple[str, ...],
    customer_ids: tuple[str, ...],
    dry_run: bool,
    through_function: bool,
    as_json: bool,
) -> int:
    """Bring the profile of USER up to date from Stripe, now, by the rules of live events.

    With your own Stripe key, or without one by asking the function, if that has a key; it says which way it
    went.

    Every subscription of the customers that the profile names, and each one's newest payment. Where the
    profile has no ledger (something has replaced or deleted the item), the customers are found by the sync
    table's links, of which all are read, or else by the function's log. Exit code 0 if nothing differs any
    more, 1 if something does.
    """
    from stripe_handler_cli.common.console import reporter
    from stripe_handler_cli.common.progress import step
    from stripe_handler_cli.operate.reconcile.asked_report import conclude_asked
    from stripe_handler_cli.operate.reconcile.report import WITHOUT_DRY_RUN, conclude, let_alone, teller
    from stripe_handler_cli.operate.reconcile.sync import asking, has_key, nothing_tells
    from stripe_handler_cli.operate.reconcile.sync import through_function as ask_function
    from stripe_handler_cli.operate.reconcile.traces import traces_of
    from stripe_handler_cli.stack.stripe_api import stripe_errors
    from stripe_subscription_handler.comparison.pace import Pace
    from stripe_subscription_handler.comparison.tally import Tally
    from stripe_subscription_handler.comparison.up_to_date import Wanted, bring_up_to_date
    from stripe_subscription_handler.comparison.wiring import work

    if not (user or subscription_ids or customer_ids):
        raise click.UsageError("name a user, --subscription or --customer")
    if through_function and dry_run:
        raise click.UsageError("--through-function repairs what differs; --dry-run needs a key of your own")
    wanted = Wanted(user, frozenset(subscription_ids), frozenset(customer_ids))

    def traces(user_id: str) -> Wanted:
        with step(reporter(), "Look for what is left") as looking:
            return traces_of(stack, user_id, looking)

    if through_function or (stripe is None and not dry_run and has_key(stack)):
        name = stack.invoked_function
        reporter().print(f"Through the function {name}, with its own Stripe key.", markup=False)
        return conclude_asked(list(ask_function(wanted, asking(stack), traces)), as_json=as_json)
    stripe = required(stripe)
    reporter().print(f"With the Stripe key in {stripe.variable}.", markup=False)
    api, tally = connect(stack.config, stripe, Pace(rate).wait), Tally()
    with_all = work(
        stack.config, stack.endpoint.dynamodb, api, teller(as_json=as_json), apply=not dry_run, tally=tally
    ).with_payments(is_thorough=True)
    item = with_all.tables.profile(user) if user else None
    with stripe_errors():
        told = bring_up_to_date(wanted, with_all.stripe, item, with_all.comparer, traces)
    if told is None:
        raise nothing_tells(user)
    if told.unknown and user is None:
        raise CliError(f"Stripe has no subscription {', '.join(sorted(told.unknown))}.")
    exit_code = conclude(tally, as_json=as_json, apply=not dry_run, to_repair=WITHOUT_DRY_RUN)
    if tally.forgotten:
        raise CliError(let_alone(tally.forgotten, given_stack_options(click.get_current_context())))
    return exit_code
