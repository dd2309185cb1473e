"""Shows that long work is under way: a spinner or a bar on a terminal, lines now and then elsewhere."""

import functools
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import attrs
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from stripe_handler_cli.common.moments import duration
from stripe_handler_cli.common.words import agreeing

_LINE_EVERY_SECONDS = 5.0
"""How often a count is printed where there is no terminal; it is printed at the end as well."""
_COLUMNS = SpinnerColumn(), TextColumn("{task.description}")


@attrs.define
class Step:
    """One step under way; call it with a text to show what it is doing just now."""

    _console: Console
    _progress: Progress
    _noun: str | None = None
    _told: str | None = None
    _told_at: float = 0.0

    def __call__(self, text: str) -> None:
        if text != self._told:
            self._told = text
            self._console.print(f"  {text}", style="dim", soft_wrap=True)

    def count(self, noun: str, done: int, about: int) -> None:
        """Show how many are done.

        Args:
            noun: Of what, as of many. The speed of another is measured anew.
            done: How many are done, those of an earlier run included.
            about: About how many there are; 0 where nobody knows.
        """
        (task,) = self._progress.tasks
        now = self._progress.get_time()
        if noun != self._noun:
            self._noun, self._told_at = noun, now
            counting = BarColumn(), TextColumn("{task.fields[count]}"), TimeRemainingColumn()
            self._progress.columns = *_COLUMNS, *counting
            self._progress.reset(task.id)
        count = (
            f"{done:,}/{about:,} {agreeing(about, noun)}"
            if about >= done
            else f"{done:,} {agreeing(done, noun)}"
        )
        # Not by `update`, which forgets the speed whenever an estimate changes.
        task.total = about if about >= done else None
        self._progress.update(task.id, completed=done, count=count)
        if self._console.is_terminal:
            return
        if done == about or now - self._told_at >= _LINE_EVERY_SECONDS:
            self._told_at, left = now, task.time_remaining
            self(f"{count}, about {duration(left)} left" if left else count)

    def counter(self, noun: str) -> Callable[[int, int], None]:
        return functools.partial(self.count, noun)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Leave the terminal to a question."""
        self._progress.stop()
        yield
        self._progress.start()


@contextmanager
def step(console: Console, title: str, clock: Callable[[], float] = time.monotonic) -> Iterator[Step]:
    """Show one step and, at its end, how long it took."""
    started = clock()
    progress = Progress(
        *_COLUMNS,
        console=console,
        transient=True,
        disable=not console.is_terminal,
        get_time=clock,
        # What a pipe is to get must not go to the terminal; what goes to the terminal must not tear the bar.
        redirect_stdout=sys.stdout.isatty(),
    )
    progress.add_task(title, total=None, count="")
    try:
        # Not by `with`: a Ctrl-C while it starts would leave the terminal without a cursor.
        progress.start()
        if not console.is_terminal:
            console.print(f"… {title}")
        yield Step(console, progress)
    finally:
        progress.stop()
    console.print(f"[green]✓[/green] {title} [dim]({clock() - started:.1f} s)[/dim]")
