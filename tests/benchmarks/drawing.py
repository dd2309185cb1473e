"""`python -m benchmarks plots`: draws docs/plots/*.svg from results/, the same bytes every time."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import click
from rich.console import Console

from benchmarks.plots import Plot
from benchmarks.plots import plots as plots_of
from benchmarks.result import read_results
from benchmarks.setting import ROOT, Setting
from stripe_handler_cli.common.errors import CliError

PLOTS_PATH = ROOT / "docs" / "plots"
_WORKER = Path(__file__).with_name("workers") / "draw.py"


@click.command()
def plots() -> None:
    """Draw the plots of docs/performance.md again from results/."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    drawn = draw(plots_of(read_results()), Setting(quick=False, say=console.print))
    click.echo(f"{PLOTS_PATH.relative_to(ROOT)}: {', '.join(path.name for path in drawn) or 'no results'}")


def draw(wanted: Mapping[str, Plot], setting: Setting, directory: Path = PLOTS_PATH) -> list[Path]:
    """Draw plots.

    Args:
        wanted: Name → panels.
        setting: Gives the Python that has matplotlib.
        directory: Where the files go.

    Raises:
        CliError: They cannot be drawn.
    """
    if not wanted:
        return []
    directory.mkdir(parents=True, exist_ok=True)
    files = {directory / f"{name}.svg": panels for name, panels in wanted.items()}
    done = subprocess.run(  # noqa: S603 - our own script in our own venv
        [setting.python(), _WORKER],
        input=json.dumps({str(path): panels for path, panels in files.items()}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise CliError(f"the plots could not be drawn:\n{done.stderr.strip()}")
    return list(files)
