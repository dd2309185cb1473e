"""The command `stripe-handler chaos`: options in, certificate out. `run` does the work."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stripe_handler_cli.lab.chaos.day.command import day

if TYPE_CHECKING:
    from stripe_handler_cli.lab.fake_stripe import FakeStripe
    from stripe_handler_cli.lab.local_stack import StackPlan
    from stripe_handler_cli.lab.simulator import Settings

_EVENT_SOURCE = "aws.partner/stripe.com/ed_test_chaos"


@click.group(
    invoke_without_command=True,
    epilog="""\b
Examples:
  stripe-handler chaos --users 200
  stripe-handler chaos --users 40 --seed 7 --duplicates 1 --kills 100
  stripe-handler chaos --users 200 --window 50 --json
  stripe-handler chaos --users 100 --stripe-faults 200
  stripe-handler chaos --users 100 --without-stripe
  stripe-handler chaos --users 100 --plain
  stripe-handler chaos day
""",
)
@click.option("--users", type=click.IntRange(min=1), default=200, show_default=True, help="Customers.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the events and of the mischief.")
@click.option(
    "--duplicates",
    type=click.FloatRange(min=0),
    default=0.3,
    show_default=True,
    help="Additional deliveries, as a share of the events.",
)
@click.option(
    "--window",
    type=click.IntRange(min=0),
    help="How many places an event may move. All are shuffled unless given.",
)
@click.option(
    "--kills",
    type=click.IntRange(min=0),
    help="How many times a handler process is killed. One per 40 events unless given, and 5 at least.",
)
@click.option(
    "--stripe-faults",
    type=click.IntRange(min=0),
    help="How many of Stripe's answers go wrong: 429, 500, time-outs and the like. "
    "One per 40 events unless given, and 5 at least.",
)
@click.option(
    "--without-stripe",
    is_flag=True,
    help="Give the function no Stripe key; nothing happens then that only Stripe can tell.",
)
@click.option(
    "--plain",
    is_flag=True,
    help="Leave the settings that shape a profile at their defaults: no plans, no other app on the account.",
)
@click.option("--keep", is_flag=True, help="Leave everything running at the end and say how to look around.")
@click.option("--yes", is_flag=True, help="Do not ask before one that was kept is ended.")
@click.option("--json", "as_json", is_flag=True, help="Print the certificate as one JSON object on stdout.")
@click.option(
    "--state-directory",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".stripe-handler/chaos"),
    show_default=True,
    help="Where local AWS and the Terraform state live.",
)
@click.pass_context
def chaos(  # noqa: PLR0913 - one argument per option
    context: click.Context,
    *,
    users: int,
    seed: int,
    duplicates: float,
    window: int | None,
    kills: int | None,
    stripe_faults: int | None,
    without_stripe: bool,
    plain: bool,
    keep: bool,
    yes: bool,
    as_json: bool,
    state_directory: Path,
) -> int:
    """Deliver simulated events as badly as can be, and compare every profile with the truth.

    On local AWS, through the real bus, rule, zip and tables: duplicates, any order, four handlers at a time,
    handler processes killed at random, and a fake Stripe that fails now and then when it is asked. Labels,
    checkout sessions and customers name the users, and labels move. Plans, filters, grace and own attributes
    are set for the simulator's catalogue, and another app shares the account. Prints a certificate. Exit code
    1 if any profile differs.
    """
    if context.invoked_subcommand is not None:
        return 0
    if without_stripe and stripe_faults:
        raise click.UsageError("--stripe-faults and --without-stripe exclude each other.")
    from stripe_handler_cli.common.console import printer, reporter
    from stripe_handler_cli.common.progress import step
    from stripe_handler_cli.lab.chaos.report import print_certificate
    from stripe_handler_cli.lab.chaos.run import Chaos
    from stripe_handler_cli.lab.fake_stripe import API_KEY, FakeStripe
    from stripe_handler_cli.lab.fake_stripe.outliving import outliving
    from stripe_handler_cli.lab.local_stack import let_go, local_stack
    from stripe_handler_cli.lab.simulator.truth.settings import CHOSEN, DEFAULTS

    let_go(state_directory, yes=yes)
    console = reporter()
    wanted = Chaos(
        users=users,
        seed=seed,
        duplicates=duplicates,
        window=window,
        kills=kills,
        stripe_faults=stripe_faults,
        asks_stripe=not without_stripe,
        settings=DEFAULTS if plain else CHOSEN,
    )
    with outliving(FakeStripe(), state_directory, _EVENT_SOURCE) as stripe:
        plan = _plan(state_directory, None if without_stripe else stripe, wanted.settings)
        with local_stack(console, plan, keep=keep) as stack:
            with step(console, "Deliver the events") as delivering:
                show = delivering.counter("deliveries handled")
                certificate = wanted.run(stack.endpoint, stack.pipeline, stack.running, stripe, show)
            if keep:
                stack.print_how_to_look_around(console, stripe_key=API_KEY)
    if as_json:
        click.echo(json.dumps(certificate.as_json(), default=str))
    else:
        print_certificate(printer(), certificate)
    return 1 if certificate.counterexamples else 0


chaos.add_command(day)


def _plan(state_directory: Path, stripe: "FakeStripe | None", settings: "Settings") -> "StackPlan":
    from stripe_handler_cli.lab.chaos.run import SENT_TYPES, admitted_types
    from stripe_handler_cli.lab.fake_stripe import API_KEY
    from stripe_handler_cli.lab.local_stack import StackPlan
    from stripe_handler_cli.tools.local_aws import DEFAULT_STATE_DIRECTORY
    from stripe_handler_cli.tools.packaging import find_project_root

    variables = {
        "profile_table_name": "ChaosApp-users",
        "event_types": list(SENT_TYPES),
        **settings.as_values(),
    }
    if stripe is not None:
        variables |= {"event_types": admitted_types(SENT_TYPES), "stripe_api_url": stripe.url}
    return StackPlan(
        project_root=find_project_root(Path.cwd()),
        state_directory=state_directory,
        name="chaos",
        event_source=_EVENT_SOURCE,
        variables=variables,
        venv_path=DEFAULT_STATE_DIRECTORY / "venv",
        stripe_key=None if stripe is None else API_KEY,
    )
