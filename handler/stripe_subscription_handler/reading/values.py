"""Typed reads of plain values, each of which names the attribute whose value is of another type. Pure.

A reader takes the value and the attribute's name. Messages tell the type found, never the value.
"""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

from stripe_subscription_handler.reading.errors import MalformedProfileError

T = TypeVar("T")
Reader = Callable[[Any, str], T]

_TYPE_NAMES: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "true or false"),
    (str, "text"),
    ((int, float, Decimal), "a number"),
    (Mapping, "a map"),
    ((list, tuple), "a list"),
    ((set, frozenset), "a set"),
)
"""Python type → its name in a message; `bool` before `int`, which it is one of."""


def type_name(value: Any) -> str:
    """What a value is, for a message."""
    return next((name for kind, name in _TYPE_NAMES if isinstance(value, kind)), type(value).__name__)


def _wrong(name: str, wanted: str, value: Any) -> MalformedProfileError:
    return MalformedProfileError(name, f"must be {wanted}, is {type_name(value)}")


def optional(source: Mapping[str, Any], key: str, reader: Reader[T], path: str = "") -> T | None:
    """Read what may be absent, or null, which says the same. `path` is the source's name, with its dot."""
    value = source.get(key)
    return None if value is None else reader(value, f"{path}{key}")


def required(source: Mapping[str, Any], key: str, reader: Reader[T], path: str = "") -> T:
    """Read what is never absent."""
    value = source.get(key)
    if value is None:
        raise MalformedProfileError(f"{path}{key}", "is missing")
    return reader(value, f"{path}{key}")


def text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise _wrong(name, "text", value)
    return value


def moment(value: Any, name: str) -> datetime:
    """Read ISO-8601 text with its offset as an aware datetime in UTC."""
    written = text(value, name)
    try:
        found = datetime.fromisoformat(written)
        is_aware = found.tzinfo is not None
        found = found.astimezone(UTC)
    except (ValueError, OverflowError):
        is_aware = False
    if not is_aware:
        raise MalformedProfileError(name, "must be an ISO-8601 time such as 2026-11-30T18:00:00Z")
    return found


def whole_number(value: Any, name: str) -> int:
    """Read a number; boto3 gives each as a `Decimal`."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise _wrong(name, "a whole number", value)
    if not math.isfinite(value) or int(value) != value:
        raise MalformedProfileError(name, "must be a whole number, is another number")
    return int(value)


def unix_time(value: Any, name: str) -> datetime:
    """Read a number of seconds since 1970 as an aware datetime in UTC."""
    seconds = whole_number(value, name)
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise MalformedProfileError(name, "must be a Unix time in seconds") from None


def flag(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise _wrong(name, "true or false", value)
    return value


def texts(value: Any, name: str) -> frozenset[str]:
    """Read a set of texts, which an item that went through JSON has as a list."""
    if not isinstance(value, set | frozenset | list | tuple) or not all(
        isinstance(one, str) for one in value
    ):
        raise _wrong(name, "a set of texts", value)
    return frozenset(value)


def mapping(value: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _wrong(name, "a map", value)
    return value


def mappings(value: Any, name: str) -> tuple[Mapping[str, Any], ...]:
    """Read a list of maps."""
    if not isinstance(value, list | tuple):
        raise _wrong(name, "a list", value)
    return tuple(mapping(one, f"{name}[{place}]") for place, one in enumerate(value))
