"""Messages of a command and its questions, on stderr: folded between words on a terminal, as tables are.

What is copied out of an error, an id or a path, is whole; so is a command, in backticks or indented on a line
of its own.
"""

import re

import click
from rich.text import Text

from stripe_handler_cli.common.console import reporter
from stripe_handler_cli.common.folding import fold_prose

_COMMAND = re.compile(r" +(?:\w+=\S+ )*(?:stripe-handler|terraform|make|pip|eval|export|aws|git) ")
"""The beginning of a line that is a command."""


def tell(message: str) -> None:
    """Write a message to stderr; a command on a line of its own, indented, stays in one."""
    console = reporter()
    for line in message.split("\n"):
        console.print(Text(line), soft_wrap=_COMMAND.match(line) is not None)


def agrees(question: str, *, default: bool = False) -> bool:
    """Ask on stderr.

    Raises:
        click.Abort: Nobody answered.
    """
    return click.confirm(_folded(question, " [y/N]: "), default=default, err=True)


def answered(question: str, default: str | None = None) -> str:
    """Ask on stderr for a text; Enter alone takes the default, and there must be one of both.

    Raises:
        click.Abort: Nobody answered.
    """
    told = _folded(question, f" [{default}]: " if default is not None else ": ")
    answer: str = click.prompt(told, default=default, err=True)
    return answer


def _folded(question: str, ending: str) -> str:
    """A question, with room for what stands behind it."""
    console = reporter()
    if not console.is_terminal:
        return question
    return "\n".join(line.plain for line in fold_prose(Text(question), console.width - len(ending)))
