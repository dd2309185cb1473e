"""What a request costs in DynamoDB's units, from the items it touched. Pure.

A write costs one unit for each KB of the item, before or after it, whichever is larger, and at least one,
also when its condition fails; in a transaction twice that, and a cancelled one is counted in full. A
consistent read costs one unit for each 4 KB, an eventually consistent one half.

Sources: DynamoDB, "Item sizes and formats" and "Read and write operations".
"""

import math
from collections.abc import Mapping
from typing import Any

_WRITE_UNIT_BYTES = 1024
_READ_UNIT_BYTES = 4096
_CONTAINER_BYTES = 3
_ELEMENT_BYTES = 1
_DIGITS_PER_BYTE = 2

Item = Mapping[str, Mapping[str, Any]]
"""An item as DynamoDB's API has it: attribute → attribute value."""


def item_bytes(item: Item | None) -> int:
    """Size of an item; 0 where there is none."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in (item or {}).items())


def _value_bytes(value: Mapping[str, Any]) -> int:
    [(kind, content)] = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            digits = content.lstrip("-").replace(".", "").strip("0")
            return math.ceil(len(digits) / _DIGITS_PER_BYTE) + 1 + content.startswith("-")
        case "SS":
            return sum(len(member.encode()) for member in content)
        case "M":
            inner = sum(len(name.encode()) + _value_bytes(member) for name, member in content.items())
            return _CONTAINER_BYTES + inner + _ELEMENT_BYTES * len(content)
        case "L":
            return _CONTAINER_BYTES + sum(_ELEMENT_BYTES + _value_bytes(member) for member in content)
        case _:  # BOOL, NULL
            return 1


def write_units(before: Item | None, after: Item | None, *, in_transaction: bool = False) -> int:
    """Units of one write, or of one that its condition refused (then both are the same)."""
    units = max(1, math.ceil(max(item_bytes(before), item_bytes(after)) / _WRITE_UNIT_BYTES))
    return 2 * units if in_transaction else units


def read_units(item: Item | None, *, consistent: bool) -> float:
    """Units of reading one item."""
    units = max(1, math.ceil(item_bytes(item) / _READ_UNIT_BYTES))
    return float(units) if consistent else units / 2
