"""The runbook and Terraform's alarms say the same: every alarm has a section, every loss an alarm."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import click
import pytest

from stripe_handler_cli.cli import root
from stripe_handler_cli.tools.local_aws.emulator.alarm_state import EXTRA_PERIODS, next_state
from stripe_handler_cli.tools.local_aws.emulator.metric_math import calculated
from support import runbook

MODULE = Path(__file__).parents[2] / "terraform" / "modules" / "alarms"


@attrs.frozen
class Alarm:
    """A row of the alarms' tables.

    Attributes:
        meaning: What it means.
        commands: What to run.
        remedy: What to do.
        period_seconds: How long one of its periods is.
    """

    meaning: str
    commands: tuple[str, ...]
    remedy: str
    period_seconds: int


def catalogue() -> Mapping[str, Alarm]:
    """Key → row, from the text of the module."""
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(MODULE.glob("catalogue*.tf")))
    rows = re.findall(r"^    (\w+) = \{\n(.*?)^    \}$", text, re.MULTILINE | re.DOTALL)

    def field(row: str, name: str) -> str:
        (value,) = re.findall(rf'^      {name} += "(.*)"$', row, re.MULTILINE)
        return str(value)

    def commands(row: str) -> tuple[str, ...]:
        (value,) = re.findall(r"^      commands += \[(.*?)\]$", row, re.MULTILINE | re.DOTALL)
        return tuple(re.findall(r'"(.*?)"', value))

    def period(row: str) -> int:
        (value,) = re.findall(r"^      period_seconds += (\d+)$", row, re.MULTILINE)
        return int(value)

    return {
        key: Alarm(field(row, "meaning"), commands(row), field(row, "remedy"), period(row))
        for key, row in rows
    }


def unfilled() -> frozenset[str]:
    """Alarms whose gaps stay gaps, from the text of the module."""
    text = (MODULE / "main.tf").read_text(encoding="utf-8")
    (names,) = re.findall(r"^  unfilled = \[(.*?)\]$", text, re.MULTILINE | re.DOTALL)
    return frozenset(re.findall(r'"(\w+)"', names))


ALARMS = catalogue()
UNFILLED = unfilled()
SECTIONS = runbook.sections()
ON_CALL = runbook.on_call()


def _is_the_same(command: str, line: str) -> bool:
    """Whether a command of an alarm's description is a line of the runbook, which names files and quotes."""
    if command == "terraform apply":
        return line.startswith("terraform -chdir=terraform apply ")
    return command == line.replace('"', "")


def test_every_alarm_has_a_section_and_every_section_an_alarm() -> None:
    """And the tables could be read at all."""
    assert {"silence", "parked_expiring", "forwarding_failed_invocations"} <= ALARMS.keys()
    assert SECTIONS.keys() == ALARMS.keys()


@pytest.mark.parametrize("key", ALARMS)
def test_what_the_description_runs_is_in_the_section(key: str) -> None:
    """Whoever reads the e-mail and whoever reads the page do the same."""
    for command in ALARMS[key].commands:
        assert any(_is_the_same(command, line) for line in SECTIONS[key].commands), command


@pytest.mark.parametrize("key", SECTIONS)
def test_a_section_says_what_to_run_and_when_the_alarm_ends(key: str) -> None:
    """Nobody is left waiting."""
    assert SECTIONS[key].commands
    assert re.search(r"\bEnds (when|with|5 minutes after) ", " ".join(SECTIONS[key].text.split()))


@pytest.mark.parametrize("key", SECTIONS)
def test_every_command_exists(key: str) -> None:
    """With every option it is given."""
    for line in SECTIONS[key].commands:
        words = line.split()
        if words[0] != "stripe-handler":
            assert words[0] == "terraform"
            continue
        command: Any = root
        context = click.Context(root)
        rest = words[1:]
        while isinstance(command, click.Group):
            _, command, rest = command.resolve_command(context, rest)
            assert command is not None, line
        options = {name for parameter in command.params for name in parameter.opts}
        assert {word for word in rest if word.startswith("--")} <= options, line


