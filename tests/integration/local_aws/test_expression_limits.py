"""Limits of DynamoDB's expressions."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from support.cloud import Cloud

pytestmark = pytest.mark.embedded

KEY = {"PK": {"S": "USER#1"}, "SK": {"S": "PROFILE"}}


def _update(cloud: Cloud, expression: str, **request: Any) -> None:
    cloud.client("dynamodb").update_item(
        TableName=cloud.table(),
        Key=KEY,
        UpdateExpression=expression,
        **{"ExpressionAttributeValues": {":v": {"S": "x"}}} | request,
    )


@pytest.mark.parametrize(
    "expression",
    ["SET a = :v REMOVE a", "SET a.b = :v, a = :v", "SET #a = :v, a = :v", "SET b = :v REMOVE a, a"],
)
def test_changes_of_overlapping_paths_are_refused(emulator: Cloud, expression: str) -> None:
    """The same attribute, or an attribute and a part of it, by name or by placeholder."""
    names = {"ExpressionAttributeNames": {"#a": "a"}} if "#a" in expression else {}
    with pytest.raises(ClientError, match="Two document paths overlap"):
        _update(emulator, expression, **names)


def test_changes_of_different_paths_are_taken(emulator: Cloud) -> None:
    """Names that only begin alike do not overlap; functions and sums on the right do not count."""
    values = {":v": {"S": "x"}, ":n": {"N": "1"}, ":s": {"SS": ["s"]}}
    _update(
        emulator,
        "SET a = :v, ab = if_not_exists(ab, :v), n = if_not_exists(n, :n) + :n ADD s :s REMOVE abc",
        ExpressionAttributeValues=values,
    )


def _comparisons(count: int) -> dict[str, Any]:
    return {
        "ConditionExpression": " AND ".join(["NOT #a=:v"] * count),
        "ExpressionAttributeNames": {"#a": "a"},
    }


def test_an_expression_has_at_most_300_operators(emulator: Cloud) -> None:
    """A hundred negated comparisons make 299 with what joins them, 101 make 302."""
    _update(emulator, "SET b = :v", **_comparisons(100))
    with pytest.raises(ClientError, match="operator count: 302"):
        _update(emulator, "SET b = :v", **_comparisons(101))


def test_transactions_have_the_same_limits(emulator: Cloud) -> None:
    """Each of its updates is checked."""
    update = {
        "TableName": emulator.table(),
        "Key": KEY,
        "UpdateExpression": "SET a = :v REMOVE a",
        "ExpressionAttributeValues": {":v": {"S": "x"}},
    }
    with pytest.raises(ClientError, match="Two document paths overlap"):
        emulator.client("dynamodb").transact_write_items(TransactItems=[{"Update": update}])


def test_stock_ministack_still_takes_both(stock: Cloud) -> None:
    """When this fails, see whether `expression_limits` is still needed."""
    _update(stock, "SET a = :v REMOVE a")
    _update(stock, "SET b = :v", **_comparisons(101))
