"""Tables for people, in one style."""

from typing import Any

from rich.markup import escape
from rich.table import Table


def table(*columns: str) -> Table:
    """Make a table in the style of these commands."""
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        made.add_column(column, overflow="fold")
    return made


def shown(value: Any) -> str:
    """A value as text; nothing for None."""
    return "" if value is None else escape(str(value))
