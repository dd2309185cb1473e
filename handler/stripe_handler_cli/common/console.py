"""Consoles for commands: results on stdout, progress on stderr, wide enough where there is no terminal."""

from rich.console import Console

_WIDTH = 160
"""Columns where the output is no terminal, so that tables in files and pipes are not folded."""


def printer() -> Console:
    return _console(stderr=False)


def reporter() -> Console:
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False)
    return console if console.is_terminal else Console(stderr=stderr, highlight=False, width=_WIDTH)


def warn(text: str) -> None:
    reporter().print(f"Warning: {text}", style="yellow", markup=False)
