"""Tells what the function answered: each answer as JSON, or a table of what it did. Prints only."""

import json
from collections.abc import Iterator, Sequence

import click
from rich.console import Console

from stripe_handler_cli.common.console import printer
from stripe_handler_cli.common.tables import table
from stripe_handler_cli.common.words import plural
from stripe_handler_cli.operate.reconcile.sync import Asked

_Row = tuple[str, str, str, str, str]


def conclude_asked(answers: Sequence[Asked], *, as_json: bool) -> int:
    """Print the answers, and return the exit code: 0 if nothing differs any more."""
    if as_json:
        for one in answers:
            click.echo(json.dumps({"asked": {one.kind: one.id}, **one.answer}))
        click.echo(json.dumps({"summary": {"through": "function", **_counts(answers)}}))
    else:
        print_asked(printer(), answers)
    return 0 if all(one.is_well for one in answers) else 1


def print_asked(console: Console, answers: Sequence[Asked]) -> None:
    rows = [row for one in answers for row in _rows(one)]
    if rows:
        told = table("asked for", "user", "difference", "subscription", "what of it", prose=("what of it",))
        for row in rows:
            told.add_row(*row)
        console.print(told, markup=False)
    counts = _counts(answers)
    console.print(
        f"{plural(counts['asked'], 'question')}: {counts['done']:,} repaired, {counts['left']:,} left, "
        f"{counts['refused']:,} refused."
    )


def _counts(answers: Sequence[Asked]) -> dict[str, int]:
    well = [one.answer for one in answers if one.answer["ok"]]
    return {
        "asked": len(answers),
        "done": sum(len(answer["done"]) for answer in well),
        "left": sum(len(answer["left"]) for answer in well),
        "refused": len(answers) - len(well),
    }


def _rows(one: Asked) -> Iterator[_Row]:
    about = f"{one.kind.replace('_id', '')} {one.id}"
    if not one.answer["ok"]:
        yield about, "", one.code or "", "", one.answer["error"]["message"]
        return
    user = str(one.answer["userId"])
    for verb, found in (("repaired", one.answer["done"]), ("by hand", one.answer["left"])):
        for difference in found:
            of_it = "; ".join(
                part for part in (", ".join(difference["changed"]), difference.get("note")) if part
            )
            what = difference["what"].replace("_", " ")
            yield about, user, f"{what}, {verb}", difference["subscriptionId"], of_it
