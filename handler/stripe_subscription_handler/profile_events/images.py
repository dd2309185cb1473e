"""A record's image of an item → the plain JSON values of the attributes that are told. Pure.

An image is DynamoDB JSON, as Lambda hands it over (source: DynamoDB Streams, `StreamRecord`). Only the named
attributes are looked at: whatever else the app keeps on the item is not even read. An attribute may be of any
type, for the app can write over it; sets become sorted lists, binary values stay base64 text.
"""

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from stripe_subscription_handler.errors import InvalidEventError


def told_values(image: Mapping[str, Any], names: Collection[str], path: str) -> dict[str, Any]:
    """The values of some attributes, in the order of their names; absent ones and nulls are left out.

    Args:
        image: DynamoDB JSON.
        names: Which attributes.
        path: The image's place, for messages.

    Raises:
        InvalidEventError: A value is no DynamoDB JSON; it names the attribute, and tells no value.
    """
    found = {}
    for name in sorted(names):
        if name in image:
            value = _plain(image[name], f"{path}.{name}")
            if value is not None:
                found[name] = value
    return found


def plain_key(keys: object, path: str) -> dict[str, Any]:
    """The plain values of an item's key."""
    if not isinstance(keys, Mapping):
        raise InvalidEventError(path, "must be an object")
    return {name: _plain(value, f"{path}.{name}") for name, value in keys.items()}


def _plain(value: object, path: str) -> Any:
    if not isinstance(value, Mapping) or len(value) != 1:
        raise InvalidEventError(path, "must be DynamoDB JSON: one type and its content")
    [(kind, content)] = value.items()
    kinds, read = _READERS.get(kind, ((), None))
    if read is None or not isinstance(content, kinds):
        raise InvalidEventError(path, "must be DynamoDB JSON: one type and its content")
    return read(content, path)


def _number(content: object, path: str) -> int | float:
    try:
        number = Decimal(str(content))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise InvalidEventError(path, "must be a number")
    return int(number) if number == number.to_integral_value() else float(number)


def _texts(content: list[object], path: str) -> list[str]:
    if not all(isinstance(one, str) for one in content):
        raise InvalidEventError(path, "must be a set of texts")
    return sorted(map(str, content))


_READERS: Mapping[str, tuple[type | tuple[type, ...], Callable[[Any, str], Any] | None]] = {
    "S": (str, lambda content, _: content),
    "B": (str, lambda content, _: content),
    "BOOL": (bool, lambda content, _: content),
    "NULL": (bool, lambda _content, _: None),
    "N": (str, _number),
    "SS": (list, _texts),
    "BS": (list, _texts),
    "NS": (list, lambda content, path: sorted(_number(one, path) for one in content)),
    "L": (list, lambda content, path: [_plain(one, f"{path}[{at}]") for at, one in enumerate(content)]),
    "M": (dict, lambda content, path: {name: _plain(one, f"{path}.…") for name, one in content.items()}),
}
"""DynamoDB's type → the type that its content has in JSON, and how it is read."""
