"""Tells from what Terraform prints how many resources are done, and of how many. Pure."""

import re
from collections.abc import Callable

_PLANNED = re.compile(r"Plan: (\d+) to add, \d+ to change, (\d+) to destroy")
_DONE = re.compile(r": (Creation|Destruction) complete after")

Counted = Callable[[int, int], None]
"""Called with how many resources are done and how many there are in all."""


def counting(counted: Counted) -> Callable[[str], None]:
    """Make a function that is given each line of a plan and its apply."""
    total = done = 0

    def on_line(line: str) -> None:
        nonlocal total, done
        planned = _PLANNED.search(line)
        if planned:
            total = int(planned[1]) + int(planned[2])
            counted(done, total)
        elif _DONE.search(line):
            done += 1
            counted(done, max(done, total))

    return on_line
