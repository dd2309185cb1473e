"""Both clients tell the same of the same answer: values, errors with all that stands in them, metadata.

Of an answer that DynamoDB never gives, botocore makes an empty success, as if there were no item, or fails in
the middle. The lean client tries again and then fails: the last test says so of both.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.dynamodb_wire.clients import BOTOCORE, KINDS, LEAN, driving
from support.dynamodb_wire.comparing import GET, alike
from support.dynamodb_wire.faults import ATTEMPTS, REPEATED_STATUSES
from support.dynamodb_wire.requests import items
from support.dynamodb_wire.server import WireDynamoDB
from support.dynamodb_wire.steps import REQUEST_ID, Crc, Framing, Reply, Step, ok, refusal
from support.dynamodb_wire.told import Told, run

NOTHING: Mapping[str, Any] = {"TableName": "profiles", "Key": {}}
ITEM = b'{"Item": {"a": {"S": "1"}}}'
COMMIT: Mapping[str, Any] = {"TransactItems": []}
CODES = (
    # What DynamoDB documents for the operations.
    "ConditionalCheckFailedException",
    "IdempotentParameterMismatchException",
    "InternalServerError",
    "ItemCollectionSizeLimitExceededException",
    "ProvisionedThroughputExceededException",
    "ReplicatedWriteConflictException",
    "RequestLimitExceeded",
    "ResourceNotFoundException",
    "ThrottlingException",
    "TransactionCanceledException",
    "TransactionConflictException",
    "TransactionInProgressException",
    # What any service of AWS may say.
    "AccessDeniedException",
    "ExpiredTokenException",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "RequestExpired",
    "SerializationException",
    "UnrecognizedClientException",
    "ValidationException",
    "AWordOfTheFuture",
)


def told_alike(wire: WireDynamoDB, operation: str, parameters: Mapping[str, Any], *steps: Step) -> Told:
    """Make the call with both; asserts that they tell the same, and returns it."""
    [told] = alike(wire, *steps, calls=[(operation, parameters)]).told
    return told


def on_the_wire(value: Any) -> Any:
    """An item or attribute value as DynamoDB writes it: binary values in base64."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Mapping):
        return {name: on_the_wire(one) for name, one in value.items()}
    return [on_the_wire(one) for one in value] if isinstance(value, list) else value


@settings(max_examples=15, deadline=None)
@given(first=items(), second=items(), count=st.integers(0, 10**6))
def test_any_item_in_any_answer(
    wire: WireDynamoDB, first: dict[str, Any], second: dict[str, Any], count: int
) -> None:
    """As a value, and where the operation puts it."""
    answers: tuple[tuple[str, Mapping[str, Any], dict[str, Any]], ...] = (
        ("get_item", NOTHING, {"Item": first}),
        ("get_item", NOTHING, {}),
        ("update_item", NOTHING, {"Attributes": first}),
        ("delete_item", NOTHING, {"Attributes": first}),
        ("transact_write_items", COMMIT, {}),
        (
            "query",
            {"TableName": "profiles"},
            {"Items": [first, second], "Count": count, "ScannedCount": count, "LastEvaluatedKey": second},
        ),
        (
            "batch_get_item",
            {"RequestItems": {}},
            {
                "Responses": {"profiles": [first], "sync": [second]},
                "UnprocessedKeys": {"sync": {"Keys": [second], "ConsistentRead": True}},
            },
        ),
    )
    steps = [ok(**on_the_wire(value)) for _, _, value in answers]
    calls = [(operation, parameters) for operation, parameters, _ in answers]
    for kind in KINDS:
        with driving(kind, wire.url) as driven:
            told = run(wire, driven, steps, calls).told
        assert [one.error for one in told if one.error] == []
        found = [{**one.value} for one in told]
        metadata = [one.pop("ResponseMetadata") for one in found]
        assert found == [value for _, _, value in answers]
        for one, step in zip(metadata, steps, strict=True):
            headers = one.pop("HTTPHeaders")
            assert one == {"RequestId": REQUEST_ID, "HTTPStatusCode": 200, "RetryAttempts": 0}
            assert headers["content-length"] == str(len(step.body))
            assert all(name == name.lower() for name in headers)


