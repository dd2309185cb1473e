"""Options that commands of any kind share, and how several are given to one. Parses; knows no command."""

import functools
import inspect
from collections.abc import Callable
from typing import Any

import click

Option = Callable[[Any], Any]

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")


def together(*options: Option) -> Option:
    """Make one decorator of several options, which stand in the help in this order."""

    def decorate(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def made_into(name: str, make: Callable[..., Any], *options: Option) -> Option:
    """Give a command options, in whose place it is called with what `make` makes of them, under a name.

    The parameters of `make` are named as the options.
    """
    names = inspect.signature(make).parameters

    def decorate(command: Any) -> Any:
        @functools.wraps(command)
        def called(*arguments: Any, **given: Any) -> Any:
            made = make(**{one: given.pop(one) for one in names})
            return command(*arguments, **{name: made}, **given)

        return together(*options)(called)

    return decorate
