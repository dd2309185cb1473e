"""The commands `stripe-handler reconcile` and `sync`: options in, differences out."""

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
_REQUESTS_PER_WORKER = 2.5
"""A page of 100 subscriptions, all to be repaired, keeps a worker busy for a good part of a second."""
_MOST_WORKERS = 16
_reading_options = together(
    stripe_options(
        "that may read subscriptions, customers, invoices and events; a restricted one is enough."
    ),
    click.option(
        "--rate",
        type=click.FloatRange(min=0, min_open=True),
        default=20,
        show_default=True,
        help="How many requests a second to Stripe at most. Stripe allows 25 for each endpoint, live too.",
    ),
    click.option(
        "--json", "as_json", is_flag=True, help="Print a JSON object per difference, then a summary."
    ),
)


def pace(rate: float) -> Callable[[], None]:
    """What waits, before each request, until it is due at so many a second."""
    from stripe_subscription_handler.comparison.pace import Pace

    return Pace(rate).wait


def workers_for(rate: float) -> int:
    """How many workers keep up with so many requests a second to Stripe."""
    return min(_MOST_WORKERS, max(1, round(rate / _REQUESTS_PER_WORKER)))


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
  stripe-handler reconcile --apply --rate 10 --workers 2
  stripe-handler reconcile --apply --in-aws --workspace production
  stripe-handler reconcile --test-clock clock_1PqQ2n --apply
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
    "--in-aws",
    is_flag=True,
    help="Have the stack's drift check do it, and follow it: it goes on without this machine. Needs no key.",
)
@click.option(
    "--customer", "customers", metavar="ID", multiple=True, help="Only this one's. Can be repeated."
)
@click.option(
    "--test-clock",
    "test_clocks",
    metavar="ID",
    multiple=True,
    help="Only those under this clock, which Stripe lists no other way. Can be repeated.",
)
@click.option(
    "--state-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Notes how far the run is, so that one that was broken off goes on. Named after the table "
    "unless given.",
)
@click.option("--restart", is_flag=True, help="Begin anew, although a run was broken off.")
@click.option(
    "--workers",
    type=click.IntRange(min=1, max=64),
    help="How many work side by side. By the rate unless given: one for 2.5 requests a second, 16 at most.",
)
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
    in_aws: bool,
    customers: tuple[str, ...],
    test_clocks: tuple[str, ...],
    state_file: Path | None,
    restart: bool,
    workers: int | None,
    as_json: bool,
) -> int:
    """Compare every subscription in Stripe with every profile, in both directions.

    Ended subscriptions too. An event that is on its way looks like a difference; look again. Exit code 0 if
    nothing differs (or all was repaired), 1 if something does.
    """
    from stripe_handler_cli.operate.reconcile.running import Only, Run

    only = Only(customers, test_clocks)
    kept = state_file or restart
    if views:
        if owners or since or in_aws or only or kept:
            raise click.UsageError("--views goes through everything, and with no other choice but --apply")
        return _views(stack, apply=apply, as_json=as_json)
    if owners:
        if apply or since or in_aws or only or kept:
            raise click.UsageError("--owners only looks, at everything, and goes with no other choice")
        return _owners(stack, as_json=as_json)
    if in_aws:
        if since or only or kept or workers:
            raise click.UsageError("--in-aws goes through everything, and with no other choice but --apply")
        return _in_aws(stack, apply=apply, as_json=as_json)
    if only and (since or kept):
        raise click.UsageError("--customer and --test-clock go with no --since, and keep no state")
    api = connect(stack.config, required(stripe), pace(rate))
    run = Run(stack, api, workers or workers_for(rate), apply=apply, as_json=as_json)
    if only:
        return run.some(only)
    path = state_file or _STATE_DIRECTORY / f"{stack.config.table_name}{'-events' if since else ''}.sqlite"
    if state_file is None:
        from stripe_handler_cli.common.private_files import make_private_directory

        make_private_directory(_STATE_DIRECTORY)
    return run.everything(path, since, restart=restart)


def _in_aws(stack: "DeployedStack", *, apply: bool, as_json: bool) -> int:
    from stripe_handler_cli.common.console import reporter
    from stripe_handler_cli.common.progress import step
    from stripe_handler_cli.operate.reconcile.in_aws import in_aws
    from stripe_handler_cli.operate.reconcile.report import conclude

    console = reporter()
    console.print("Should this be broken off: the drift check's schedule goes on with the pass.")
    with step(console, "Reconcile in AWS" if apply else "Compare in AWS") as going:
        done = in_aws(stack, going.count, apply=apply)
    console.print(
        f"Each difference is a line of the log group {stack.output('drift_check_log_group_name')}.",
        markup=False,
    )
    return conclude(done.told, as_json=as_json, apply=apply)


def _views(stack: "DeployedStack", *, apply: bool, as_json: bool) -> int:
    from stripe_handler_cli.common.console import reporter
    from stripe_handler_cli.common.progress import step
    from stripe_handler_cli.operate.reconcile.report import conclude, teller
    from stripe_handler_cli.operate.reconcile.running import views_compared

    with step(reporter(), "Compute views anew" if apply else "Look at views") as going:
        tally = views_compared(stack, going.count, teller(as_json=as_json), apply=apply)
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
