"""`python -m benchmarks`: runs benchmarks, keeps their results, writes docs/performance.md from them."""

import sys
import time

import click
from rich.console import Console

from benchmarks.checking import check
from benchmarks.drawing import plots
from benchmarks.page import filled
from benchmarks.registry import BENCHMARKS, sections
from benchmarks.result import RESULTS_PATH, read_results, write_result
from benchmarks.setting import ROOT, STATE, Setting
from stripe_handler_cli.common.errors import CliError

PAGE = ROOT / "docs" / "performance.md"
NAMES = click.Choice(list(BENCHMARKS))


@click.group()
def main() -> None:
    """Measure what an event costs, against a baseline in the same run."""


@main.command(
    epilog="""\b
Examples:
  make bench
  make bench NAME=handler_cpu
  make bench NAME="handler_cpu zip" QUICK=1
"""
)
@click.argument("names", nargs=-1, type=NAMES)
@click.option("--quick", is_flag=True, help="Few repetitions; results are shown, and kept out of results/.")
def run(names: tuple[str, ...], *, quick: bool) -> None:
    """Run benchmarks (all but the long ones unless named), and keep their results."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    for name in names or [name for name, one in BENCHMARKS.items() if one.is_usual]:
        started = time.monotonic()
        console.print(f"{name}: {BENCHMARKS[name].about}")
        setting = Setting(quick=quick, say=lambda line: console.print(f"  {line}", style="dim"))
        result = BENCHMARKS[name].run(setting)
        path = write_result(result, STATE / "quick" if quick else RESULTS_PATH)
        console.print(f"  {time.monotonic() - started:.0f} s; {path.relative_to(ROOT)}", style="dim")
        click.echo(f"\n{name}\n\n{BENCHMARKS[name].section(result)}\n")


@main.command()
def report() -> None:
    """Write the sections of docs/performance.md again from results/."""
    found = sections(read_results())
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), found), encoding="utf-8")
    click.echo(f"{PAGE.relative_to(ROOT)}: {', '.join(found)}")


main.add_command(check)
main.add_command(plots)


if __name__ == "__main__":
    try:
        main()
    except CliError as error:
        sys.stderr.write(f"Error: {error}\n")
        sys.exit(1)
