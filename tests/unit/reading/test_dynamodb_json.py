"""An item reads the same in DynamoDB JSON as in plain values, and each form is told from the other."""

import json
from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given, settings

from stripe_subscription_handler.reading import Profile
from support.contract import as_json
from support.profile_items import A_MOMENT, ANSWERS, items


def dynamodb_json(item: dict[str, Any]) -> dict[str, Any]:
    """As boto3's low-level client gives it."""
    return {name: TypeSerializer().serialize(value) for name, value in item.items()}


def answers(item: Any) -> dict[str, Any]:
    """All that the profile says."""
    return {name: ask(Profile.from_item(item), A_MOMENT) for name, ask in ANSWERS.items()}


@settings(max_examples=200, deadline=None)
@given(items())
def test_every_form_of_an_item_reads_the_same(item: dict[str, Any]) -> None:
    """Boto3's client, its resource (each number a `Decimal`), and JSON of a cache, where a set is a list."""
    wire = dynamodb_json(item)
    resource = {name: TypeDeserializer().deserialize(value) for name, value in wire.items()}
    expected = answers(item)
    assert answers(wire) == expected
    assert answers(resource) == expected
    assert answers(json.loads(json.dumps(as_json(item)))) == expected


@settings(max_examples=200, deadline=None)
@given(items())
def test_every_own_attribute_reads_the_same(item: dict[str, Any]) -> None:
    """Also a map of the app's own that looks like one of DynamoDB's values."""
    wire = dynamodb_json(item)
    for name in item:
        assert Profile.from_item(wire).own(name) == Profile.from_item(item).own(name)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ({"S": "a"}, "a"),
        ({"N": "-1.5e3"}, Decimal(-1500)),
        ({"BOOL": False}, False),
        ({"NULL": True}, None),
        ({"B": b"1"}, b"1"),
        ({"B": "MQ=="}, "MQ=="),
        ({"SS": ["a", "b"]}, {"a", "b"}),
        ({"NS": ["1", "2"]}, {Decimal(1), Decimal(2)}),
        ({"BS": [b"1"]}, {b"1"}),
        ({"L": [{"S": "a"}, {"L": []}]}, ["a", []]),
        ({"M": {"S": {"S": "a"}, "x": {"M": {}}}}, {"S": "a", "x": {}}),
    ],
)
def test_each_type_of_dynamodb_is_read(typed: dict[str, Any], plain: Any) -> None:
    """The app's own attributes may be of any."""
    assert Profile.from_item({"PK": {"S": "USER#u1"}, "own": typed}).own("own") == plain


@pytest.mark.parametrize(
    "value",
    [
        {"S": 1},
        {"S": {"accessUntil": "2026-12-01T00:00:00Z"}},
        {"N": "five"},
        {"N": "NaN"},
        {"N": 5},
        {"BOOL": "true"},
        {"M": {"accessUntil": "2026-12-01T00:00:00Z"}},
        {"L": ["a"]},
        {"SS": "ab"},
        {"SS": [1]},
        {"X": "a"},
        {"S": "a", "N": "1"},
        {},
    ],
)
def test_a_map_of_the_app_s_own_is_not_taken_for_dynamodb_json(value: dict[str, Any]) -> None:
    """Even alone, as a projection gives it: an entry of `subscriptionProducts` may have the id `S`."""
    assert Profile.from_item({"own": value}).own("own") == value


def test_one_plain_attribute_tells_that_all_are_plain() -> None:
    """Every whole item has one, its key."""
    item = {"PK": "USER#u1", "limits": {"N": "5"}}
    assert Profile.from_item(item).own("limits") == {"N": "5"}
