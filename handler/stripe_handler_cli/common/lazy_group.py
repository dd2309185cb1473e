"""A command group that imports a command's module only when that command is called."""

import importlib

import click


class Deferred(click.Command):
    """Stands for a command that is not imported yet; lists and completions need no more of it."""

    def __init__(self, name: str, place: str, summary: str) -> None:
        """Describe a command.

        Args:
            name: What is typed.
            place: The command, as `module:attribute`.
            summary: The first sentence of its help.
        """
        super().__init__(name, help=summary)
        self.place = place

    def loaded(self) -> click.Command:
        """Import the command."""
        module, _, attribute = self.place.partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


class LazyGroup(click.Group):
    """A group of deferred commands."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is called, and import it."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command.loaded() if isinstance(command, Deferred) else command, rest
