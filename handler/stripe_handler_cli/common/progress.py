"""Shows that long work is under way: a spinner with a count on a terminal, a line per step elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import attrs
from rich.console import Console
from rich.status import Status

_LINE_EVERY = 10
"""Off a terminal, a count is printed every so many, or ten times in all where that is less often."""


@attrs.frozen
class Step:
    """One step under way; call it with a text to show what it is doing just now.

    Attributes:
        console: Where it is shown.
        title: What the step does.
        status: Its spinner.
    """

    console: Console
    title: str
    status: Status

    def __call__(self, text: str) -> None:
        """Show a detail."""
        self.console.print(f"  {text}", style="dim", highlight=False, soft_wrap=True)

    def counter(self, noun: str) -> Callable[[int, int], None]:
        """Return a function that shows how many of how many are done."""

        def counted(done: int, total: int) -> None:
            self.status.update(f"{self.title}: {done}/{total} {noun}")
            every = max(_LINE_EVERY, total // 10)
            if not self.console.is_terminal and (done % every == 0 or done == total):
                self(f"{done}/{total} {noun}")

        return counted


@contextmanager
def step(console: Console, title: str) -> Iterator[Step]:
    """Show one step and, at its end, how long it took."""
    started = time.monotonic()
    with console.status(title) as status:
        if not console.is_terminal:
            console.print(f"… {title}")
        yield Step(console, title, status)
    took = f"{time.monotonic() - started:.1f} s"
    console.print(f"[green]✓[/green] {title} [dim]({took})[/dim]", highlight=False)
