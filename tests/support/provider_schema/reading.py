"""What our Terraform files say of AWS: resources, data sources, and references to them."""

import functools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import attrs
import hcl2

from support.provider_schema.table import MODES, Mode

Body = Mapping[str, Any]
_BLOCK = "__is_block__"
_REFERENCE = re.compile(r"\b(data\.)?(aws_[a-z0-9_]+)\.[\w-]+(?:\[[^\]]*\])*\.(\w+)")


@attrs.frozen
class Declared:
    """A resource or data source.

    Attributes:
        place: File and address, for people.
        body: As python-hcl2 reads it.
    """

    place: str
    mode: Mode
    kind: str
    body: Body = attrs.field(repr=False)


@attrs.frozen
class Reference:
    """One attribute of a resource or data source that is read somewhere."""

    place: str
    mode: Mode
    kind: str
    attribute: str


def declared(root: Path) -> list[Declared]:
    """Every resource and data source of AWS in the files below a folder."""
    return [
        Declared(f"{path.relative_to(root)}: {kind}.{name}", mode, kind, body)
        for path in _files(root)
        for mode, kind, name, body in _of(_document(path.read_text(encoding="utf-8")))
        if kind.startswith("aws_")
    ]


@functools.cache
def _document(text: str) -> Body:
    found: Body = hcl2.loads(text)
    return found


def _of(document: Body) -> Iterator[tuple[Mode, str, str, Body]]:
    for mode in MODES:
        for one in document.get(mode, ()):
            for kind, named in one.items():
                if isinstance(named, dict):
                    for name, body in named.items():
                        if isinstance(body, dict):
                            yield mode, kind.strip('"'), name.strip('"'), body


def references(root: Path) -> set[Reference]:
    """Every attribute that is read by its resource's address in the files below a folder."""
    return {
        Reference(str(path.relative_to(root)), "data" if data else "resource", kind, attribute)
        for path in _files(root)
        for data, kind, attribute in _REFERENCE.findall(_code(path.read_text(encoding="utf-8")))
    }


def contents(body: Body) -> Iterator[tuple[str, list[Body] | None]]:
    """Each argument and block of a body: its name, and the bodies of a block; a dynamic block is a block."""
    for name, value in body.items():
        if name == "dynamic":
            for dynamic in cast("list[Body]", value):
                for label, block in dynamic.items():
                    if isinstance(block, dict):
                        yield label.strip('"'), list(block["content"])
        elif not name.startswith("__"):
            is_block = isinstance(value, list) and bool(value) and _is_block(value[0])
            yield name, value if is_block else None


def _is_block(value: Any) -> bool:
    return isinstance(value, dict) and _BLOCK in value


def _files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*.tf") if ".terraform" not in path.parts)


def _code(text: str) -> str:
    return re.sub(r"^\s*(#|//).*$", "", text, flags=re.MULTILINE)
