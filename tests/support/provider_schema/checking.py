"""What of our Terraform code a version of the provider would refuse."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from support.provider_schema.reading import Body, contents, declared, references
from support.provider_schema.table import Block, Table

META = frozenset({"count", "for_each", "provider", "depends_on", "lifecycle", "provisioner", "connection"})
"""Terraform's own, of every resource."""


def refused(root: Path, table: Table) -> list[str]:
    """One sentence for each type, argument, block or attribute that is unknown, or that is missing."""
    return sorted({*_declarations(root, table), *_references(root, table)})


def _declarations(root: Path, table: Table) -> Iterator[str]:
    for one in declared(root):
        kind = table.kinds[one.mode].get(one.kind)
        if kind is None:
            yield f"{one.place}: no facts about this type"
        else:
            own = {name: value for name, value in one.body.items() if name not in META}
            yield from _in_block(one.place, own, kind.body)


def _in_block(place: str, body: Body, block: Block) -> Iterator[str]:
    found = dict(contents(body))
    yield from (f"{place}: {name} is unknown" for name in found.keys() - block.names)
    yield from (f"{place}: {name} is missing" for name in block.required - found.keys())
    for name, bodies in found.items():
        if bodies is not None and name in block.names:
            yield from _in_blocks(f"{place}.{name}", bodies, block.blocks.get(name))


def _in_blocks(place: str, bodies: Iterable[Body], block: Block | None) -> Iterator[str]:
    if block is None:
        yield f"{place}: is an argument, not a block"
    else:
        for body in bodies:
            yield from _in_block(place, body, block)


def _references(root: Path, table: Table) -> Iterator[str]:
    for one in references(root):
        kind = table.kinds[one.mode].get(one.kind)
        if kind is not None and one.attribute not in kind.attributes:
            yield f"{one.place}: {one.kind} has no attribute {one.attribute}"
