"""DynamoDB conditions as data: what must hold of an item for a write to happen. Pure.

`decide` builds them, `dynamodb.expressions` turns them into DynamoDB's own language, and `holds` evaluates
them as DynamoDB would: so the tests run thousands of interleavings without a database.
"""

from collections.abc import Mapping
from typing import Any

import attrs

from stripe_subscription_handler.value import Value

Path = tuple[str, ...]


@attrs.frozen(eq=False, repr=False)
class Absent(Value):
    """`attribute_not_exists(path)`."""

    path: Path


@attrs.frozen(eq=False, repr=False)
class Present(Value):
    """`attribute_exists(path)`."""

    path: Path


@attrs.frozen(eq=False, repr=False)
class Equal(Value):
    """`path = value`; false when the attribute is absent. Maps, lists and sets compare by content."""

    path: Path
    value: Any


@attrs.frozen(eq=False, repr=False)
class Less(Value):
    """`path < value` for text; false when the attribute is absent."""

    path: Path
    value: str


@attrs.frozen(eq=False, repr=False)
class AtLeast(Value):
    """`path >= value` for text; false when the attribute is absent."""

    path: Path
    value: str


@attrs.frozen(eq=False, repr=False)
class Differs(Value):
    """`path <> value`; true when the attribute is absent."""

    path: Path
    value: str


@attrs.frozen(eq=False, repr=False)
class Holds(Value):
    """`contains(path, value)` for a string set; false when the attribute is absent."""

    path: Path
    value: str


@attrs.frozen(eq=False, repr=False)
class AllOf(Value):
    """Every condition holds."""

    conditions: tuple["Condition", ...]


@attrs.frozen(eq=False, repr=False)
class AnyOf(Value):
    """At least one condition holds."""

    conditions: tuple["Condition", ...]


Condition = Absent | Present | Equal | Differs | Less | AtLeast | Holds | AllOf | AnyOf


def holds(condition: Condition, item: Mapping[str, Any] | None) -> bool:  # noqa: PLR0911 - a table
    """Evaluate a condition on an item (None: there is no item) by DynamoDB's rules."""
    match condition:
        case AllOf(conditions):
            return all(holds(part, item) for part in conditions)
        case AnyOf(conditions):
            return any(holds(part, item) for part in conditions)
    found = _lookup(item, condition.path)
    match condition:
        case Absent():
            return found is None
        case Present():
            return found is not None
        case Equal(_, value):
            return found is not None and bool(found == value)
        case Differs(_, value):
            return bool(found != value)
        case Holds(_, value):
            return isinstance(found, set | frozenset) and value in found
        case Less(_, value):
            return isinstance(found, str) and found < value
        case AtLeast(_, value):
            return isinstance(found, str) and found >= value


def _lookup(item: Mapping[str, Any] | None, path: Path) -> Any:
    found: Any = item
    for step in path:
        if not isinstance(found, Mapping):
            return None
        found = found.get(step)
    return found
