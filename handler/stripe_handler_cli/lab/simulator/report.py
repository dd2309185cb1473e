"""Draws what was simulated, for people. Only prints."""

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table

from stripe_handler_cli.common.tables import fields
from stripe_handler_cli.lab.simulator.statistics import Statistics


def print_summary(console: Console, statistics: Statistics, seconds: float) -> None:
    """Print how much of what there was."""
    for table in _tables(statistics, seconds):
        console.print(table)


def _tables(statistics: Statistics, seconds: float) -> Iterator[Table]:
    figures = statistics.as_json()
    shared = figures["events_sharing_a_second"]
    rows = (
        ("users", f"{statistics.users:,}"),
        ("events", f"{statistics.events:,} ({statistics.events / statistics.users:.1f} a user)"),
        ("generated", f"in {seconds:.1f} s, {statistics.events / seconds:,.0f} events/s"),
        ("sharing a second", f"{shared:,} ({shared / max(statistics.events, 1):.0%} of the events)"),
        ("seconds with several updates", f"{statistics.update_ties:,}"),
    )
    yield fields(rows)
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
