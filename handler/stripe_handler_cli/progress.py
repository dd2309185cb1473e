"""Shows that long work is under way: a spinner on a terminal, a line per step elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

_LINE_EVERY = 10
"""Off a terminal, counts are printed every so many resources."""


@contextmanager
def step(console: Console, title: str) -> Iterator[Callable[[str], None]]:
    """Show one step with its duration; yields a function that shows what it is doing just now."""
    started = time.monotonic()
    with console.status(title):
        if not console.is_terminal:
            console.print(f"… {title}")

        def detail(text: str) -> None:
            console.print(f"  {text}", style="dim", highlight=False)

        yield detail
    console.print(
        f"[green]✓[/green] {title} [dim]({time.monotonic() - started:.1f} s)[/dim]", highlight=False
    )


def counter(console: Console, noun: str) -> Callable[[int, int], None]:
    """Return a function that shows how many of how many are done."""

    def counted(done: int, total: int) -> None:
        if console.is_terminal or done % _LINE_EVERY == 0 or done == total:
            console.print(
                f"  {done}/{total} {noun}",
                style="dim",
                highlight=False,
                end="\r" if console.is_terminal else "\n",
            )

    return counted
