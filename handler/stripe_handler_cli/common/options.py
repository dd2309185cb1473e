"""Options that commands of any kind share, and how several are given to one. Parses; knows no command."""

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