@pytest.mark.parametrize("code", CODES)
def test_any_refusal(wire: WireDynamoDB, code: str) -> None:
    """The error's class by name, its code, words and operation, and everything that DynamoDB says beside."""
    item = {"name": {"S": "é"}, "data": {"B": "AAE="}, "many": {"L": [{"BS": ["AAE="]}]}}
    said = {
        "Message": "In capitals.",
        "Item": item,
        "ThrottlingReasons": [{"reason": "KeyRangeThroughputExceeded", "resource": "a table"}],
        "throttlingReasons": [{"reason": "KeyRangeThroughputExceeded", "resource": "a table"}],
        "CancellationReasons": [
            {"Code": "None"},
            {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed", "Item": item},
        ],
    }
    of_transactions = code.startswith(("Transaction", "Idempotent"))
    operation, parameters = ("transact_write_items", COMMIT) if of_transactions else ("update_item", NOTHING)
    told = told_alike(wire, operation, parameters, *[refusal(code, **said)] * 4)
    assert told.is_clients
    assert told.code == code
    assert code in told.text
    if code == "TransactionCanceledException":
        assert told.response["CancellationReasons"][1]["Item"]["data"] == {"B": b"\0\1"}


@pytest.mark.parametrize(
    "body",
    [
        {"__type": "com.amazon.coral.validate#ValidationException", "message": "One."},
        {"__type": "ValidationException", "Message": "In capitals."},
        {"__type": "a#b#ValidationException:http://internal.amazon.com/coral/", "message": ""},
        {"__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException"},
        {"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "message": None},
        {"message": "Without a type."},
        {},
    ],
    ids=str,
)
@pytest.mark.parametrize("status", [400, 403, 500])
def test_however_a_code_is_written(wire: WireDynamoDB, body: dict[str, Any], status: int) -> None:
    """With or without a namespace and an address, the message with or without a capital."""
    told_alike(wire, "get_item", NOTHING, *[Reply(json.dumps(body).encode(), status)] * 4)


@pytest.mark.parametrize("status", [302, 400, 403, 404, 408, 413, 429, 500, 501, 502, 503, 504, 505])
def test_an_error_that_is_not_dynamodbs(wire: WireDynamoDB, status: int) -> None:
    """Of something in between: a proxy's page, a word, nothing."""
    bodies = (b"", b"<html><body>No.</body></html>", b"no", b" \n<html>")
    stumbled_over = (b"null", b"[]")  # by botocore's parser, which both use
    attempts = ATTEMPTS if status in REPEATED_STATUSES else 1
    sent = [*(body for body in bodies for _ in range(attempts)), *stumbled_over]
    steps = [Reply(body, status, crc=Crc.NONE) for body in sent]
    assert alike(wire, *steps, calls=[GET] * 6).told[0].code == str(status)
    assert not wire.steps_left


@pytest.mark.parametrize(
    "answer",
    [
        Reply(ITEM, framing=Framing.CHUNKED),
        Reply(ITEM, framing=Framing.CHUNKED, crc=Crc.NONE),
        Reply(ITEM, framing=Framing.UNTIL_CLOSE),
        Reply(json.dumps({"Item": {"a": {"S": "é" * 300_000}}}).encode()),
        Reply(
            ITEM,
            headers=(("x-amzn-RequestId", ""), ("X-Other", "é")),
        ),
        Reply(b"", crc=Crc.NONE),
        Reply(b""),
        Reply(b'{"Item": {"a": {"S": "1"}}, "ConsumedCapacity": {"TableName": "t", "CapacityUnits": 2.5}}'),
    ],
    ids=[
        "chunks",
        "no checksum",
        "until the end",
        "large",
        "headers",
        "empty",
        "empty and summed",
        "capacity",
    ],
)
def test_whatever_shape_an_answer_comes_in(wire: WireDynamoDB, answer: Reply) -> None:
    """Its length is told in several ways, or by the end; its checksum or the request's id may be missing."""
    assert told_alike(wire, "get_item", NOTHING, answer).error is None


@pytest.mark.parametrize("body", [b"<html>No.</html>", b"{", b"\xff", b"null", b"[]", b'"text"'])
def test_a_success_that_cannot_be_read_is_none(wire: WireDynamoDB, body: bytes) -> None:
    """Botocore tells of no item, or fails with whatever error; the lean client sends the request again."""
    item = ok(Item={"a": {"S": "1"}})
    with driving(BOTOCORE, wire.url) as driven:
        [told] = run(wire, driven, [Reply(body), item], [("get_item", NOTHING)]).told
        assert wire.steps_left == 1
        assert told.error or "Item" not in (told.value or {})
    with driving(LEAN, wire.url) as driven:
        [told] = run(wire, driven, [Reply(body), item], [("get_item", NOTHING)]).told
        assert told.value["Item"] == {"a": {"S": "1"}}
        [told] = run(wire, driven, [Reply(body)] * 4, [("get_item", NOTHING)]).told
        assert (told.error, wire.steps_left) == ("HTTPClientError", 0)
        assert "No." not in told.text