def test_every_loss_has_an_alarm_and_every_alarm_is_about_one() -> None:
    """No row without an alarm, no unknown alarm, no alarm left over."""
    rows = runbook.alarms_of_losses()
    assert all(rows)
    assert set().union(*rows) == ALARMS.keys()


def test_the_on_call_table_has_every_alarm_and_no_fault_without_one() -> None:
    """What breaks rings, and no fault is told twice with the same alarm."""
    assert {row.alarm for row in ON_CALL} == ALARMS.keys()
    assert len({(row.broken, row.alarm) for row in ON_CALL}) == len(ON_CALL)


@pytest.mark.parametrize("row", ON_CALL, ids=lambda row: row.alarm)
def test_the_on_call_table_runs_what_the_section_runs(row: runbook.OnCall) -> None:
    """To find, the first block; to repair, the others; and seconds for each that has commands."""
    finds, *repairs = SECTIONS[row.alarm].blocks
    assert row.finds == _told(finds)
    assert row.found_seconds is not None
    rest = [line for block in repairs for line in block]
    assert (row.repaired_seconds is not None) == bool(rest)
    if rest:
        assert row.repairs.endswith(_told(rest))
        assert row.repaired_seconds is not None
        assert row.repaired_seconds >= row.found_seconds


def _told(lines: Sequence[str]) -> str:
    return ", ".join(f"`{runbook.as_told(line)}`" for line in lines)


def _is_ringing(key: str, values: Sequence[float | None], **settings: Any) -> bool:
    """The alarm's state by CloudWatch's rules, given the newest value first, as far as anybody looks."""
    periods = settings.get("EvaluationPeriods", 1)
    seen = [*values, *[None] * (periods + EXTRA_PERIODS)][: periods + EXTRA_PERIODS]
    watched = seen if key in UNFILLED else calculated("FILL(m1, 0)", {"m1": seen})
    defaults = {
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 0,
        "TreatMissingData": "notBreaching",
        "EvaluationPeriods": 1,
        "StateValue": "OK",
    }
    return next_state(defaults | settings, watched) == "ALARM"


@pytest.mark.parametrize("key", SECTIONS)
def test_an_alarm_ends_as_long_after_the_last_failure_as_the_section_says(key: str) -> None:
    """By CloudWatch's rules, which look further back than the alarm's own period where data is missing."""
    text = " ".join(SECTIONS[key].text.split())
    period = ALARMS[key].period_seconds
    rings = next(n for n in range(1, 20) if not _is_ringing(key, [*[None] * n, 1.0])) * period
    said = re.search(r"about (\d+) minutes after the last one|Ends (5) minutes after", text)
    if said:
        assert rings == 60 * int(said[1] or said[2])
    else:
        # It ends with something that happens, or with a count; or its metric always has data.
        assert re.search(r"\bEnds (when|with) ", text)


@pytest.mark.parametrize("key", [key for key in SECTIONS if key.endswith(("silence", "unfinished"))])
@pytest.mark.parametrize("hours", [1, 24])
def test_an_alarm_on_nothing_begins_after_the_hours_asked_for(key: str, hours: int) -> None:
    """Not later, because something came before them; and not sooner."""
    settings = {
        "ComparisonOperator": "LessThanThreshold",
        "Threshold": 1,
        "TreatMissingData": "breaching",
        "EvaluationPeriods": hours,
    }
    assert ALARMS[key].period_seconds == 3600
    assert _is_ringing(key, [*[None] * hours, 5.0], **settings)
    assert not _is_ringing(key, [*[None] * (hours - 1), 5.0], **settings)


def test_links_lead_somewhere() -> None:
    """Each link within the page is to a section."""
    links = re.findall(r"\]\(#([a-z_]+)\)", runbook.PAGE.read_text(encoding="utf-8"))
    assert set(links) <= SECTIONS.keys()
