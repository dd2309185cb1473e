"""DynamoDB JSON, `{"S": "active"}` for `"active"`: whether an item is in it, and its plain values. Pure.

The low-level client, streams and the AWS CLI give items in it. A whole item is in it or no attribute is: one
value alone would not tell, for a map of the app's own may have a single key `S`.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")


def plain_item(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the item's plain values, whichever of the two forms it has."""
    return _read_map(item) if _is_map(item) else item


def _is_typed(value: Any) -> bool:
    if not isinstance(value, Mapping) or len(value) != 1:
        return False
    [(tag, content)] = value.items()
    return tag in _TYPES and _TYPES[tag][0](content)


def _read(value: Mapping[str, Any]) -> Any:
    [(tag, content)] = value.items()
    return _TYPES[tag][1](content)


def _is_text(content: Any) -> bool:
    return isinstance(content, str)


def _is_number(content: Any) -> bool:
    return isinstance(content, str) and _NUMBER.fullmatch(content) is not None


def _is_binary(content: Any) -> bool:
    return isinstance(content, bytes | bytearray | str)  # in JSON it is text, in base64


def _is_flag(content: Any) -> bool:
    return isinstance(content, bool)


def _is_map(content: Any) -> bool:
    return isinstance(content, Mapping) and all(map(_is_typed, content.values()))


def _read_map(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _read(value) for name, value in content.items()}


def _every(is_one: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda content: isinstance(content, list) and all(map(is_one, content))


_TYPES: dict[str, tuple[Callable[[Any], bool], Callable[[Any], Any]]] = {
    "S": (_is_text, lambda content: content),
    "N": (_is_number, Decimal),
    "B": (_is_binary, lambda content: content),
    "BOOL": (_is_flag, lambda content: content),
    "NULL": (_is_flag, lambda _: None),
    "M": (_is_map, _read_map),
    "L": (_every(_is_typed), lambda content: list(map(_read, content))),
    "SS": (_every(_is_text), set),
    "NS": (_every(_is_number), lambda content: set(map(Decimal, content))),
    "BS": (_every(_is_binary), set),
}
"""DynamoDB's type → whether a content is of it, and how it is read."""
