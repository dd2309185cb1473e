"""What a command shows on terminals of different widths, in a pipe, and with NO_COLOR."""

import io
import re
from collections.abc import Callable

from rich.console import Console

from stripe_handler_cli.common.console import WholeWords

NARROW, MIDDLE, WIDE = 80, 120, 200
"""Columns of terminals."""


def console(width: int | None) -> Console:
    """A console that keeps what it prints: a terminal of this width, or a pipe where there is none."""
    if width is None:
        return WholeWords(file=io.StringIO(), force_terminal=False)
    # With a height and its colours, for else both follow the TERM of whoever runs the tests.
    return WholeWords(
        file=io.StringIO(), width=width, height=50, force_terminal=True, color_system="standard"
    )


def plain(text: str) -> str:
    """The text without the codes of colours."""
    return re.sub("\x1b\\[[0-9;]*m", "", text)


def screen(show: Callable[[Console], object], width: int | None = None) -> str:
    """What is printed, with the codes of colours."""
    shown = console(width)
    show(shown)
    assert isinstance(shown.file, io.StringIO)
    return shown.file.getvalue()
