"""Passes in the sync table: what is asked of DynamoDB, and how its answers are read."""

import json
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from stripe_subscription_handler.comparison.differences import Difference, Kind
from stripe_subscription_handler.drift_check.drift_pass import DriftPass
from stripe_subscription_handler.drift_check.fingerprints import Sighting
from stripe_subscription_handler.drift_check.looks import looks_of
from stripe_subscription_handler.drift_check.pass_table import PassTable
from stripe_subscription_handler.dynamodb.wire import to_wire
from stripe_subscription_handler.errors import PassHeldError

PASS = DriftPass("pass-1", 1_000, sightings=2, looks=1, state={"after": "sub_1"})
KEY = {"PK": {"S": "DRIFT-CHECK"}, "SK": {"S": "PASS"}}


def table() -> tuple[PassTable, Stubber]:
    """A table, and what stands for DynamoDB."""
    client: Any = boto3.client(
        "dynamodb",
        region_name="eu-west-1",
        aws_access_key_id="none",
        aws_secret_access_key="none",  # noqa: S106 - a dummy
    )
    return PassTable(client, "sync"), Stubber(client)


def test_taking_holds_the_passes_and_reads_the_last_one() -> None:
    """On the condition that nobody holds them, or that their time is up."""
    passes, stub = table()
    stub.add_response(
        "update_item",
        {"Attributes": {**KEY, "lastPass": {"S": json.dumps(PASS.as_json())}}},
        {
            "TableName": "sync",
            "Key": KEY,
            "UpdateExpression": "SET heldBy = :holder, heldUntil = :until",
            "ConditionExpression": "attribute_not_exists(heldUntil) OR heldUntil <= :now",
            "ExpressionAttributeValues": to_wire({":holder": "me", ":now": 5_000, ":until": 5_901}),
            "ReturnValues": "ALL_NEW",
        },
    )
    stub.add_response("update_item", {"Attributes": KEY})
    with stub:
        assert passes.take("me", 5_000.7, 5_900.7) == PASS
        assert passes.take("me", 5_000, 5_900) is None


def test_whoever_does_not_hold_them_is_refused() -> None:
    """In each of the three."""
    passes, stub = table()
    for _ in range(3):
        stub.add_client_error("update_item", "ConditionalCheckFailedException")
    with stub:
        for write in (
            lambda: passes.take("me", 0, 1),
            lambda: passes.save("me", PASS),
            lambda: passes.release("me"),
        ):
            with pytest.raises(PassHeldError):
                write()


def test_another_refusal_is_passed_on() -> None:
    """It is no race."""
    passes, stub = table()
    stub.add_client_error("update_item", "AccessDeniedException")
    with stub, pytest.raises(passes.client.exceptions.ClientError, match="AccessDenied"):
        passes.save("me", PASS)


def test_only_what_a_run_counts_is_read() -> None:
    """A slice that broke off may have written more; page by page."""
    passes, stub = table()
    told = Sighting.of({"sub_1": "user_1", "sub_2": None, "sub_3": ""})
    (look,) = looks_of([Difference(Kind.STALE, "sub_1", "user_1")], at=7)
    sighting = to_wire(
        {
            "pairs": told.pairs,
            "subscriptions": told.subscriptions,
            "nobodys": list(told.nobodys),
            "unreadable": list(told.unreadable),
        }
    )
    query = {
        "TableName": "sync",
        "KeyConditionExpression": "PK = :pass AND SK BETWEEN :first AND :last",
        "ConsistentRead": True,
        "ExpressionAttributeValues": to_wire(
            {":pass": "DRIFT-CHECK#pass-1", ":first": "SEEN#00000000", ":last": "SEEN#00000001"}
        ),
    }
    stub.add_response("query", {"Items": [sighting], "LastEvaluatedKey": KEY}, query)
    stub.add_response("query", {"Items": [sighting]}, {**query, "ExclusiveStartKey": KEY})
    stub.add_response("query", {"Items": [{"looks": {"S": json.dumps([look.as_json()])}}]})
    with stub:
        assert list(passes.sightings(PASS)) == [told, told]
        assert passes.looks(PASS, 0) == (look,)
        assert passes.looks(PASS, 1) == ()
        assert list(passes.sightings(DriftPass("pass-2", 0))) == []


def test_what_a_pass_keeps_expires() -> None:
    """30 days after it began, by DynamoDB's TTL."""
    passes, stub = table()
    told = Sighting.of({"sub_1": "user_1"})
    item: dict[str, Any] = {
        "PK": "DRIFT-CHECK#pass-1",
        "SK": "SEEN#00000002",
        "pairs": told.pairs,
        "subscriptions": told.subscriptions,
        "nobodys": [],
        "unreadable": [],
        "expiresAt": 1_000 + 30 * 24 * 3600,
    }
    stub.add_response("put_item", {}, {"TableName": "sync", "Item": to_wire(item)})
    stub.add_response("put_item", {})
    with stub:
        passes.put_sighting(PASS, told)
        passes.put_looks(PASS, looks_of([Difference(Kind.STALE, "sub_1", "user_1")], at=7))
