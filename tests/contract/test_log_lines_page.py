"""docs/log-lines.md names every field and every reason of the event handler's lines, and no other."""

import ast
import re
from pathlib import Path

import attrs

from stripe_subscription_handler import app, lambda_errors
from stripe_subscription_handler.conversation.messages import Applied
from stripe_subscription_handler.decisions.decision import Reason

PAGE = (Path(__file__).parents[2] / "docs" / "log-lines.md").read_text(encoding="utf-8")
RETURNED = {"eventId"}
"""What the function answers besides, and does not log."""


def first_column(heading: str) -> set[str]:
    """The words in code of the first column of the table under a heading of columns."""
    table = PAGE.partition(f"| {heading} |")[2].partition("\n\n")[0]
    return {word for row in table.splitlines()[2:] for word in re.findall(r"`(\w+)`", row.split("|")[1])}


def written(source: str) -> set[str]:
    """The names that a module gives to fields: keys of dictionaries, and keywords of the log's calls."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Dict):
            names |= {key.value for key in node.keys if isinstance(key, ast.Constant)}
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            names |= {node.slice.value} if isinstance(node.slice, ast.Constant) else set()
        elif isinstance(node, ast.Call) and any(
            isinstance(argument, ast.Constant) and argument.value == "event" for argument in node.args
        ):
            names |= {keyword.arg for keyword in node.keywords if keyword.arg}
    return {name for name in names if isinstance(name, str)}


def test_the_page_names_every_field() -> None:
    """Those of a handled event and of one that failed."""
    sources = [Path(module.__file__ or "").read_text(encoding="utf-8") for module in (app, lambda_errors)]
    fields = set().union(*(written(source) for source in sources)) - RETURNED
    assert first_column("field | meaning") == fields


def test_the_page_names_what_is_told_of_other_events() -> None:
    """In the row of `also_applied`."""
    (row,) = re.findall(r"\| `also_applied` \|.*", PAGE)
    assert set(re.findall(r"`(\w+)`", row.split("|")[2])) == {one.name for one in attrs.fields(Applied)}


def test_the_page_names_every_reason() -> None:
    """Of events that were written or skipped."""
    assert first_column("`reason` | `decision` | meaning") == {str(reason) for reason in Reason}
