"""The arguments and blocks that AWS provider 6 knows, and those that terraform/ gives. Reads files only.

`arguments_6.json` holds facts alone: kind and type → the names of its arguments, blocks and their arguments,
at whatever depth. `extract.py` writes it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

TABLE = Path(__file__).parent / "arguments_6.json"
_BLOCK = re.compile(r'^(resource|data) "aws_(\w+)" "\w+" \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)
_OPENING = re.compile(r'^( *)(?:dynamic "(\w+)"|(\w+)) \{$')
_ARGUMENT = re.compile(r"^( *)(\w+) += (.*)$")
_HEREDOC = re.compile(r"<<-?(\w+)$")
_OF_TERRAFORM = frozenset({"count", "for_each", "provider", "depends_on"})
_BLOCKS_OF_TERRAFORM = frozenset({"lifecycle", "provisioner", "connection"})


def known() -> Mapping[str, frozenset[str]]:
    """`resource sqs_queue` → the names it knows."""
    table: dict[str, list[str]] = json.loads(TABLE.read_text(encoding="utf-8"))["types"]
    return {kind: frozenset(names) for kind, names in table.items()}


def used(text: str) -> Iterator[tuple[str, str]]:
    """Of each resource and data source of formatted code: its kind and type, and each name it gives."""
    for kind, name, body in _BLOCK.findall(text):
        yield from ((f"{kind} {name}", given) for given in _names(body.splitlines()))


def _names(lines: list[str]) -> Iterator[str]:
    """Arguments and blocks, but for what is Terraform's own and what stands inside a value."""
    depth = 2
    skipped: str | None = None  # the line that ends what is passed over
    for line in lines:
        if skipped is not None:
            skipped = None if re.fullmatch(skipped, line) else skipped
        elif opened := _OPENING.match(line):
            name = opened[2] or opened[3]
            if name in _BLOCKS_OF_TERRAFORM:
                skipped = re.escape(opened[1]) + r"\}"
            elif name != "content":
                yield name
            depth = len(opened[1]) + 2
        elif line.strip() == "}":
            depth = len(line) - len(line.lstrip())
        elif (given := _ARGUMENT.match(line)) and len(given[1]) <= depth:
            if given[2] not in _OF_TERRAFORM:
                yield given[2]
            skipped = _end_of_value(given[1], given[3])


def _end_of_value(indentation: str, value: str) -> str | None:
    """What the line that ends a value looks like; None where it ends on its own line."""
    if heredoc := _HEREDOC.search(value):
        return rf" *{heredoc[1]}"
    return re.escape(indentation) + r"[)\]}].*" if value.endswith(("(", "[", "{")) else None


def unknown(text: str) -> set[tuple[str, str]]:
    """What is used and not known."""
    table = known()
    return {(kind, name) for kind, name in used(text) if name not in table.get(kind, frozenset())}
