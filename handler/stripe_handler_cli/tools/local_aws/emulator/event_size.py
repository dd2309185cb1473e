"""The size limits of events.

AWS rules modelled (since January 2026): the entries of one `PutEvents` or `PutPartnerEvents` request may
have 1 MB together, counting 14 bytes for a time and the UTF-8 bytes of source, detail type, detail and
resources; the payload of an asynchronous invocation may have 1 MB.

Stock MiniStack takes any size.
"""

from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import eventbridge, lambda_svc

from .replacing import replaces

_LIMIT_BYTES = 1_048_576
_TIME_BYTES = 14


def _size_bytes(entry: dict[str, Any]) -> int:
    texts = [entry.get("Source"), entry.get("DetailType"), entry.get("Detail"), *entry.get("Resources", [])]
    return sum(len(text.encode()) for text in texts if text) + (_TIME_BYTES if entry.get("Time") else 0)


@replaces(eventbridge, "_put_events")
@replaces(eventbridge, "_put_partner_events")
def put_events(stock: Any, data: dict[str, Any], **options: Any) -> Any:
    if sum(map(_size_bytes, data.get("Entries", []))) >= _LIMIT_BYTES:
        message = "Total size of the entries in the request is over the limit."
        return error_response_json("ValidationException", message)
    return stock(data, **options)


@replaces(lambda_svc, "handle_request")
async def handle_request(
    stock: Any, method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
) -> Any:
    is_async = path.endswith("/invocations") and headers.get("x-amz-invocation-type") == "Event"
    if is_async and len(body) > _LIMIT_BYTES:
        message = f"Request must be smaller than {_LIMIT_BYTES} bytes for the InvokeFunction operation"
        return error_response_json("RequestTooLargeException", message, 413)
    return await stock(method, path, headers, body, query_params)
