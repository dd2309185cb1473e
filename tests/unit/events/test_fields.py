"""The typed reads that everything else is parsed with."""

from collections.abc import Callable
from typing import Any

import pytest

from stripe_subscription_handler import InvalidEventError
from stripe_subscription_handler.events.fields import (
    iso_time,
    metadata_value,
    objects_in_list,
    optional_boolean,
    optional_id,
    optional_integer,
    optional_object,
    optional_text,
    optional_time,
    text,
)

LAST_SECOND = 253_402_300_799
"""9999-12-31T23:59:59Z."""

READERS = [
    optional_boolean,
    optional_id,
    optional_integer,
    optional_object,
    optional_text,
    optional_time,
]


def field_of(read: Callable[[], Any]) -> str:
    """The field that the reader complains about."""
    with pytest.raises(InvalidEventError) as caught:
        read()
    return caught.value.field


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1_763_800_000, "2025-11-22T08:26:40Z"),
        (951_782_400, "2000-02-29T00:00:00Z"),
        (2_147_483_648, "2038-01-19T03:14:08Z"),
        (LAST_SECOND, "9999-12-31T23:59:59Z"),
    ],
)
def test_a_time_becomes_iso_8601_in_utc(seconds: int, expected: str) -> None:
    """Whole seconds, a `Z`, four digits of year: text order is time order."""
    assert iso_time(seconds, "event.created") == expected
    assert optional_time({"at": seconds}, "at", "event") == expected


@pytest.mark.parametrize("seconds", [-1, LAST_SECOND + 1, 1_763_800_000_000, 10**30, -(10**30)])
def test_a_time_outside_the_calendar_is_refused(seconds: int) -> None:
    """Milliseconds and overflows raise an error of ours, with the field."""
    assert field_of(lambda: iso_time(seconds, "event.created")) == "event.created"
    assert field_of(lambda: optional_time({"at": seconds}, "at", "event")) == "event.at"


@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
def test_missing_and_null_are_the_same(read: Callable[..., Any]) -> None:
    """Stripe sends null in one version what it leaves out in another."""
    assert read({}, "key", "event") is None
    assert read({"key": None}, "key", "event") is None


@pytest.mark.parametrize(
    ("read", "value"),
    [
        *[(optional_boolean, value) for value in (0, 1, "true", 1.0, [], {})],
        *[(optional_integer, value) for value in (True, False, "1", 1.0, [], {})],
        *[(optional_time, value) for value in (True, "1763800000", 1763800000.0, [], {})],
        *[(optional_text, value) for value in (True, 1, 1.5, [], {})],
        *[(optional_object, value) for value in (True, 1, "{}", [1])],
        *[(optional_id, value) for value in (True, 1, "", [])],
        *[(text, value) for value in (None, True, 1, "", [], {})],
    ],
)
def test_a_value_of_the_wrong_type_names_its_field(read: Callable[..., Any], value: Any) -> None:
    """No type passes for another; booleans are not numbers, and numbers not booleans."""
    assert field_of(lambda: read({"key": value}, "key", "event.data")) == "event.data.key"


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (None, "missing"),
        ([], "a list"),
        (7, "a number"),
        (7.5, "a number"),
        (True, "a boolean"),
    ],
)
def test_the_message_tells_what_was_found(value: Any, found: str) -> None:
    """The reason says which type stands there, never the value."""
    with pytest.raises(InvalidEventError) as caught:
        text({"key": value}, "key", "event")
    assert caught.value.reason.endswith(f"is {found}")
    assert str(caught.value) == f"event.key: {caught.value.reason}"


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, 10**40])
def test_an_integer_has_64_bits(value: int) -> None:
    """Stripe's integers do; a longer one could not be stored, and would fail far from its field."""
    assert optional_integer({"n": 2**63 - 1}, "n", "event") == 2**63 - 1
    assert field_of(lambda: optional_integer({"n": value}, "n", "event")) == "event.n"


