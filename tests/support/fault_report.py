"""The table at the end of a run: fault, events, attempts, failed, to queue, redriven, lost.

The process that made the figures writes them; the one that reports reads what all of them wrote.
"""

import json
import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import attrs
import pytest

from support.trials import Figure

REPORTS = Path(__file__).parents[2] / ".stripe-handler" / "tests" / "faults"
COLUMNS = {
    "fault": "fault",
    "events": "events",
    "attempts": "attempts",
    "failed": "failed",
    "queued": "to queue",
    "redriven": "redriven",
    "lost": "lost",
}


def forget() -> None:
    """Remove what an earlier run wrote."""
    shutil.rmtree(REPORTS, ignore_errors=True)


def write(figures: Iterable[Figure], remarks: Sequence[str]) -> None:
    """Keep one process's figures, and the remarks to print below the table."""
    REPORTS.mkdir(parents=True, exist_ok=True)
    report = {"figures": list(map(attrs.asdict, figures)), "remarks": remarks}
    path = REPORTS / f"{os.environ.get('PYTEST_XDIST_WORKER', 'single')}.json"
    path.write_text(json.dumps(report, indent=2) + "\n")


def show(reporter: pytest.TerminalReporter) -> None:
    """Print what all processes of this run wrote."""
    reports = [json.loads(path.read_text()) for path in sorted(REPORTS.glob("*.json"))]
    rows = sorted((row for report in reports for row in report["figures"]), key=lambda row: row["fault"])
    if not rows:
        return
    reporter.section("faults survived")
    cells = [list(COLUMNS.values()), *([str(row[name]) for name in COLUMNS] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for fault, *numbers in cells:
        aligned = (number.rjust(width) for number, width in zip(numbers, widths[1:], strict=True))
        reporter.line("  ".join((fault.ljust(widths[0]), *aligned)))
    for remark in (remark for report in reports for remark in report["remarks"]):
        reporter.line("")
        reporter.write(remark)
