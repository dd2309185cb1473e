"""Plain values and DynamoDB's attribute values: the same as boto3's own (de)serialiser gives."""

from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given, settings
from hypothesis import strategies as st

from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.dynamodb.wire import from_wire, to_wire

NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.decimals(-(10**20), 10**20, places=6)
SCALARS = st.none() | st.booleans() | st.text() | NUMBERS
SETS = st.sets(st.text(min_size=1), min_size=1)
VALUES = st.recursive(
    SCALARS | SETS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)


def comparable(wire: Any) -> Any:
    """Attribute values with the members of sets in order, which DynamoDB does not keep either."""
    if isinstance(wire, dict):
        return {name: sorted(value) if name == "SS" else comparable(value) for name, value in wire.items()}
    return [comparable(value) for value in wire] if isinstance(wire, list) else wire


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.text(), VALUES, max_size=4))
def test_values_are_written_as_boto3_writes_them(values: dict[str, Any]) -> None:
    """Every type that an item of ours can hold, nested."""
    expected = {name: TypeSerializer().serialize(value) for name, value in values.items()}
    assert comparable(to_wire(values)) == comparable(expected)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.text(), VALUES, max_size=4))
def test_values_are_read_as_boto3_reads_them(values: dict[str, Any]) -> None:
    """What was written comes back the same, with numbers as `Decimal`."""
    wire = to_wire(values)
    assert from_wire(wire) == {name: TypeDeserializer().deserialize(value) for name, value in wire.items()}


def test_attributes_of_the_app_can_be_of_any_type() -> None:
    """DynamoDB hands over the whole item, and the app's own attributes may be binary or number sets."""
    wire = {"b": {"B": b"1"}, "bs": {"BS": [b"1", b"2"]}, "ns": {"NS": ["1", "2.5"]}}
    assert from_wire(wire) == {"b": b"1", "bs": {b"1", b"2"}, "ns": {Decimal(1), Decimal("2.5")}}


def test_no_item_stays_none() -> None:
    """As DynamoDB answers when there is none."""
    assert from_wire(None) is None


def test_bytes_are_binary() -> None:
    """As the drift check keeps what it has seen; boto3 reads them as a `Binary`, which is no `bytes`."""
    assert from_wire(to_wire({"b": b"1"})) == {"b": b"1"}


def test_text_of_an_enumeration_is_plain_text() -> None:
    """And a frozenset is a string set, a tuple a list."""
    written = to_wire({"r": Reason.STALE, "s": frozenset({"a"}), "t": (1,)})
    assert written == {"r": {"S": "stale"}, "s": {"SS": ["a"]}, "t": {"L": [{"N": "1"}]}}


@pytest.mark.parametrize("value", [1.5, object(), set(), {1}])
def test_what_no_item_of_ours_holds_is_refused(value: object) -> None:
    """A float would lose digits, and DynamoDB has no empty sets."""
    with pytest.raises(TypeError):
        to_wire({"value": value})
