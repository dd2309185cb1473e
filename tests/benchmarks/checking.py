"""`python -m benchmarks check`: measures again and compares the ratios with the committed results."""

import json
import sys
from collections.abc import Sequence

import attrs
import click
from rich.console import Console
from rich.table import Table

from benchmarks.comparing import Verdict, verdicts
from benchmarks.registry import BENCHMARKS
from benchmarks.result import read_results
from benchmarks.setting import Setting
from benchmarks.tables import number

_WIDTH = 140


@click.command(
    epilog="""\b
Examples:
  make bench-check
  make bench-check NAME="growth load"
  make bench-check NAME=handler_cpu JSON=1
"""
)
@click.argument("names", nargs=-1, type=click.Choice(list(BENCHMARKS)))
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as one JSON object on stdout.")
def check(names: tuple[str, ...], *, as_json: bool) -> None:
    """Measure again and compare the ratios with the committed ones; unless named, what takes a minute or two.

    Nothing is written. Exit code 1 if a ratio is worse by more than its margin, or a result is missing.
    """
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    setting = Setting(quick=False, say=lambda line: console.print(f"  {line}", style="dim"))
    measured = {}
    for name in names or [name for name, one in BENCHMARKS.items() if one.is_checked]:
        console.print(f"{name}: {BENCHMARKS[name].about}")
        measured[name] = BENCHMARKS[name].run(setting)
    found = verdicts(read_results(), measured)
    problems = sum(verdict.problem is not None for verdict in found)
    if as_json:
        values = {"problems": problems, "ratios": [attrs.asdict(verdict) for verdict in found]}
        click.echo(json.dumps(values, ensure_ascii=False))
    else:
        out = Console(highlight=False)
        (out if out.is_terminal else Console(highlight=False, width=_WIDTH)).print(_table(found))
    sys.exit(1 if problems else 0)


def _table(found: Sequence[Verdict]) -> Table:
    shown = Table(title="Ratios, then and now", title_justify="left")
    for head in ("benchmark", "ratio"):
        shown.add_column(head, overflow="fold")
    for head in ("committed", "at most", "now"):
        shown.add_column(head, justify="right")
    shown.add_column("", overflow="fold")
    for verdict in found:
        figures = (verdict.committed, verdict.limit, verdict.measured)
        shown.add_row(
            verdict.benchmark,
            verdict.ratio,
            *("" if figure is None else number(figure) for figure in figures),
            verdict.problem or "ok",
            style="red" if verdict.problem else None,
        )
    return shown
