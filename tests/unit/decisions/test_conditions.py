"""Conditions hold as DynamoDB says, and read as DynamoDB's expressions."""

from typing import Any

import pytest

from stripe_subscription_handler.decisions.conditions import (
    Absent,
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    Equal,
    Less,
    Present,
    holds,
)
from stripe_subscription_handler.dynamodb.expressions import (
    Placeholders,
    condition_expression,
    update_expression,
)

ITEM = {"a": "m", "map": {"x": "5", "flag": True}, "set": {"p", "q"}}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Absent(("missing",)), True),
        (Absent(("a",)), False),
        (Absent(("map", "y")), True),
        (Absent(("a", "below_text")), True),
        (Present(("map", "x")), True),
        (Present(("missing",)), False),
        (Equal(("a",), "m"), True),
        (Equal(("missing",), "m"), False),
        (Equal(("set",), {"q", "p"}), True),
        (Equal(("map",), {"flag": True, "x": "5"}), True),
        (Equal(("map",), {"x": "5"}), False),
        (Less(("a",), "n"), True),
        (Less(("a",), "m"), False),
        (Less(("missing",), "z"), False),
        (AtLeast(("map", "x"), "5"), True),
        (AtLeast(("map", "x"), "6"), False),
        (AtLeast(("missing",), ""), False),
        (AllOf((Absent(("z",)), Equal(("a",), "m"))), True),
        (AllOf((Absent(("a",)), Equal(("a",), "m"))), False),
        (AnyOf((Absent(("a",)), Equal(("a",), "m"))), True),
        (AnyOf((Absent(("a",)), Equal(("a",), "n"))), False),
    ],
)
def test_conditions_hold_as_dynamodb_says(condition: Condition, *, expected: bool) -> None:
    """Missing attributes fail every comparison; sets and maps compare by content."""
    assert holds(condition, ITEM) is expected


def test_nothing_is_there_on_a_missing_item() -> None:
    """Without an item every attribute is absent."""
    assert holds(Absent(("a",)), None)
    assert not holds(Equal(("a",), "m"), None)


def test_a_condition_as_expression() -> None:
    """Names repeat their placeholder, values never do, and groups are in parentheses."""
    placeholders = Placeholders()
    condition = AllOf(
        (Equal(("a.b",), "1"), AnyOf((Less(("m", "v"), "2"), AtLeast(("m", "k"), "3"))), Absent(("a.b",)))
    )
    expression = condition_expression(condition, placeholders)
    assert expression == "#n0 = :v0 AND (#n1.#n2 < :v1 OR #n1.#n3 >= :v2) AND attribute_not_exists(#n0)"
    assert placeholders.names == {"#n0": "a.b", "#n1": "m", "#n2": "v", "#n3": "k"}
    assert placeholders.values == {":v0": "1", ":v1": "2", ":v2": "3"}


def test_an_update_as_expression() -> None:
    """SET, REMOVE, ADD and DELETE in one expression, each only where there is something to do."""
    placeholders = Placeholders()
    update: dict[str, Any] = {
        "set_values": {"a": 1},
        "remove": ("b",),
        "add_to_sets": {"c": frozenset({"x"})},
    }
    assert update_expression(**update, placeholders=placeholders) == "SET #n0 = :v0 REMOVE #n1 ADD #n2 :v1"
    assert placeholders.values == {":v0": 1, ":v1": {"x"}}
    assert update_expression({}, (), Placeholders(), {"c": frozenset({"x"})}) == "ADD #n0 :v0"
    gone = update_expression({}, (), Placeholders(), delete_from_sets={"c": frozenset({"x"})})
    assert gone == "DELETE #n0 :v0"
