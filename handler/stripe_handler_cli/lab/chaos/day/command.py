"""The command `stripe-handler chaos day`: options in, certificate out. `run` does the work."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stripe_handler_cli.stack.options import ROOT_OPTIONS

if TYPE_CHECKING:
    from rich.console import Console

    from stripe_handler_cli.lab.chaos.day.certificate import DayCertificate
    from stripe_handler_cli.lab.chaos.day.run import Day


@click.command(
    epilog="""\b
Examples:
  stripe-handler chaos day
  stripe-handler chaos day --users 100 --minutes 2 --check-every 4
  stripe-handler chaos day --users 100 --no-repair
  stripe-handler chaos day --out certificate.txt
  stripe-handler chaos day --users 50 --workspace development
"""
)
@click.option("--users", type=click.IntRange(min=1), default=1000, show_default=True, help="Customers.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the day and of all that goes wrong.")
@click.option(
    "--minutes",
    type=click.FloatRange(min=0.1),
    default=6.0,
    show_default=True,
    help="How long the day takes. Shorter than the stack can follow makes profiles wrong for longer.",
)
@click.option(
    "--check-every",
    "check_every_hours",
    type=click.FloatRange(min=0.5, max=24),
    default=6.0,
    show_default=True,
    help="Hours of the day from one pass of the drift check to the next.",
)
@click.option(
    "--no-repair", is_flag=True, help="Let the drift check only tell: what is lost then stays wrong."
)
@ROOT_OPTIONS[0]
@click.option(
    "--workspace",
    help="Play it on this deployed workspace, which is not production, and delete its users afterwards. "
    "Unless given: on a stack of its own on local AWS.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the certificate to this file too, as text, or as JSON with --json.",
)
@click.option("--keep", is_flag=True, help="Leave the own stack running at the end.")
@click.option("--yes", is_flag=True, help="Do not ask before one that was kept is ended.")
@click.option("--json", "as_json", is_flag=True, help="Print the certificate as one JSON object on stdout.")
@click.option(
    "--state-directory",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".stripe-handler/chaos"),
    show_default=True,
    help="Where local AWS and the Terraform state of an own stack live.",
)
def day(  # noqa: PLR0913 - one argument per option
    *,
    users: int,
    seed: int,
    minutes: float,
    check_every_hours: float,
    no_repair: bool,
    terraform_directory: Path,
    workspace: str | None,
    out: Path | None,
    keep: bool,
    yes: bool,
    as_json: bool,
    state_directory: Path,
) -> int:
    """Play a business day on which much goes wrong, help nobody, and see when each profile is right again.

    Labels move, events come late, twice, or never, the destination is disabled for a while, Stripe fails to
    make events, the app overwrites profiles, the profile table is set back to a copy, and processes die.
    Nobody does anything about it: the drift check and Stripe's health events must. Prints a certificate. Exit
    code 1 if any profile differs in the end.
    """
    from stripe_handler_cli.common.console import reporter
    from stripe_handler_cli.lab.chaos.day.run import Day

    wanted = Day(users, seed, minutes, check_every_hours, not no_repair)
    console = reporter()
    if workspace is not None:
        certificate = _on_workspace(wanted, console, terraform_directory, workspace)
    else:
        certificate = _on_own_stack(wanted, console, state_directory, keep=keep, yes=yes)
    _tell(certificate, out, as_json=as_json)
    return 1 if certificate.differences else 0


def _tell(certificate: "DayCertificate", out: Path | None, *, as_json: bool) -> None:
    from stripe_handler_cli.common.console import WholeWords, printer
    from stripe_handler_cli.lab.chaos.day.report import print_day

    text = json.dumps(certificate.as_json(), default=str)
    if out is not None:
        with out.open("w", encoding="utf-8") as file:
            if as_json:
                file.write(f"{text}\n")
            else:
                print_day(WholeWords(file=file), certificate)
    if as_json:
        click.echo(text)
    else:
        print_day(printer(), certificate)


def _on_workspace(wanted: "Day", console: "Console", root: Path, workspace: str) -> "DayCertificate":
    from stripe_handler_cli.lab.chaos.day.deployed import deployed_stage
    from stripe_handler_cli.stack.deployed import DeployedStack
    from stripe_handler_cli.tools.terraform.outputs import outputs_of_root

    stack = DeployedStack.on_aws(outputs_of_root(root, workspace=workspace), root)
    with deployed_stage(stack, workspace) as stage:
        return wanted.run(stage, console)


def _on_own_stack(
    wanted: "Day", console: "Console", state_directory: Path, *, keep: bool, yes: bool
) -> "DayCertificate":
    from stripe_handler_cli.lab.chaos.day.own import EVENT_SOURCE, own_plan, own_stage
    from stripe_handler_cli.lab.fake_stripe import API_KEY, FakeStripe
    from stripe_handler_cli.lab.fake_stripe.outliving import outliving
    from stripe_handler_cli.lab.local_stack import let_go, local_stack

    let_go(state_directory, yes=yes)
    with outliving(FakeStripe(), state_directory, EVENT_SOURCE) as stripe:
        plan = own_plan(state_directory, stripe, wanted.speed)
        with local_stack(console, plan, keep=keep) as stack:
            certificate = wanted.run(own_stage(stack, stripe, wanted.seed), console)
            if keep:
                stack.print_how_to_look_around(console, stripe_key=API_KEY)
    return certificate
