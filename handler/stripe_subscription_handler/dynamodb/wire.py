"""Plain Python values ⇄ DynamoDB's attribute values. Pure.

The values are those of boto3's (de)serialiser, with which a test compares them, in a fraction of the time:
boto3's looks at each value up to ten times. Source: DynamoDB's `AttributeValue`.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any


def to_wire(values: Mapping[str, Any]) -> dict[str, Any]:
    """Write plain values as DynamoDB attribute values.

    Raises:
        TypeError: A value is of a type that no item of ours holds; the message names the type, not the value.
    """
    return {name: _serialize(value) for name, value in values.items()}


def from_wire(item: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if item is None else _read_map(item)


def _serialize(value: Any) -> dict[str, Any]:
    write = _WRITERS.get(type(value))
    if write is not None:
        return write(value)
    # Subclasses: text of an enumeration, say.
    for kind, write in _WRITERS.items():
        if isinstance(value, kind):
            return write(value)
    raise TypeError(f"{type(value).__name__} cannot be an attribute's value")


def _write_set(value: Any) -> dict[str, Any]:
    if value and all(isinstance(member, str) for member in value):
        return {"SS": list(value)}
    raise TypeError("a set must hold texts, and at least one")


def _write_list(value: Any) -> dict[str, Any]:
    return {"L": [_serialize(member) for member in value]}


_WRITERS: dict[type, Callable[[Any], dict[str, Any]]] = {
    str: lambda value: {"S": str(value)},
    bool: lambda value: {"BOOL": value},
    int: lambda value: {"N": str(value)},
    type(None): lambda _: {"NULL": True},
    Decimal: lambda value: {"N": str(value)},
    bytes: lambda value: {"B": value},
    dict: lambda value: {"M": to_wire(value)},
    set: _write_set,
    frozenset: _write_set,
    list: _write_list,
    tuple: _write_list,
}
"""Python type → DynamoDB's type. `bool` before `int`, which it is one of."""


def _deserialize(value: Mapping[str, Any]) -> Any:
    [(kind, content)] = value.items()
    return _READERS[kind](content)


def _read_map(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _deserialize(value) for name, value in content.items()}


_READERS: dict[str, Callable[[Any], Any]] = {
    "S": lambda content: content,
    "BOOL": lambda content: content,
    "N": Decimal,
    "NULL": lambda _: None,
    "M": _read_map,
    "SS": set,
    "L": lambda content: [_deserialize(member) for member in content],
    "B": bytes,
    # Only the app's own attributes can be of these.
    "NS": lambda content: set(map(Decimal, content)),
    "BS": lambda content: set(map(bytes, content)),
}
"""DynamoDB's type → how it is read."""
