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
    console = reporter()
    folded = fold_prose(Text(question), console.width) if console.is_terminal else [Text(question)]
    return click.confirm("\n".join(line.plain for line in folded), default=default, err=True)
