"""Shows what was found: a table for people, one JSON object for programs."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.text import Text

from stripe_handler_cli.common.folding import fold
from stripe_handler_cli.operate.doctor.check import Status
from stripe_handler_cli.operate.doctor.examination import Result, worst

_STYLES = {Status.PASS: "green", Status.WARN: "yellow", Status.FAIL: "bold red"}
_LEAST_WIDTH = 40
"""Of what was found; where less is left beside the titles, it stands below them."""


def as_json(results: Sequence[Result]) -> dict[str, Any]:
    """The whole as one object; `checks` in the order of the checklist."""
    counts = Counter(result.status for result in results)
    return {
        "status": worst(results),
        "counts": {status: counts[status] for status in Status},
        "checks": [
            {
                "key": result.check.key,
                "area": result.check.area,
                "title": result.check.title,
                "status": result.status,
                "looked": result.has_looked,
                "found": result.found,
                "fix": result.fix,
            }
            for result in results
        ],
    }


def print_report(console: Console, results: Sequence[Result]) -> None:
    """Print status, title and finding of each check, and the command that puts it right below.

    Commands are printed whole, in lines of their own, so that they can be copied.
    """
    titles = max((len(result.check.title) for result in results), default=0)
    indent = 2 + len(Status.PASS) + 2
    for area, some in groupby(results, key=lambda result: result.check.area):
        console.print(f"\n{area}", style="bold")
        for result in some:
            _print_result(console, result, indent, titles)
            if result.fix:
                _print_fix(console, result, " " * indent)
    counts = Counter(result.status for result in results)
    blind = sum(not result.has_looked for result in results)
    said = ", ".join(f"{counts[status]} {status}" for status in Status if counts[status])
    console.print(f"\n{said}" + (f"; {blind} could not be looked at" if blind else ""))


def _print_result(console: Console, result: Result, indent: int, titles: int) -> None:
    """In one line where the output is no terminal."""
    status, title = (result.status, _STYLES[result.status]), result.check.title
    beside = indent + titles + 2
    if not console.is_terminal:
        console.print(Text.assemble("  ", status, f"  {title:{titles}}  {result.found}"))
    elif console.width < beside + _LEAST_WIDTH:
        console.print(Text.assemble("  ", status, f"  {title}"), soft_wrap=True)
        for line in fold(Text(result.found), console.width - indent):
            console.print(Text.assemble(" " * indent, line), soft_wrap=True)
    else:
        found = Text("\n" + " " * beside).join(fold(Text(result.found), console.width - beside))
        console.print(Text.assemble("  ", status, f"  {title:{titles}}  ", found), soft_wrap=True)


def _print_fix(console: Console, result: Result, indent: str) -> None:
    console.print(f"{indent}to fix {result.check.key}:", style="dim", soft_wrap=True)
    for line in (result.fix or "").splitlines():
        console.print(f"{indent}  {line}", style="cyan", markup=False, soft_wrap=True)
