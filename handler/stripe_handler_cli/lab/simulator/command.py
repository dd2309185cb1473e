"""The command `stripe-handler simulate`: options in, JSON lines out. `iterate_lives` does the work."""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.lab.simulator import (
    ERAS,
    SCENARIOS,
    Settings,
    SimulationError,
    SimulationOptions,
    envelope,
    iterate_lives,
)
from stripe_handler_cli.lab.simulator.truth.settings import CHOSEN, DEFAULTS, parse_settings

_STDOUT = Path("-")
_BY_REQUEST = tuple(name for name, scenario in SCENARIOS.items() if not scenario.default)


@click.command(
    epilog="""\b
Examples:
  stripe-handler simulate --users 1000 --seed 7 --out events.jsonl --profiles profiles.jsonl
  stripe-handler simulate --users 1 --scenario dunning_canceled --era 2025-clover --out - | head -1
  stripe-handler simulate --users 50 --envelope --thin --out thin.jsonl
  stripe-handler simulate --users 200 --also owner_move --also shared_customer --out events.jsonl --json
  stripe-handler simulate --users 50 --entitlements --chosen --profiles profiles.jsonl --out events.jsonl
  stripe-handler simulate --setting access_past_due_days=7 --profiles profiles.jsonl --out events.jsonl
"""
)
@click.option("--users", type=click.IntRange(min=1), default=100, show_default=True, help="Customers.")
@click.option("--seed", type=int, default=1, show_default=True, help="Same seed and options, same bytes.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    required=True,
    help="Where the events go, one JSON object a line; - is stdout.",
)
@click.option(
    "--profiles",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the true final profiles go, one user a line.",
)
@click.option("--envelope", "enveloped", is_flag=True, help="Put each event into EventBridge's envelope.")
@click.option("--thin", is_flag=True, help="Thin events (v2.core.event) only; they are of era 2026-endive.")
@click.option(
    "--era",
    "eras",
    type=click.Choice(list(ERAS)),
    multiple=True,
    help="An era of Stripe's API; may be repeated. All unless given.",
)
@click.option(
    "--scenario",
    "scenarios",
    type=click.Choice(list(SCENARIOS)),
    multiple=True,
    help="A scenario; may be repeated. All but those of --also unless given.",
)
@click.option(
    "--also",
    type=click.Choice(_BY_REQUEST),
    multiple=True,
    help="A scenario that is off by default, besides the others; may be repeated.",
)
@click.option(
    "--sessions", is_flag=True, help="Checkout sessions; in some lives nothing else names the user."
)
@click.option(
    "--customers", is_flag=True, help="Customers; in some lives only their metadata names the user."
)
@click.option("--moves", is_flag=True, help="Labels that go from user to user.")
@click.option(
    "--test-clocks",
    is_flag=True,
    help="Every second life is under a test clock: its objects have the clock's time, its events do not.",
)
@click.option("--entitlements", is_flag=True, help="Customers are told what they are entitled to.")
@click.option(
    "--setting",
    "settings",
    metavar="NAME=JSON",
    multiple=True,
    help="A setting that shapes the profiles, by its name in Terraform; may be repeated.",
)
@click.option(
    "--chosen",
    is_flag=True,
    help="Settings for the simulator's catalogue, as chaos has them; another app is on the account then.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object on stdout.")
def simulate(  # noqa: PLR0913 - one argument per option
    *,
    users: int,
    seed: int,
    out: Path,
    profiles: Path | None,
    enveloped: bool,
    thin: bool,
    eras: tuple[str, ...],
    scenarios: tuple[str, ...],
    also: tuple[str, ...],
    sessions: bool,
    customers: bool,
    moves: bool,
    test_clocks: bool,
    entitlements: bool,
    settings: tuple[str, ...],
    chosen: bool,
    as_json: bool,
) -> None:
    """Write the events Stripe would send for made-up customers, and the profiles they must lead to.

    Events come customer by customer, each customer's in the order in which they happened, so memory does not
    grow with the number of users. No network, no Stripe account.
    """
    from stripe_handler_cli.common.console import printer, reporter
    from stripe_handler_cli.common.progress import step
    from stripe_handler_cli.lab.simulator.statistics import Statistics

    if as_json and out == _STDOUT:
        raise CliError("--json and --out - both want stdout; write the events to a file")
    if profiles is not None and profiles.absolute() == out.absolute():
        raise CliError("--out and --profiles name the same file")
    options = SimulationOptions(
        scenarios=scenarios or None,
        also=also,
        eras=eras or tuple(ERAS),
        thin=thin,
        sessions=sessions,
        customers=customers,
        moves=moves,
        test_clock_share=0.5 if test_clocks else 0.0,
        entitlements=entitlements,
        settings=_settings(settings, CHOSEN if chosen else DEFAULTS),
    )
    statistics = Statistics()
    started = time.monotonic()
    with ExitStack() as stack:
        write_event = stack.enter_context(_json_lines(out))
        write_profile = stack.enter_context(_json_lines(profiles))
        simulating = stack.enter_context(step(reporter(), "Simulate"))
        try:
            for life in iterate_lives(seed, users, options):
                statistics.add(life)
                for event in life.events:
                    write_event(envelope(event) if enveloped else event)
                for user, profile in life.profiles.items():
                    write_profile({"userId": user, "profile": profile})
                simulating.count("customers", statistics.lives, users)
        except SimulationError as error:
            raise CliError(str(error)) from error
    seconds = time.monotonic() - started
    if as_json:
        click.echo(json.dumps({"seed": seed, **statistics.as_json(), "seconds": round(seconds, 3)}))
    else:
        statistics.print_summary(reporter() if out == _STDOUT else printer(), seconds)


def _settings(assignments: Iterable[str], base: Settings) -> Settings:
    try:
        return parse_settings(assignments, base)
    except ValueError as error:
        raise CliError(f"--setting: {error}") from error


@contextmanager
def _json_lines(path: Path | None) -> Iterator[Callable[[Any], None]]:
    if path is None:
        yield lambda value: None  # noqa: ARG005 - nobody asked for it
        return
    try:
        file = click.open_file(str(path), "w", encoding="utf-8")
    except OSError as error:
        raise CliError(f"cannot write {path}: {error.strerror}") from error
    with file:
        yield lambda value: print(json.dumps(value, separators=(",", ":")), file=file)