def test_a_reference_is_an_id_or_the_expanded_object() -> None:
    """Both give the id, a deleted object too."""
    assert optional_id({"customer": "cus_1"}, "customer", "event") == "cus_1"
    assert optional_id({"customer": {"id": "cus_1", "deleted": True}}, "customer", "event") == "cus_1"


@pytest.mark.parametrize("expanded", [{}, {"id": None}, {"id": ""}, {"id": 7}, {"id": {"id": "cus_1"}}])
def test_an_expanded_object_needs_an_id(expanded: dict[str, Any]) -> None:
    """The error points into the expanded object."""
    assert field_of(lambda: optional_id({"customer": expanded}, "customer", "event")) == "event.customer.id"


@pytest.mark.parametrize("items", [None, {}, [], {"data": None}, {"data": []}])
def test_a_list_may_be_absent_in_every_way(items: Any) -> None:
    """Null, an empty object, as PHP writes it too, and an empty list all mean no elements."""
    assert objects_in_list({"items": items}, "items", "event") == []


@pytest.mark.parametrize(
    ("items", "field"),
    [
        ([{}], "event.items"),
        ("si_1", "event.items"),
        ({"data": {}}, "event.items.data"),
        ({"data": "si_1"}, "event.items.data"),
        ({"data": ["si_1"]}, "event.items.data[0]"),
        ({"data": [{}, None]}, "event.items.data[1]"),
        ({"data": [{}, {}, []]}, "event.items.data[2]"),
    ],
)
def test_a_malformed_list_names_the_element(items: Any, field: str) -> None:
    """The index of the first element that is not an object is in the path."""
    assert field_of(lambda: objects_in_list({"items": items}, "items", "event")) == field


@pytest.mark.parametrize("metadata", [None, {}, [], {"userId": None}, {"userId": ""}, {"other": "x"}])
def test_metadata_without_a_value_is_unset(metadata: Any) -> None:
    """Stripe removes a key by an empty value, so an empty value is none."""
    assert metadata_value({"metadata": metadata}, "userId", "event") is None


@pytest.mark.parametrize(
    ("metadata", "field"),
    [([1], "event.metadata"), ("x", "event.metadata"), ({"userId": 7}, "event.metadata.userId")],
)
def test_malformed_metadata_names_the_key(metadata: Any, field: str) -> None:
    """Metadata is an object of strings."""
    assert field_of(lambda: metadata_value({"metadata": metadata}, "userId", "event")) == field


@pytest.mark.parametrize("value", ["x" * 1_000, "ü" * 500, "\x00", "a.b#c:d", "\u202e", "🧾"])
def test_any_valid_text_that_fits_a_key_is_read(value: str) -> None:
    """Stripe's ids are far shorter; an account may choose its customers' and plans' ids itself."""
    for read in (text, optional_text, optional_id):
        assert read({"key": value}, "key", "event") == value


@pytest.mark.parametrize("value", ["x" * 1_001, "ü" * 501, "\ud800", "a\udfffb"])
def test_a_text_that_dynamodb_could_not_take_names_its_field(value: str) -> None:
    """Longer than a key may be, or half of a surrogate pair: refused here, not in the middle of a write."""
    for read in (text, optional_text, optional_id):
        assert field_of(lambda read=read: read({"key": value}, "key", "event")) == "event.key"


@pytest.mark.parametrize(
    ("value", "is_read"), [("u" * 2_000, True), ("🧾" * 500, True), ("u" * 2_001, False)]
)
def test_metadata_may_have_stripes_500_characters(value: str, *, is_read: bool) -> None:
    """In whatever script; they fit into DynamoDB's partition key."""
    source = {"metadata": {"userId": value}}
    if is_read:
        assert metadata_value(source, "userId", "event") == value
    else:
        assert field_of(lambda: metadata_value(source, "userId", "event")) == "event.metadata.userId"
