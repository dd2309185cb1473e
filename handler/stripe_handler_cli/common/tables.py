"""Tables for people, in one style."""

from collections.abc import Iterable
from typing import Any

from rich import box
from rich.cells import cell_len
from rich.markup import escape
from rich.table import Table


def table(*columns: str) -> Table:
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        made.add_column(column, overflow="fold")
    return made


def keep_whole(rows: Table, *columns: int) -> Table:
    """Never fold the cells of some columns: ids are to be copied. Print such a table without cropping."""
    for number in columns:
        column = rows.columns[number]
        column.min_width = max((cell_len(str(cell)) for cell in column.cells), default=0)
    return rows


def fields(rows: Iterable[tuple[str, Any]], title: str | None = None) -> Table:
    """Make a table of names and their values, in a box where it has a title."""
    frame = box.HEAVY_HEAD if title else None
    made = Table(title=title, title_justify="left", show_header=False, box=frame, pad_edge=bool(title))
    made.add_column(style="cyan")
    made.add_column(overflow="fold")
    for name, value in rows:
        made.add_row(name, value)
    return made


def shown(value: Any) -> str:
    """A value as text; None is an empty one."""
    return "" if value is None else escape(str(value))
