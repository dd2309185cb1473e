"""Puts values into the text of an example file, where that names or shows the variable. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from stripe_handler_cli.tools.terraform.variables import literal

_AFTER = "create_profile_table"
"""Below this line stands what the example does not show: all of it is about the table."""


def filled(text: str, values: Mapping[str, Any], example: str, workspace: str) -> str:
    """The text for a workspace, made of the example of a workspace."""
    head, _, body = text.partition("\n\n")
    head = re.sub(r"^# What `stripe-handler init .*\n#\n", "", head).replace(example, workspace)
    unshown = {}
    for name, value in values.items():
        line = re.compile(rf"^(?:#[ \t]*)?({re.escape(name)}[ \t]*=[ \t]*).*$", re.MULTILINE)
        if line.search(body):
            body = _set(line, body, literal(value))
        else:
            unshown[name] = value
    added = "".join(f"{name} = {literal(value)}\n" for name, value in unshown.items())
    after = re.compile(rf"^{_AFTER}[ \t]*=.*\n", re.MULTILINE)
    return f"{head}\n\n{after.sub(lambda found: found[0] + added, body, count=1)}"


def _set(line: re.Pattern[str], body: str, value: str) -> str:
    return line.sub(lambda found: found[1] + value, body, count=1)
