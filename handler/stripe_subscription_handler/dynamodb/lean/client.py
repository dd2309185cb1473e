"""The lean client: what an event needs of botocore's DynamoDB client, with the same answers and errors.

Whatever else is asked of it goes to botocore's client, which is made then. So does a request that failed, if
the runtime's botocore has its rules for retries in another form than today's.
"""

import contextlib
import functools
import time
import uuid
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ChecksumError, ConnectionError, HTTPClientError  # noqa: A004 - botocore's name

from stripe_subscription_handler.dynamodb.lean.answers import (
    checksums,
    error_of,
    is_success,
    is_whole,
    read_error,
    read_success,
)
from stripe_subscription_handler.dynamodb.lean.connection import Connection, HttpAnswer
from stripe_subscription_handler.dynamodb.lean.plain_environment import PlainEnvironment
from stripe_subscription_handler.dynamodb.lean.requests import Signer, body_of
from stripe_subscription_handler.dynamodb.lean.retries import StandardRetries

_IDEMPOTENCY = "ClientRequestToken"
"""By it DynamoDB knows that a transaction was sent before; one for all attempts."""


_METHODS = {
    "GetItem": "get_item",
    "UpdateItem": "update_item",
    "DeleteItem": "delete_item",
    "Query": "query",
    "BatchGetItem": "batch_get_item",
    "TransactWriteItems": "transact_write_items",
}
"""Operation → the method by which botocore's client asks for it."""


def _method(operation: str) -> Callable[..., dict[str, Any]]:
    def method(self: "LeanClient", **parameters: Any) -> dict[str, Any]:
        return self._send(operation, parameters)

    return method


class LeanClient:
    """A client for one plain environment."""

    get_item = _method("GetItem")
    update_item = _method("UpdateItem")
    delete_item = _method("DeleteItem")
    query = _method("Query")
    batch_get_item = _method("BatchGetItem")
    transact_write_items = _method("TransactWriteItems")

    def __init__(
        self,
        environment: PlainEnvironment,
        otherwise: Callable[[], Any],
        *,
        connect_timeout: float,
        read_timeout: float,
        attempts: int,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Make it; nothing is sent yet.

        Args:
            environment: Who asks, and where.
            otherwise: Makes botocore's client, for what this one does not do.
            connect_timeout: In seconds.
            read_timeout: In seconds.
            attempts: How often a request is sent at most.
            sleep: Waits between attempts, in seconds.
        """
        self._signer = Signer(environment)
        self._connection = Connection(
            environment.endpoint_url, connect_timeout=connect_timeout, read_timeout=read_timeout
        )
        self._otherwise = otherwise
        self._attempts = attempts
        self._sleep = sleep
        self._retries: StandardRetries | None = None

    @functools.cached_property
    def _ordinary(self) -> Any:
        return self._otherwise()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ordinary, name)

    def _send(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        if operation == "TransactWriteItems" and _IDEMPOTENCY not in parameters:
            parameters[_IDEMPOTENCY] = str(uuid.uuid4())
        body, invocation = body_of(parameters), str(uuid.uuid4())
        context: dict[str, Any] = {}
        attempt = 0
        while True:
            attempt += 1
            told = {
                "amz-sdk-invocation-id": invocation,
                "amz-sdk-request": f"attempt={attempt}; max={self._attempts}",
            }
            answer, parsed, failure = self._attempt(operation, body, told)
            is_fine = answer is not None and is_success(answer) and is_whole(answer)
            if not (is_fine and attempt == 1):
                rules = self._rules()
                if rules is None:
                    return self._by_botocore(operation, parameters)
                response = None if answer is None else (answer, parsed)
                pause = rules.pause(attempt, response, failure, context)
                if pause is not None:
                    self._sleep(pause)
                    continue
            if answer is None:
                raise failure or AssertionError
            parsed["ResponseMetadata"]["RetryAttempts"] = attempt - 1
            if self._retries is not None:
                self._retries.ended(answer, context)
            return _checked(operation, answer, parsed)

    def _attempt(
        self, operation: str, body: bytes, told: dict[str, str]
    ) -> tuple[HttpAnswer | None, dict[str, Any], Exception | None]:
        headers = self._signer.headers(operation, body, told)
        try:
            answer = self._connection.send(headers, body)
            return answer, (read_success if is_success(answer) else read_error)(answer), None
        except (ConnectionError, HTTPClientError) as failure:
            return None, {}, failure
        except ValueError as error:
            # botocore takes what is no JSON for an empty answer, as if there were no item.
            return None, {}, HTTPClientError(error=type(error).__name__)

    def _rules(self) -> StandardRetries | None:
        if self._retries is None:
            with contextlib.suppress(ImportError, AttributeError, TypeError, LookupError):
                self._retries = StandardRetries(self._attempts)
        return self._retries

    def _by_botocore(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = getattr(self._ordinary, _METHODS[operation])(**parameters)
        return answer


def _checked(operation: str, answer: HttpAnswer, parsed: dict[str, Any]) -> dict[str, Any]:
    if not is_success(answer):
        raise error_of(operation, parsed)
    if not is_whole(answer):
        expected, actual = checksums(answer) or ("", "")
        raise ChecksumError(checksum_type="crc32", expected_checksum=expected, actual_checksum=actual)
    return parsed
