"""Options that commands of any kind share, and how several are given to one. Parses; knows no command."""

import functools
import inspect
import shlex
from collections.abc import Callable, Container
from typing import Any

import click
from click.core import ParameterSource

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


def given_options(context: click.Context, names: Container[str] | None = None) -> str:
    """The options this command was given, as text for the same or another one; each has a space before it.

    `names` are the parameters that are wanted, all unless given.
    """
    words: list[str] = []
    for option in context.command.params:
        name = str(option.name)
        if not isinstance(option, click.Option) or (names is not None and name not in names):
            continue
        if context.get_parameter_source(name) is ParameterSource.DEFAULT:
            continue
        given = context.params[name]
        if given is True:
            words.append(option.opts[0])
            continue
        values = given if isinstance(given, tuple) else (given,)
        words += [word for value in values for word in (option.opts[0], str(value))]
    return "".join(f" {shlex.quote(word)}" for word in words)
