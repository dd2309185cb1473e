"""A command group that imports a command's module only when that command is called."""

import importlib
from typing import Any

import click

from stripe_handler_cli.common import interrupts


class Deferred(click.Command):
    """Stands for a command that is not imported yet; lists and completions need no more of it.

    Args:
        place: The command, as `module:name`; the module is one of `stripe_handler_cli`.
        summary: The first sentence of its help.
    """

    def __init__(self, place: str, summary: str) -> None:
        self.module, _, name = place.partition(":")
        super().__init__(name, help=summary)

    def loaded(self) -> click.Command:
        module = importlib.import_module(f"stripe_handler_cli.{self.module}")
        command: click.Command = getattr(module, str(self.name).replace("-", "_"))
        return command


class LazyGroup(click.Group):
    """A group of deferred commands. A Ctrl-C ends the process until a command is loaded, then the command."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        loaded = command.loaded() if isinstance(command, Deferred) else command
        interrupts.raise_again()
        return name, loaded, rest

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as error:
            # Click would begin a line of its own, whether or not there is a terminal.
            raise interrupts.StoppedError from error
