# ruff: noqa: SLF001 - MiniStack has no public interface for this
"""The size limits of events.

AWS rules modelled (since January 2026): the entries of one `PutEvents` or `PutPartnerEvents` request may
have 1 MB together, counting 14 bytes for a time and the UTF-8 bytes of source, detail type, detail and
resources; the payload of an asynchronous invocation may have 1 MB.

Stock MiniStack takes any size.
"""

from typing import Any

from ministack.services import eventbridge, lambda_svc

from .answers import Response, error

LIMIT_BYTES = 1_048_576
_TIME_BYTES = 14

_stock_handle_lambda_request = lambda_svc.handle_request


def install() -> None:
    """Replace MiniStack's functions by ours."""
    eventbridge._put_events = _limited(eventbridge._put_events)
    eventbridge._put_partner_events = _limited(eventbridge._put_partner_events)
    lambda_svc.handle_request = handle_lambda_request


def entry_size_bytes(entry: dict[str, Any]) -> int:
    """The size AWS counts for one entry."""
    texts = [entry.get("Source"), entry.get("DetailType"), entry.get("Detail"), *entry.get("Resources", [])]
    return sum(len(text.encode()) for text in texts if text) + (_TIME_BYTES if entry.get("Time") else 0)


def _limited(stock: Any) -> Any:
    def put(data: dict[str, Any], **options: Any) -> Response:
        if sum(map(entry_size_bytes, data.get("Entries", []))) >= LIMIT_BYTES:
            message = "Total size of the entries in the request is over the limit."
            return error("ValidationException", message)
        response: Response = stock(data, **options)
        return response

    return put


async def handle_lambda_request(
    method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
) -> Response:
    """Lambda's API, with the limit on asynchronous payloads."""
    is_async = path.endswith("/invocations") and headers.get("x-amz-invocation-type") == "Event"
    if is_async and len(body) > LIMIT_BYTES:
        message = f"Request must be smaller than {LIMIT_BYTES} bytes for the InvokeFunction operation"
        return error("RequestTooLargeException", message, 413)
    response: Response = await _stock_handle_lambda_request(method, path, headers, body, query_params)
    return response
