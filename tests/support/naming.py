"""Finds the commands and options of ours that a text names, and says which of them do not exist.

A command is named as `stripe-handler dlq list --limit 5`, or in backticks without the program's name. What
stands for a value, as USER or `"$EVENT_ID"`, is not looked at.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from stripe_handler_cli.cli import root

PROGRAM = "stripe-handler"
_VALUE = "⟨⟩"  # no part of a word
_NAMED = re.compile(rf"{PROGRAM}(?! on PATH)[ \t]+((?:\\\n|[^\n`|;&#>…])*)")
_TICKED = re.compile(r"`([^`\n]+)`")
_FOREIGN = re.compile(r"\b(?:aws|stripe|curl|terraform|uv|pip)[ \t][^\n`]*")
_WORD = re.compile(r"[a-z][a-z-]*")
_OPTION = re.compile(r"(?<![\w-])--?[a-z][\w-]*")
_LONG_OPTION = re.compile(rf"(?<![\w-])(?<!{_VALUE} )--[a-z][\w-]+")
_CONTEXT = click.Context(root)
_HELP = {"--help", "-h"}


def loaded(command: click.Command) -> click.Command:
    """The command itself, where the tree has what stands for it."""
    load = getattr(command, "loaded", None)
    return load() if load else command


def tree(command: click.Command = root) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with the words that lead to it."""
    yield (), command
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            for words, found in tree(loaded(below)):
                yield (name, *words), found


def options(command: click.Command) -> set[str]:
    """All names of a command's options, hidden ones too."""
    names = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    return names | _HELP


COMMANDS = dict(tree())
ALL_OPTIONS = set[str]().union(*map(options, COMMANDS.values()))


def wrong(text: str) -> list[str]:
    """What a text names of ours that does not exist."""
    named = [" ".join(found.replace("\\\n", " ").split()) for found in _NAMED.findall(text)]
    ticked = [line for line in _TICKED.findall(text) if (line.split(" ")[0],) in COMMANDS]
    return [problem for line in (*named, *ticked) for problem in _wrong_in(line)]


def bare_options(text: str) -> set[str]:
    """The options that a text names without a command: they belong to the one that says so."""
    others = (
        *_TICKED.findall(text),
        *_FOREIGN.findall(text),
        *(PROGRAM + one for one in _NAMED.findall(text)),
    )
    return set(_LONG_OPTION.findall(text)) - set(_LONG_OPTION.findall(" ".join(others)))


def _wrong_in(line: str) -> Iterator[str]:
    """A command line, up to the end of the sentence that it may stand in."""
    words, at = iter(line.split()), ()
    command: click.Command = root
    for word in words:
        bare = word.strip("\"'().,:")
        if isinstance(command, click.Group) and _WORD.fullmatch(bare):
            at = (*at, bare)
            if at not in COMMANDS:
                yield f"{' '.join(at)}: no such command, in: {line}"
                return
            command = COMMANDS[at]
        elif bare.startswith("-"):
            for name in _OPTION.findall(bare.partition("=")[0]):
                if name not in options(command):
                    yield f"{name}: no such option, in: {line}"
        elif isinstance(command, click.Group):
            return
        if word.endswith((",", ".", ":", ")")):
            return


def texts_of(path: Path) -> Iterator[str]:
    """The strings in a Python file, as a reader sees them; what is filled in is a value."""
    for node in _outermost(ast.parse(path.read_text(encoding="utf-8"))):
        yield _text(node)


def _outermost(node: ast.AST) -> Iterable[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.JoinedStr) or (
            isinstance(child, ast.Constant) and isinstance(child.value, str)
        ):
            yield child
        else:
            yield from _outermost(child)


def _text(node: Any) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(map(_text, node.values))
    if isinstance(node, ast.FormattedValue):
        # A text that names the program by a variable names a command all the same.
        return PROGRAM if isinstance(node.value, ast.Name) and node.value.id == "command" else _VALUE
    return str(node.value)
