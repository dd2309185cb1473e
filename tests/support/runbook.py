"""Reads docs/runbook.md: its sections, their commands, and the table of what could lose an event."""

import re
from collections.abc import Mapping
from pathlib import Path

import attrs

PAGE = Path(__file__).parents[2] / "docs" / "runbook.md"
_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
_COMMANDS = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NAME = re.compile(r"`([a-z_]+)`")
_LOSSES = "What could lose an event"
_ON_CALL = "What breaks, and how soon it is repaired"


@attrs.frozen
class Section:
    """One alarm's section.

    Attributes:
        text: All of it.
        blocks: The commands of each block, in order.
    """

    text: str
    blocks: tuple[tuple[str, ...], ...]

    @property
    def commands(self) -> tuple[str, ...]:
        """All its commands, in order."""
        return tuple(command for block in self.blocks for command in block)


def chapters(page: Path = PAGE) -> Mapping[str, str]:
    """Heading → text."""
    parts = _SECTION.split(page.read_text(encoding="utf-8"))
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def sections(page: Path = PAGE) -> Mapping[str, Section]:
    """Alarm → its section: the chapters whose heading is an alarm's key."""
    return {
        heading: Section(text, tuple(tuple(block.splitlines()) for block in _COMMANDS.findall(text)))
        for heading, text in chapters(page).items()
        if re.fullmatch(r"[a-z_]+", heading)
    }


def as_told(line: str) -> str:
    """A command as the on-call table has it: without the program, quotes and files."""
    apply = "terraform -chdir=terraform apply "
    return (
        "terraform apply" if line.startswith(apply) else line.removeprefix("stripe-handler ").replace('"', "")
    )


@attrs.frozen
class OnCall:
    """A row of the on-call table.

    Attributes:
        broken: What broke.
        alarm: Its key; empty where nothing rings.
        finds: The cell of what to run to find the fault.
        repairs: The cell of what to run, or do, to repair it.
        found_seconds: From the alarm; None where the cell has no number.
        repaired_seconds: From the alarm; None where the cell has no number.
    """

    broken: str
    alarm: str
    finds: str
    repairs: str
    found_seconds: float | None
    repaired_seconds: float | None


def on_call(page: Path = PAGE) -> list[OnCall]:
    """The on-call table."""
    rows = [line for line in chapters(page)[_ON_CALL].splitlines() if line.startswith("| ")][1:]
    found = []
    for row in rows:
        _, broken, alarm, finds, repairs, *seconds, _ = (cell.strip() for cell in row.split("|"))
        first, last = (float(cell) if re.fullmatch(r"\d+", cell) else None for cell in seconds)
        found.append(OnCall(broken, alarm.strip("`"), finds, repairs, first, last))
    return found


def alarms_of_losses(page: Path = PAGE) -> list[set[str]]:
    """The alarms in each row of the table of what could lose an event."""
    rows = [line for line in chapters(page)[_LOSSES].splitlines() if line.startswith("| ")][1:]
    return [set(_NAME.findall(row.split("|")[3])) for row in rows]
