"""The command `stripe-handler simulate`: options in, JSON lines out. Thin; `simulator` does the work."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.lab.simulator import (
    ERAS,
    SCENARIOS,
    SimulationError,
    SimulationOptions,
    envelope,
    iterate_lives,
)
from stripe_handler_cli.lab.simulator.statistics import Statistics

_STDOUT = Path("-")
_DEFAULT = tuple(name for name, scenario in SCENARIOS.items() if scenario.default)
_BY_REQUEST = tuple(name for name in SCENARIOS if name not in _DEFAULT)
_REPORTS = 10
"""Off a terminal, progress is so many lines."""


@click.command(
    epilog="""\b
Examples:
  stripe-handler simulate --users 1000 --seed 7 --out events.jsonl --profiles profiles.jsonl
  stripe-handler simulate --users 1 --scenario dunning_canceled --era 2025-clover --out - | head -1
  stripe-handler simulate --users 50 --envelope --thin --out thin.jsonl
  stripe-handler simulate --users 200 --also owner_move --also shared_customer --out events.jsonl --json
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
    as_json: bool,
) -> None:
    """Write the events Stripe would send for made-up customers, and the profiles they must lead to.

    Events come customer by customer, each customer's in the order in which they happened, so memory does not
    grow with the number of users. No network, no Stripe account.
    """
    if as_json and out == _STDOUT:
        raise CliError("--json and --out - both want stdout; write the events to a file")
    if profiles is not None and profiles.absolute() == out.absolute():
        raise CliError("--out and --profiles name the same file")
    options = SimulationOptions(scenarios=scenarios or None, also=also, eras=eras or tuple(ERAS), thin=thin)
    statistics = Statistics()
    started = time.monotonic()
    with ExitStack() as stack:
        write_event = stack.enter_context(_json_lines(out))
        write_profile = stack.enter_context(_json_lines(profiles))
        show = stack.enter_context(_progress(users))
        try:
            for life in iterate_lives(seed, users, options):
                statistics.add(life)
                for event in life.events:
                    write_event(envelope(event) if enveloped else event)
                for user, profile in life.profiles.items():
                    write_profile({"userId": user, "profile": profile})
                show(statistics.lives)
        except SimulationError as error:
            raise CliError(str(error)) from error
    seconds = time.monotonic() - started
    if as_json:
        click.echo(json.dumps({"seed": seed, **statistics.as_json(), "seconds": round(seconds, 3)}))
    else:
        console = Console(stderr=out == _STDOUT, highlight=False)
        for table in _tables(statistics, seconds):
            console.print(table)


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


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    console = Console(stderr=True, highlight=False)
    if console.is_terminal:
        with Progress(console=console, transient=True) as bar:
            task = bar.add_task("Simulating", total=total)
            yield lambda done: bar.update(task, completed=done)
        return

    def line(done: int) -> None:
        if done * _REPORTS // total > (done - 1) * _REPORTS // total:
            console.print(f"  {done}/{total} customers", style="dim")

    yield line


def _tables(statistics: Statistics, seconds: float) -> Iterator[Table]:
    figures = statistics.as_json()
    shared = figures["events_sharing_a_second"]
    head = Table(show_header=False, box=None)
    head.add_row("users", f"{statistics.users:,}")
    head.add_row("events", f"{statistics.events:,} ({statistics.events / statistics.users:.1f} a user)")
    head.add_row("generated", f"in {seconds:.1f} s, {statistics.events / seconds:,.0f} events/s")
    head.add_row("sharing a second", f"{shared:,} ({shared / max(statistics.events, 1):.0%} of the events)")
    head.add_row("seconds with several updates", f"{statistics.update_ties:,}")
    yield head
    yield _counts("event type", "events", figures["events_by_type"])
    yield _counts("events of a subscription in one second", "seconds", figures["seconds_by_number_of_events"])
    yield _counts("scenario", "lives", figures["lives_by_scenario"])
    yield _counts("era", "lives", figures["lives_by_era"])


def _counts(noun: str, counted: str, values: dict[str, int]) -> Table:
    table = Table()
    table.add_column(noun)
    table.add_column(counted, justify="right")
    for name, count in values.items():
        table.add_row(name, f"{count:,}")
    return table
