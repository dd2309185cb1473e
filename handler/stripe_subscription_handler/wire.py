"""Plain Python values ⇄ DynamoDB's attribute values, by boto3's own (de)serialiser."""

from collections.abc import Mapping
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


def to_wire(values: Mapping[str, Any]) -> dict[str, Any]:
    """Write plain values as DynamoDB attribute values."""
    # boto3 serialises `set`, not `frozenset`.
    plain = ((name, set(value) if isinstance(value, frozenset) else value) for name, value in values.items())
    return {name: _serialize(value) for name, value in plain}


def from_wire(item: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Read an item of DynamoDB attribute values; None stays None."""
    return None if item is None else {name: _deserialize(value) for name, value in item.items()}
