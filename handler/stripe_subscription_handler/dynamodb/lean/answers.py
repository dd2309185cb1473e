"""What DynamoDB answers, as botocore's clients tell it. Pure.

Source: DynamoDB's low-level API. Of an answer only attribute values need a translation: those of type B are
base64 there and bytes here.
"""

import base64
import json
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from stripe_subscription_handler.dynamodb.lean.connection import HttpAnswer

_FIRST_ERROR = 300
_CHECKSUM = "x-amz-crc32"


def is_success(answer: HttpAnswer) -> bool:
    return answer.status_code < _FIRST_ERROR


def checksums(answer: HttpAnswer) -> tuple[str, str] | None:
    """The CRC32 that DynamoDB counted and the one that arrived; None where there is nothing to compare."""
    expected = answer.headers.get(_CHECKSUM)
    return None if expected is None else (expected, str(zlib.crc32(answer.content)))


def is_whole(answer: HttpAnswer) -> bool:
    """Whether the answer arrived as it was sent."""
    found = checksums(answer)
    return found is None or found[0] == found[1]


def read_success(answer: HttpAnswer) -> dict[str, Any]:
    """Read the answer to a request that was carried out.

    Raises:
        ValueError: It is no JSON object.
    """
    found = _translated(json.loads(answer.content or b"{}"), answer.content)
    if not isinstance(found, dict):
        raise ValueError("the answer is no JSON object")  # noqa: TRY004 - as for other JSON that cannot be read
    metadata = {
        "HTTPStatusCode": answer.status_code,
        "HTTPHeaders": {name.lower(): value for name, value in answer.headers.items()},
    }
    request_id = answer.headers.get("x-amzn-requestid")
    found["ResponseMetadata"] = metadata if request_id is None else {"RequestId": request_id, **metadata}
    return found


def read_error(answer: HttpAnswer) -> dict[str, Any]:
    """Read the answer to a request that was refused, with botocore's own parser."""
    from botocore.parsers import JSONParser  # noqa: PLC0415 - most executions see no error

    response = {"status_code": answer.status_code, "headers": answer.headers, "body": answer.content}
    no_model: Any = None
    parsed: dict[str, Any] = JSONParser().parse(response, no_model)
    members = ERRORS.get(parsed["Error"]["Code"], ())
    if members:
        # The parser has read it, so it is JSON.
        body = _translated(json.loads(answer.content), answer.content)
        parsed.update({name: body[name] for name in members if body.get(name) is not None})
    return parsed


def error_of(operation: str, parsed: dict[str, Any]) -> ClientError:
    """The error that botocore's client raises: of a class by the code's name, where the code is known."""
    code = parsed["Error"]["Code"]
    kind = type(code, (ClientError,), {}) if code in ERRORS else ClientError
    error: ClientError = kind(parsed, operation)
    return error


ERRORS: Mapping[str, tuple[str, ...]] = {
    "ConditionalCheckFailedException": ("message", "Item"),
    "IdempotentParameterMismatchException": ("Message",),
    "InternalServerError": ("message",),
    "ItemCollectionSizeLimitExceededException": ("message",),
    "ProvisionedThroughputExceededException": ("message", "ThrottlingReasons"),
    "ReplicatedWriteConflictException": ("message",),
    "RequestLimitExceeded": ("message", "ThrottlingReasons"),
    "ResourceNotFoundException": ("message",),
    "ThrottlingException": ("message", "throttlingReasons"),
    "TransactionCanceledException": ("Message", "CancellationReasons"),
    "TransactionConflictException": ("message",),
    "TransactionInProgressException": ("Message",),
}
"""Code of each error that DynamoDB documents for the operations used → what it tells beside."""


def _translated(found: Any, content: bytes) -> Any:
    # Few items hold binary values, and looking is much quicker than translating.
    if isinstance(found, dict) and (b'"B"' in content or b'"BS"' in content):
        return {name: _HOLDERS.get(name, _as_it_is)(value) for name, value in found.items()}
    return found


def _as_it_is(value: Any) -> Any:
    return value


def _value(value: Mapping[str, Any]) -> dict[str, Any]:
    return {kind: _KINDS.get(kind, _as_it_is)(content) for kind, content in value.items()}


def _item(item: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if item is None else {name: _value(value) for name, value in item.items()}


def _items(items: list[Any]) -> list[Any]:
    return [_item(item) for item in items]


_KINDS: Mapping[str, Callable[[Any], Any]] = {
    "B": base64.b64decode,
    "BS": lambda members: [base64.b64decode(one) for one in members],
    "L": lambda members: [_value(one) for one in members],
    "M": _item,
}
_HOLDERS: Mapping[str, Callable[[Any], Any]] = {
    "Item": _item,
    "Attributes": _item,
    "LastEvaluatedKey": _item,
    "Items": _items,
    "Responses": lambda tables: {table: _items(items) for table, items in tables.items()},
    "UnprocessedKeys": lambda tables: {
        table: {**asked, "Keys": _items(asked["Keys"])} for table, asked in tables.items()
    },
    "CancellationReasons": lambda reasons: [
        {name: _item(value) if name == "Item" else value for name, value in one.items()} for one in reasons
    ],
}
"""Member of an answer → how its attribute values are translated."""
