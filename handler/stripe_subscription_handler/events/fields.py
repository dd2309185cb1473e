"""Typed reads from parsed JSON, each of which names the field when the value has the wrong type. Pure.

A reader takes the object, the key and the object's path in the event. An `optional_…` reader gives None when
the field is null or missing. Error messages tell the path and the type found, never the value: a value may be
personal data.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from stripe_subscription_handler.errors import InvalidEventError

_TYPE_NAMES = {
    dict: "an object",
    list: "a list",
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    type(None): "missing",
}


LONGEST_TEXT_BYTES = 1_000
"""Longest id or word that is read, in UTF-8. The ids Stripe makes have at most 255 characters; those of
customers and plans may be the account's own. With its prefix it must fit DynamoDB's sort key, 1,024 bytes."""
LONGEST_METADATA_BYTES = 2_000
"""Longest metadata value that is read, in UTF-8: Stripe's 500 characters. With its prefix it must fit
DynamoDB's partition key, 2,048 bytes."""


def _wrong(path: str, wanted: str, value: object) -> InvalidEventError:
    found = "empty" if value == "" else _TYPE_NAMES.get(type(value), type(value).__name__)
    return InvalidEventError(path, f"must be {wanted}, is {found}")


def iso_time(seconds: int, path: str) -> str:
    """Format a Unix time in seconds as ISO-8601 UTC with a `Z`, so that text order is time order.

    Raises:
        InvalidEventError: The time lies outside the years 1970 to 9999.
    """
    try:
        moment = datetime.fromtimestamp(seconds, UTC) if seconds >= 0 else None
    except (OverflowError, ValueError, OSError):
        moment = None
    if moment is None:
        raise InvalidEventError(path, "is not a Unix time in seconds between the years 1970 and 9999")
    return moment.replace(tzinfo=None).isoformat() + "Z"


def optional_time(source: Mapping[str, Any], key: str, path: str) -> str | None:
    """Read a Unix time in seconds as ISO-8601 UTC."""
    value = source.get(key)
    if value is None:
        return None
    if type(value) is not int:
        raise _wrong(f"{path}.{key}", "a Unix time in seconds", value)
    return iso_time(value, f"{path}.{key}")


def is_storable(value: str, longest_bytes: int = LONGEST_TEXT_BYTES) -> bool:
    """Whether a text can be a key in DynamoDB: not too long, and valid Unicode."""
    try:
        return len(value.encode()) <= longest_bytes
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON's escapes can express
        return False


def _checked(value: str, path: str, longest_bytes: int = LONGEST_TEXT_BYTES) -> str:
    if not is_storable(value, longest_bytes):
        raise InvalidEventError(path, f"must be valid Unicode text of at most {longest_bytes} bytes")
    return value


def text(source: Mapping[str, Any], key: str, path: str) -> str:
    """Read a string that must be there and not be empty."""
    value = source.get(key)
    if type(value) is not str or not value:
        raise _wrong(f"{path}.{key}", "a non-empty string", value)
    return _checked(value, f"{path}.{key}")


def optional_text(
    source: Mapping[str, Any], key: str, path: str, longest_bytes: int = LONGEST_TEXT_BYTES
) -> str | None:
    value = source.get(key)
    if value is None:
        return None
    if type(value) is not str:
        raise _wrong(f"{path}.{key}", "a string", value)
    return _checked(value, f"{path}.{key}", longest_bytes)


def optional_integer(source: Mapping[str, Any], key: str, path: str) -> int | None:
    value = source.get(key)
    if value is not None and type(value) is not int:
        raise _wrong(f"{path}.{key}", "an integer", value)
    if value is not None and not -(2**63) <= value < 2**63:
        raise InvalidEventError(f"{path}.{key}", "must be an integer of 64 bits")
    return value


def optional_boolean(source: Mapping[str, Any], key: str, path: str) -> bool | None:
    value = source.get(key)
    if value is not None and type(value) is not bool:
        raise _wrong(f"{path}.{key}", "true or false", value)
    return value


def optional_object(source: Mapping[str, Any], key: str, path: str) -> dict[str, Any] | None:
    value = source.get(key)
    if value == []:
        return {}  # so PHP writes an empty object
    if value is not None and type(value) is not dict:
        raise _wrong(f"{path}.{key}", "an object", value)
    return value


def objects_in_list(source: Mapping[str, Any], key: str, path: str) -> list[dict[str, Any]]:
    """Read the `data` of a Stripe list object; empty when the list is null or missing."""
    container = optional_object(source, key, path)
    data = container.get("data") if container else None
    if data is None:
        return []
    if type(data) is not list:
        raise _wrong(f"{path}.{key}.data", "a list", data)
    for index, element in enumerate(data):
        if type(element) is not dict:
            raise _wrong(f"{path}.{key}.data[{index}]", "an object", element)
    return data


def optional_id(source: Mapping[str, Any], key: str, path: str) -> str | None:
    """Read a reference that Stripe sends as an id or, where it was expanded, as the whole object."""
    value = source.get(key)
    if value is None:
        return None
    if type(value) is dict:
        return text(value, "id", f"{path}.{key}")
    if type(value) is not str or not value:
        raise _wrong(f"{path}.{key}", "an id or an expanded object", value)
    return _checked(value, f"{path}.{key}")


def metadata_value(source: Mapping[str, Any], key: str, path: str) -> str | None:
    """Read one value of the object's `metadata`; None when unset. Stripe's empty value means unset too."""
    metadata = optional_object(source, "metadata", path)
    if not metadata:
        return None
    return optional_text(metadata, key, f"{path}.metadata", LONGEST_METADATA_BYTES) or None
