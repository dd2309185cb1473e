"""Tables for people, in one style, for every width; the cells that are copied are whole in each.

On a terminal a table has columns where all of it fits, and else is told as records, one attribute a line. In
a pipe or a file it has one line a row, aligned by spaces, with `-` for an empty cell.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import attrs
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions
from rich.markup import escape
from rich.text import Text

from stripe_handler_cli.common.folding import fold, longest_word
from stripe_handler_cli.common.words import in_words

LEAST_COLUMNS = 100
"""On a narrower terminal tables are told as records."""
_GAP = "  "
_BETWEEN_LINES = " · "
"""Stands between the lines of a cell where a row has one line."""
_LEAST_PROSE = 24
_PAIR = 2
"""A name and its value are one attribute a line already."""
_ALIGNED_UP_TO = 80
"""Columns of a cell in a pipe; a longer one pushes the rest of its row, not all other rows."""

Cell = str | Text


@attrs.define
class Table:
    """Rows under headings.

    Attributes:
        prose: Headings of columns that may be folded, between words.
        right: Headings of columns of numbers.
        widths: The width of each column, for rows that are printed one by one.
        has_heading: Whether headings stand above columns; each record has them anyway.
    """

    columns: tuple[str, ...]
    prose: frozenset[str] = frozenset()
    right: frozenset[str] = frozenset()
    widths: tuple[int, ...] | None = None
    has_heading: bool = True
    _rows: list[tuple[tuple[Cell, ...], str]] = attrs.Factory(list)

    def add_row(self, *cells: Cell, style: str = "") -> None:
        self._rows.append((cells, style))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        rows = [[_text(console, options, cell, style) for cell in cells] for cells, style in self._rows]
        if not console.is_terminal:
            yield from self._piped(rows)
            return
        widths = self._fitting(rows, options.max_width)
        if widths is None:
            yield from self._records(rows, options.max_width)
        else:
            yield from self._table(rows, widths)

    def is_told_as_records(self, console: Console) -> bool:
        """Whether a table of given widths has no columns there."""
        return console.is_terminal and self._fitting([], console.width) is None

    def _heading(self) -> list[list[Text]]:
        return [[Text(name, style="bold") for name in self.columns]] if self.has_heading else []

    def _piped(self, rows: Iterable[Sequence[Text]]) -> Iterator[Text]:
        told = [[_one_line(cell) for cell in row] for row in [*self._heading(), *rows]]
        widths = self.widths or [
            min(max(map(_width, column)), _ALIGNED_UP_TO) for column in zip(*told, strict=True)
        ]
        for row in told:
            yield self._line(row, widths)

    def _table(self, rows: Iterable[Sequence[Text]], widths: Sequence[int]) -> Iterator[Text]:
        for row in [*self._heading(), *rows]:
            cells = [
                fold(cell, width) if name in self.prose else cell.split("\n")
                for name, cell, width in zip(self.columns, row, widths, strict=True)
            ]
            for number in range(max(map(len, cells))):
                line = [lines[number] if number < len(lines) else Text() for lines in cells]
                yield self._line(line, widths)

    def _line(self, cells: Sequence[Text], widths: Sequence[int]) -> Text:
        line = Text(no_wrap=True, overflow="ignore")
        for name, cell, width in zip(self.columns, cells, widths, strict=True):
            padding = " " * max(width - _width(cell), 0)
            parts = (padding, cell) if name in self.right else (cell, padding)
            line = Text.assemble(line, _GAP if line else "", *parts, no_wrap=True, overflow="ignore")
        line.rstrip()
        return line

    def _records(self, rows: Sequence[Sequence[Text]], room: int) -> Iterator[Text]:
        for row in rows:
            told = [pair for pair in zip(self.columns, row, strict=True) if pair[1].plain]
            yield from _record(told, room, self.prose)
            if self.widths is None:
                yield Text()

    def _least(self, name: str, cell: Text) -> int:
        return longest_word(cell.plain) if name in self.prose else _width(cell)

    def _fitting(self, rows: Sequence[Sequence[Text]], room: int) -> Sequence[int] | None:
        """The columns' widths, if no cell has to be broken; those of prose share what the others leave."""
        if room < LEAST_COLUMNS and len(self.columns) > _PAIR:
            return None
        room -= len(_GAP) * (len(self.columns) - 1)
        columns = list(zip(*self._heading(), *rows, strict=True)) or [()] * len(self.columns)
        if self.widths:
            needed = [
                max((width, *(self._least(name, cell) for cell in column)))
                for name, column, width in zip(self.columns, columns, self.widths, strict=True)
            ]
            left = room - sum(needed)
            return [*needed[:-1], needed[-1] + left] if left >= 0 else None
        widest = [max(map(_width, column)) for column in columns]
        folded = [number for number, name in enumerate(self.columns) if name in self.prose]
        least = {
            number: max(
                min(widest[number], _LEAST_PROSE),
                *(self._least(self.columns[number], cell) for cell in columns[number]),
            )
            for number in folded
        }
        left = room - sum(least.get(number, width) for number, width in enumerate(widest))
        if left < 0:
            return None
        # Who wants least more is asked first, so that what he leaves goes to the others.
        for served, number in enumerate(sorted(folded, key=lambda one: widest[one] - least[one])):
            more = min(widest[number] - least[number], left // (len(folded) - served))
            widest[number], left = least[number] + more, left - more
        return widest


def table(*columns: str, prose: Iterable[str] = (), right: Iterable[str] = ()) -> Table:
    """Make an empty table; `prose` and `right` name columns."""
    return Table(columns, frozenset(prose), frozenset(right))


@attrs.frozen
class Fields:
    """Names and their values, one a line, under a title where there is one."""

    rows: tuple[tuple[str, Any], ...]
    title: str | None = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        told = [(name, _text(console, options, _cell(value), "")) for name, value in self.rows]
        if self.title:
            yield Text(self.title, style="bold")
        if console.is_terminal:
            yield from _record(told, options.max_width, {name for name, _ in told})
        else:
            yield from _record([(name, _one_line(text)) for name, text in told], options.max_width, ())


def fields(rows: Iterable[tuple[str, Any]], title: str | None = None) -> Fields:
    return Fields(tuple(rows), title)


def shown(value: Any) -> str:
    """A value in words, with nothing in it that is taken for markup."""
    return escape(in_words(value))


def _cell(value: Any) -> Cell:
    return value if isinstance(value, Text) else in_words(value)


def _record(told: Sequence[tuple[str, Text]], room: int, prose: Iterable[str]) -> Iterator[Text]:
    folded = frozenset(prose)
    names = max((cell_len(name) for name, _ in told), default=0)
    for name, value in told:
        width = max(room - names - len(_GAP), _LEAST_PROSE)
        lines = fold(value, width) if name in folded else list(value.split("\n"))
        for number, line in enumerate(lines or [Text()]):
            label = f"{'' if number else name:{names}}{_GAP}"
            told_line = Text.assemble((label, "cyan"), line, no_wrap=True, overflow="ignore")
            told_line.rstrip()
            yield told_line


def _text(console: Console, options: ConsoleOptions, cell: Cell, style: str) -> Text:
    text = (
        cell.copy()
        if isinstance(cell, Text)
        else console.render_str(cell, markup=options.markup, emoji=False, highlight=False)
    )
    if style:
        text.stylize(style)
    return text


def _one_line(cell: Text) -> Text:
    return Text(_BETWEEN_LINES).join(cell.split("\n")) if cell.plain else Text("-")


def _width(cell: Text) -> int:
    return max(map(cell_len, cell.plain.split("\n")))
