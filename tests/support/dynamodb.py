"""A hand-written stand-in for the DynamoDB client: it answers from a script and keeps what it was asked."""

from typing import Any

import attrs
from botocore.exceptions import ClientError


@attrs.define
class ScriptedDynamoDB:
    """Answers each call with the next entry of the script: a response to return or an error to raise.

    Attributes:
        script: What to answer, in order.
        calls: Every call so far as (operation, parameters).
    """

    script: list[dict[str, Any] | ClientError]
    calls: list[tuple[str, dict[str, Any]]] = attrs.Factory(list)

    def _answer(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        self.calls.append((operation, parameters))
        answer = self.script.pop(0)
        if isinstance(answer, ClientError):
            raise answer
        return answer

    def update_item(self, **parameters: Any) -> dict[str, Any]:
        """Answer an UpdateItem."""
        return self._answer("UpdateItem", parameters)

    def delete_item(self, **parameters: Any) -> dict[str, Any]:
        """Answer a DeleteItem."""
        return self._answer("DeleteItem", parameters)

    def transact_write_items(self, **parameters: Any) -> dict[str, Any]:
        """Answer a TransactWriteItems."""
        return self._answer("TransactWriteItems", parameters)

    def get_item(self, **parameters: Any) -> dict[str, Any]:
        """Answer a GetItem."""
        return self._answer("GetItem", parameters)

    def query(self, **parameters: Any) -> dict[str, Any]:
        """Answer a Query."""
        return self._answer("Query", parameters)


class PagedDynamoDB(ScriptedDynamoDB):
    """One whose only pages are those of a query."""

    def get_paginator(self, operation: str) -> "PagedDynamoDB":
        """Page through a query, in one page."""
        assert operation == "query"
        return self

    def paginate(self, **parameters: Any) -> list[dict[str, Any]]:
        """The one page."""
        return [self.query(**parameters)]


def client_error(code: str, operation: str = "UpdateItem", **extra: Any) -> ClientError:
    """An error as botocore raises it."""
    return ClientError({"Error": {"Code": code, "Message": "secret detail"}, **extra}, operation)


def condition_failed(item: dict[str, Any] | None = None) -> ClientError:
    """A failed condition on an UpdateItem, with the item as `ALL_OLD` returns it."""
    return client_error("ConditionalCheckFailedException", **({} if item is None else {"Item": item}))


def transaction_canceled(*reasons: dict[str, Any]) -> ClientError:
    """A cancelled transaction with the reason of each of its items."""
    return client_error(
        "TransactionCanceledException", "TransactWriteItems", CancellationReasons=list(reasons)
    )
