"""Consoles for commands: results on stdout, progress on stderr, wide enough where there is no terminal."""

from rich.console import Console

_WIDTH = 160
"""Columns where the output is no terminal, so that tables in files and pipes are not folded."""


def printer() -> Console:
    """The console for results."""
    return _console(stderr=False)


def reporter() -> Console:
    """The console for progress."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr)
    return console if console.is_terminal else Console(stderr=stderr, width=_WIDTH)
