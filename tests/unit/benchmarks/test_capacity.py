"""DynamoDB's units, by its rules, checked against sizes worked out by hand."""

from typing import Any

import pytest

from benchmarks.capacity import item_bytes, read_units, write_units

ITEM = {"PK": {"S": "USER#1"}, "n": {"N": "-12345"}, "yes": {"BOOL": True}, "ids": {"SS": ["ab", "c"]}}


def of_size(size: int) -> dict[str, Any]:
    """An item of so many bytes."""
    return {"a": {"S": "x" * (size - 1)}}


def test_the_size_of_an_item_is_that_of_its_names_and_values() -> None:
    """2+6 for the key, 1+5 for the number (three bytes of digits, one more, one for the sign), 3+1, 3+3."""
    assert item_bytes(ITEM) == 8 + 6 + 4 + 6
    assert item_bytes(None) == 0


def test_maps_and_lists_cost_three_bytes_and_one_for_each_member() -> None:
    """Besides their members."""
    assert item_bytes({"m": {"M": {"a": {"S": "bc"}}}}) == 1 + 3 + 1 + 3
    assert item_bytes({"l": {"L": [{"NULL": True}, {"S": "é"}]}}) == 1 + 3 + 2 + 1 + 2


@pytest.mark.parametrize(
    ("before", "after", "units"), [(0, 10, 1), (1024, 10, 1), (10, 1025, 2), (5000, 10, 5)]
)
def test_a_write_costs_the_larger_of_the_item_before_and_after(before: int, after: int, units: int) -> None:
    """In whole KB; twice in a transaction."""
    assert write_units(of_size(before) if before else None, of_size(after)) == units
    assert write_units(of_size(before) if before else None, of_size(after), in_transaction=True) == 2 * units


def test_a_write_that_touches_nothing_still_costs_one() -> None:
    """A condition that fails on an item that does not exist, say."""
    assert write_units(None, None) == 1


def test_reads_cost_by_four_kilobytes() -> None:
    """Half of it where an old value will do."""
    assert read_units(of_size(4097), consistent=True) == 2
    assert read_units(of_size(100), consistent=False) == 0.5
