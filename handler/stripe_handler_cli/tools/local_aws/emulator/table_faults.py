"""Tables that refuse requests for a while, because a test asked for it.

A table on one machine is never throttled, denied or broken, so this has to be asked for: while a table has
the tag `stripe-handler-local:fault`, every request that reads or writes its items is answered with the error
code that is the tag's value. A number after the code, as in `ThrottlingException 3`, ends the fault after so
many requests.

AWS rules modelled:
- A request is refused as a whole. Codes of server errors (`InternalServerError`, `ServiceUnavailable`) have
  status 500 or 503, all others 400.
- A transaction that is throttled is cancelled: `TransactionCanceledException`, with the reason at the item
  whose table it was. Of other faults it gets the code itself.

Stock MiniStack has no faults of tables.
"""

import json
import threading
from collections.abc import Iterator
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import dynamodb

from .replacing import replaces

_FAULT_TAG = "stripe-handler-local:fault"
_STATUS = {"InternalServerError": 500, "ServiceUnavailable": 503}
_CANCELLATION_CODES = {
    "ProvisionedThroughputExceededException": "ProvisionedThroughputExceeded",
    "ThrottlingException": "ThrottlingError",
}
_MESSAGE = f"A fault asked for by the tag {_FAULT_TAG}"

_counting = threading.Lock()


@replaces(dynamodb, "handle_request")
async def handle_request(
    stock: Any, method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
) -> Any:
    refused = _refusal(headers.get("x-amz-target", "").rpartition(".")[2], body)
    return refused or await stock(method, path, headers, body, query_params)


def _refusal(operation: str, body: bytes) -> Any:
    try:
        tables = list(_tables_of(operation, json.loads(body or b"{}")))
    except ValueError:
        return None
    with _counting:
        tags = [_tag(table) for table in tables]
        first = next(filter(None, tags), None)
        if first is None:
            return None
        code, _, left = first["Value"].partition(" ")
        if left:
            first["Value"] = f"{code} {int(left) - 1}"
    if operation.startswith("Transact") and code in _CANCELLATION_CODES:
        reason = {"Code": _CANCELLATION_CODES[code], "Message": _MESSAGE}
        return _cancelled([reason if tag else {"Code": "None"} for tag in tags])
    return error_response_json(code, _MESSAGE, _STATUS.get(code, 400))


def _tables_of(operation: str, request: dict[str, Any]) -> Iterator[str]:
    """The tables whose items are read or written, one for each item of a transaction."""
    if operation.startswith("Transact"):
        for item in request.get("TransactItems", []):
            yield from (action.get("TableName", "") for action in item.values())
    elif operation.startswith("Batch"):
        yield from request.get("RequestItems", {})
    elif operation.endswith("Item") or operation in {"Query", "Scan"}:
        yield request.get("TableName", "")


def _tag(table_name: str) -> dict[str, str] | None:
    """The table's tag, as long as it refuses requests."""
    table = dynamodb._tables.get(dynamodb._normalize_table_name(table_name))
    tags = dynamodb._tags.get(table["TableArn"], []) if table else []
    tag = next((tag for tag in tags if tag["Key"] == _FAULT_TAG), None)
    return tag if tag and tag["Value"] and not tag["Value"].endswith(" 0") else None


def _cancelled(reasons: list[dict[str, str]]) -> Any:
    message = (
        "Transaction cancelled, please refer cancellation reasons for specific reasons "
        f"[{', '.join(reason['Code'] for reason in reasons)}]"
    )
    reported = {"CancellationReasons": reasons}
    return error_response_json("TransactionCanceledException", message, extra=reported)
