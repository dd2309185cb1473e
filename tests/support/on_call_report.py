"""The seconds at the end of a run: from each alarm until the page's commands had found, and had repaired.

docs/runbook.md has them in its on-call table. What a person reads, thinks and does by hand is not in them.
"""

import json
import os
import shutil
from pathlib import Path

import pytest

from support import runbook
from support.incidents import Incident

REPORTS = Path(__file__).parents[2] / ".stripe-handler" / "tests" / "on_call"


def forget() -> None:
    """Remove what an earlier run wrote."""
    shutil.rmtree(REPORTS, ignore_errors=True)


def write(key: str, section: runbook.Section, incident: Incident) -> None:
    """Keep how long an alarm's commands took, one after another, those it shares with other alarms too."""
    seconds = [sum(incident.ran[line].seconds for line in block) for block in section.blocks]
    REPORTS.mkdir(parents=True, exist_ok=True)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "single")
    with (REPORTS / f"{worker}.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps([key, seconds[0], sum(seconds) if seconds[1:] else None]) + "\n")


def show(reporter: pytest.TerminalReporter) -> None:
    """Print what all processes of this run wrote."""
    lines = [line for path in sorted(REPORTS.glob("*.jsonl")) for line in path.read_text().splitlines()]
    if not lines:
        return
    reporter.section("on call: seconds from the alarm to found, to repaired")
    for key, found, repaired in map(json.loads, lines):
        reporter.line(
            f"{key:50} {found:6.1f} {'' if repaired is None else format(repaired, '6.1f')}".rstrip()
        )
