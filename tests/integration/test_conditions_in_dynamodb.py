"""The model the unit and property tests rely on evaluates conditions exactly as DynamoDB does."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer

from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_subscription_handler.decisions.conditions import (
    Absent,
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    Equal,
    Less,
    holds,
)
from stripe_subscription_handler.dynamodb.expressions import Placeholders, condition_expression

TABLE = "itest-conditions"
KEY = {"PK": {"S": "a"}}
serialize = TypeSerializer().serialize

ITEM: dict[str, Any] = {
    "version": "0 2025-11-22T08:26:40Z 1",
    "stripeLedger_sub_1": {
        "r": {"v": "0 1763800000 1", "q": 2, "s": "active", "t": {"evt_1": {"o": {"te": None}}}},
        "c": {"k": "3 0 1763800000 1", "flag": True},
    },
    "known": {"sub_1", "sub_2"},
}
SUBSCRIPTION = "stripeLedger_sub_1"
REGISTER, CLAIM = (SUBSCRIPTION, "r"), (SUBSCRIPTION, "c")
SINGLE: list[Condition] = [
    Absent(("missing",)),
    Absent(REGISTER),
    Absent((*REGISTER, "nothing")),
    Absent((SUBSCRIPTION, "p")),
    Absent((SUBSCRIPTION, "p", "v")),
    Absent((*REGISTER, "v", "deeper")),
    Absent((*REGISTER, "t", "evt_1")),
    Equal(("version",), "0 2025-11-22T08:26:40Z 1"),
    Equal(("missing",), "x"),
    Equal(("known",), frozenset({"sub_2", "sub_1"})),
    Equal(("known",), frozenset({"sub_1"})),
    Equal(REGISTER, ITEM[SUBSCRIPTION]["r"]),
    Equal(REGISTER, {"v": "0 1763800000 1"}),
    Equal((*CLAIM, "flag"), value=True),
    Equal((*CLAIM, "flag"), value=False),
    Less((*REGISTER, "v"), "0 1763800000 2"),
    Less((*REGISTER, "v"), "0 1763800000 1"),
    Less((*REGISTER, "v"), "0 1763799999 3"),
    Less((*REGISTER, "v"), "1 1763799999 3"),
    Less(("missing",), "z"),
    AtLeast((*REGISTER, "v"), "0 1763800000 1"),
    AtLeast((*REGISTER, "v"), "0 1763800000 2"),
]
COMBINED: list[Condition] = [
    joined
    for first, second, third in itertools.islice(itertools.combinations(SINGLE, 3), 0, None, 40)
    for joined in (AllOf((first, AnyOf((second, third)))), AnyOf((first, AllOf((second, third)))))
]


@pytest.fixture(scope="module")
def table(endpoint: Endpoint) -> Iterator[Any]:
    """A table of our own."""
    client = endpoint.dynamodb
    client.create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    client.get_waiter("table_exists").wait(TableName=TABLE)
    yield client
    client.delete_table(TableName=TABLE)


def dynamodb_says(client: Any, condition: Condition) -> bool:
    """Whether DynamoDB lets a write with this condition through."""
    placeholders = Placeholders()
    expression = condition_expression(condition, placeholders)
    values = {name: serialize(value) for name, value in placeholders.values.items()}
    try:
        client.update_item(
            TableName=TABLE,
            Key=KEY,
            UpdateExpression="SET #touched = :yes",
            ConditionExpression=expression,
            ExpressionAttributeNames={**placeholders.names, "#touched": "touched"},
            ExpressionAttributeValues={**values, ":yes": {"BOOL": True}},
        )
    except client.exceptions.ConditionalCheckFailedException:
        return False
    return True


@pytest.mark.parametrize("item", [ITEM, {}], ids=["full item", "bare item"])
def test_dynamodb_and_the_model_agree(table: Any, item: dict[str, Any]) -> None:
    """For every kind of condition this library writes, alone and combined."""
    stored = {name: serialize(value) for name, value in item.items()}
    table.put_item(TableName=TABLE, Item={**KEY, **stored})
    for condition in SINGLE + COMBINED:
        assert dynamodb_says(table, condition) is holds(condition, item), condition


def test_they_agree_that_nothing_is_there(table: Any) -> None:
    """Without an item, only absences hold."""
    for condition in SINGLE:
        table.delete_item(TableName=TABLE, Key=KEY)
        assert dynamodb_says(table, condition) is holds(condition, None), condition
