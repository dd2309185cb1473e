"""What holds for every screen of every command, whatever it shows."""

import re
from collections.abc import Iterable, Iterator

from support.naming import wrong
from support.screens import plain
from support.sessions import Ended

_SEQUENCE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_COLOUR = re.compile(r"\x1b\[[0-9;]*\b[39][0-7][0-9;]*m")
_COMMAND = re.compile(r"[\W_]*(To [\w ]+: )?(\w+=\S+ )*(stripe-handler|terraform|aws|eval|make) ")
_CUT = re.compile(r"[\w/:-]{8,}…")
"""No placeholder, as `sub_…` is one."""
_END = 10
"""So many characters of an id tell it from all others, at its beginning and at its end."""
_BOXES = set("│┃┏┓╭╮")


def lines(screen: str) -> list[str]:
    """The lines as they stood there, also those that a later one was written over."""
    return [_SEQUENCE.sub("", part) for line in screen.split("\n") for part in line.split("\r")]


def text(screen: str) -> str:
    """The same, as one text."""
    return "\n".join(lines(screen))


def in_one_line(screen: str) -> str:
    """The same, with one space wherever a line ends: what is a sentence, however narrow the terminal is."""
    return " ".join(text(screen).split())


def offences(ended: Ended, ids: Iterable[str]) -> list[str]:
    """What is wrong with a screen: nothing, as a rule.

    Args:
        ended: The command.
        ids: What may be on the screen and is copied from there; each begins and ends like no other.
    """
    found = [*_always(ended.screen, ids)]
    if ended.mode.columns is None:
        found += _in_a_pipe(ended.screen)
    else:
        found += [f"too wide: {line}" for line in lines(ended.screen) if _is_wide(line, ended.mode.columns)]
    if "NO_COLOR" in ended.mode.variables and _COLOUR.search(ended.screen):
        found.append("a colour, although NO_COLOR is set")
    return found


def _always(screen: str, ids: Iterable[str]) -> Iterator[str]:
    told = text(screen)
    if "Traceback" in told or "/stripe_handler_cli/" in told:
        yield "a stack trace"
    if set(told) & _BOXES:
        yield "a box"
    yield from (f"cut: {one}" for one in _CUT.findall(told))
    for one in ids:
        whole = told.count(one)
        if told.count(one[:_END]) != whole or told.count(one[-_END:]) != whole:
            yield f"broken: {one}"


def _is_wide(line: str, columns: int) -> bool:
    """Whether it is wider than the terminal, and neither a command to copy nor one word that is."""
    words = line.split()
    return len(line) > columns and not _COMMAND.match(line) and len(words[-1]) <= columns // 3


def _in_a_pipe(screen: str) -> Iterator[str]:
    if "\x1b" in screen or "\r" in screen:
        yield "an escape sequence in a pipe"
    yield from wrong(plain(screen))
