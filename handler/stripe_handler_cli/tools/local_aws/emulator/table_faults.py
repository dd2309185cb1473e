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
        request = json.loads(body or b"{}")
    except ValueError:
        return None
    tables = list(_tables_of(operation, request))
    faulty = [_fault(table) is not None for table in tables]
    code = next(filter(None, map(_taken_fault, tables)), None)
    if code is None:
        return None
    if operation.startswith("Transact") and code in _CANCELLATION_CODES:
        return _cancelled(_CANCELLATION_CODES[code], faulty)
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
    table = dynamodb._tables.get(dynamodb._normalize_table_name(table_name))
    tags = dynamodb._tags.get(table["TableArn"], []) if table else []
    return next((tag for tag in tags if tag["Key"] == _FAULT_TAG), None)


def _fault(table_name: str) -> str | None:
    tag = _tag(table_name)
    code, _, left = tag["Value"].partition(" ") if tag else ("", "", "")
    return code if code and left != "0" else None


def _taken_fault(table_name: str) -> str | None:
    """The table's error code; one request less is left of a fault that counts them."""
    with _counting:
        code, tag = _fault(table_name), _tag(table_name)
        if code and tag and " " in tag["Value"]:
            tag["Value"] = f"{code} {int(tag['Value'].partition(' ')[2]) - 1}"
        return code


def _cancelled(code: str, faulty: list[bool]) -> Any:
    reasons = [{"Code": code, "Message": _MESSAGE} if is_faulty else {"Code": "None"} for is_faulty in faulty]
    message = (
        "Transaction cancelled, please refer cancellation reasons for specific reasons "
        f"[{', '.join(reason['Code'] for reason in reasons)}]"
    )
    reported = {"CancellationReasons": reasons}
    return error_response_json("TransactionCanceledException", message, extra=reported)
