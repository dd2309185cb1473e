"""What a version of the AWS provider has, as far as our code asks: names alone."""

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import attrs

PATH = Path(__file__).with_name("aws_6.json")
Mode = Literal["resource", "data"]
MODES: tuple[Mode, Mode] = ("resource", "data")


@attrs.frozen
class Block:
    """What may stand in a resource, or in a block of one.

    Attributes:
        required: Arguments and blocks that must be there.
        optional: Those that may be.
        blocks: Of both, what has contents of its own.
    """

    required: frozenset[str]
    optional: frozenset[str]
    blocks: Mapping[str, "Block"]

    @property
    def names(self) -> frozenset[str]:
        """All of them."""
        return self.required | self.optional

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> "Block":
        """What `as_json` gave."""
        blocks = {name: cls.from_json(block) for name, block in found.get("blocks", {}).items()}
        return cls(frozenset(found.get("required", ())), frozenset(found.get("optional", ())), blocks)

    def as_json(self) -> dict[str, Any]:
        """The other way round; what is empty is left out."""
        whole = {
            "required": sorted(self.required),
            "optional": sorted(self.optional),
            "blocks": {name: block.as_json() for name, block in sorted(self.blocks.items())},
        }
        return {name: value for name, value in whole.items() if value}


@attrs.frozen
class Kind:
    """One type of resource or data source.

    Attributes:
        body: What may be written.
        attributes: What may be read of it, arguments included.
    """

    body: Block
    attributes: frozenset[str]


@attrs.frozen
class Table:
    """The types that our code uses.

    Attributes:
        version: The provider's.
        kinds: Mode → type → what it has.
    """

    version: str
    kinds: Mapping[Mode, Mapping[str, Kind]]

    def as_json(self) -> dict[str, Any]:
        """What the file holds: of attributes only those that cannot be written."""
        return {
            "version": self.version,
            **{
                mode: {
                    name: {**kind.body.as_json(), "attributes": sorted(kind.attributes - kind.body.names)}
                    for name, kind in sorted(kinds.items())
                }
                for mode, kinds in self.kinds.items()
            },
        }


def _kind(found: Mapping[str, Any]) -> Kind:
    body = Block.from_json(found)
    return Kind(body, body.names | frozenset(found["attributes"]))


@functools.cache
def table() -> Table:
    """The facts that are kept."""
    found = json.loads(PATH.read_text(encoding="utf-8"))
    kinds: dict[Mode, dict[str, Kind]] = {
        mode: {name: _kind(kind) for name, kind in found[mode].items()} for mode in MODES
    }
    return Table(found["version"], kinds)
