"""Decisions in DynamoDB's expression language. Pure: builds text and placeholders, calls nothing.

Every attribute name and value goes through a placeholder, so that reserved words and characters such as dots
in ids mean nothing special.
"""

from collections.abc import Mapping
from typing import Any

import attrs

from stripe_subscription_handler.decisions.conditions import (
    Absent,
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    Differs,
    Equal,
    Holds,
    Less,
    Path,
    Present,
)

_OPERATORS: dict[type, str] = {Equal: "=", Differs: "<>", Less: "<", AtLeast: ">="}
_JOINED = (AllOf, AnyOf)
_NOTHING: Mapping[str, frozenset[str]] = {}


@attrs.define
class Placeholders:
    """Names and values of one request; a distinct name has one placeholder.

    Attributes:
        names: `ExpressionAttributeNames`.
        values: `ExpressionAttributeValues`, as plain Python values.
    """

    names: dict[str, str] = attrs.Factory(dict)
    values: dict[str, Any] = attrs.Factory(dict)
    _known: dict[str, str] = attrs.Factory(dict)

    def name(self, attribute: str) -> str:
        placeholder = self._known.get(attribute)
        if placeholder is None:
            placeholder = self._known[attribute] = f"#n{len(self.names)}"
            self.names[placeholder] = attribute
        return placeholder

    def path(self, path: str | Path) -> str:
        if isinstance(path, str):
            return self.name(path)
        return ".".join(map(self.name, path))

    def value(self, value: Any) -> str:
        placeholder = f":v{len(self.values)}"
        self.values[placeholder] = value
        return placeholder


def condition_expression(condition: Condition, placeholders: Placeholders) -> str:
    match condition:
        case Absent(path):
            return f"attribute_not_exists({placeholders.path(path)})"
        case Present(path):
            return f"attribute_exists({placeholders.path(path)})"
        case AllOf(conditions) | AnyOf(conditions):
            joint = " AND " if isinstance(condition, AllOf) else " OR "
            return joint.join(_grouped(part, placeholders) for part in conditions)
        case Holds(path, value):
            return f"contains({placeholders.path(path)}, {placeholders.value(value)})"
        case Equal() | Differs() | Less() | AtLeast():
            operator = _OPERATORS[type(condition)]
            return f"{placeholders.path(condition.path)} {operator} {placeholders.value(condition.value)}"


def _grouped(condition: Condition, placeholders: Placeholders) -> str:
    expression = condition_expression(condition, placeholders)
    return f"({expression})" if isinstance(condition, _JOINED) else expression


def update_expression(
    set_values: Mapping[str, Any] | Mapping[str | Path, Any],
    remove: tuple[str, ...],
    placeholders: Placeholders,
    add_to_sets: Mapping[str, frozenset[str]] = _NOTHING,
    delete_from_sets: Mapping[str, frozenset[str]] = _NOTHING,
    *,
    set_once: Mapping[str, Any] | None = None,
) -> str:
    """Build an UpdateItem's expression; what is to be `set_once` stays as it is where the item has it.

    A name may be a path into a map, which must be there.
    """
    name, value = placeholders.name, placeholders.value
    clauses = {
        "SET": [f"{placeholders.path(path)} = {value(content)}" for path, content in set_values.items()]
        + [
            f"{name(attribute)} = if_not_exists({name(attribute)}, {value(content)})"
            for attribute, content in (set_once or {}).items()
        ],
        "REMOVE": [name(attribute) for attribute in remove],
        "ADD": [f"{name(attribute)} {value(set(members))}" for attribute, members in add_to_sets.items()],
        "DELETE": [
            f"{name(attribute)} {value(set(members))}" for attribute, members in delete_from_sets.items()
        ],
    }
    return " ".join(f"{word} {', '.join(parts)}" for word, parts in clauses.items() if parts)
