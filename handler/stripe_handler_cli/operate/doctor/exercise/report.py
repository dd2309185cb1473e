"""Shows an exercise: its road, a row for each step, its price; the same as JSON. Prints only."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import attrs
from rich.console import Console
from rich.text import Text

from stripe_handler_cli.common.folding import fold
from stripe_handler_cli.operate.doctor.exercise.meter import cents
from stripe_handler_cli.operate.doctor.exercise.roads import Road
from stripe_handler_cli.operate.doctor.exercise.steps import STEPS, Outcome, Result, Step

_STYLES = {
    Outcome.PASS: "green",
    Outcome.SKIP: "dim",
    Outcome.OPEN: "yellow",
    Outcome.FAIL: "bold red",
}
_TITLES = max(len(step.title) for step in STEPS)
_SECONDS = 7
_INDENT = 2 + len(Outcome.PASS) + 2


@attrs.frozen
class Report:
    """A whole exercise.

    Attributes:
        road: How its events got in.
        used: What it used, by the names of `PRICES`.
        asked: What it asked AWS for, by service and operation.
        stack_options: What leads other commands of ours to the stack, with a space before it.
    """

    road: Road
    user_id: str
    results: tuple[Result, ...]
    used: Mapping[str, Decimal]
    asked: Mapping[tuple[str, str], int] = attrs.Factory(dict)
    stack_options: str = ""

    @property
    def worst(self) -> Outcome:
        order = list(Outcome)
        return max((one.told.outcome for one in self.results), key=order.index, default=Outcome.PASS)

    def as_json(self) -> dict[str, Any]:
        """The whole as one object; `steps` in their order."""
        return {
            "status": self.worst,
            "road": {"key": self.road.key, "told": self.road.told},
            "user_id": self.user_id,
            "steps": [
                {
                    "key": one.step.key,
                    "title": one.step.title,
                    "status": one.told.outcome,
                    "found": one.told.found,
                    "seconds": round(one.seconds, 1),
                    "run": command(one.step, self.stack_options) if needs_somebody(one) else None,
                    "runbook": one.step.section if needs_somebody(one) else None,
                }
                for one in self.results
            ],
            "used": {name: f"{amount.normalize():f}" for name, amount in self.used.items() if amount},
            "requests": {":".join(key): count for key, count in sorted(self.asked.items())},
            "cents_at_most": f"{cents(self.used)}",
        }


def needs_somebody(result: Result) -> bool:
    return result.told.outcome in {Outcome.FAIL, Outcome.OPEN}


def command(step: Step, stack_options: str) -> str:
    """What to run where a step failed, on this stack."""
    return f"{step.run}{stack_options}"


def print_road(console: Console, road: Road) -> None:
    console.print(f"Events go {road.told}.", markup=False)


def print_result(console: Console, result: Result, stack_options: str) -> None:
    """Print one row, and below a failed one what leads on. In one line where the output is no terminal."""
    step, told = result.step, result.told
    taken = f"{result.seconds:.1f} s".rjust(_SECONDS)
    row = Text.assemble("  ", (told.outcome, _STYLES[told.outcome]), f"  {step.title:{_TITLES}}  {taken}  ")
    if console.is_terminal:
        beside = len(row.plain)
        found = Text("\n" + " " * beside).join(fold(Text(told.found), console.width - beside))
        console.print(Text.assemble(row, found), soft_wrap=True)
    else:
        console.print(Text.assemble(row, told.found))
    if told.outcome is Outcome.FAIL:
        indent = " " * _INDENT
        console.print(f"{indent}docs/runbook.md, {step.section}; to look:", style="dim", soft_wrap=True)
        console.print(f"{indent}  {command(step, stack_options)}", style="cyan", markup=False, soft_wrap=True)


def print_summary(console: Console, report: Report) -> None:
    counts = Counter(one.told.outcome for one in report.results)
    said = ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome if counts[outcome])
    console.print(f"\n{said}; at most {cents(report.used)} cents of AWS's list prices")
