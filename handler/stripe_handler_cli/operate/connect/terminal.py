"""Tells a person what a run does, and asks before Terraform changes anything. Prints; decides nothing."""

import contextlib
from collections.abc import Iterator

import attrs
import click
from rich.console import Console

from stripe_handler_cli.common.progress import Step as Detail
from stripe_handler_cli.common.progress import step as progress_step
from stripe_handler_cli.operate.connect.planning import TITLES, Step


@attrs.frozen
class Terminal:
    """A console, and the answer to every question if there is one.

    Attributes:
        console: Where progress is shown.
        yes: Whether to ask nothing.
    """

    console: Console
    yes: bool

    @contextlib.contextmanager
    def doing(self, step: Step) -> Iterator[Detail]:
        """A step begins."""
        with progress_step(self.console, TITLES[step]) as detail:
            yield detail

    def note(self, text: str) -> None:
        """Something a person should know."""
        self.console.print(text, markup=False, soft_wrap=True)

    def confirmed(self, question: str) -> bool:
        """Ask."""
        return self.yes or click.confirm(question, err=True)

    def agreed(self, plan: str, detail: Detail) -> bool:
        """Show Terraform's plan and ask."""
        if self.yes:
            return True
        with detail.paused():
            self.note(plan)
            return self.confirmed("Apply this?")
