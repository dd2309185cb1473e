"""HTTP answers of the emulator's services, typed."""

from typing import Any

from ministack.core.responses import error_response_json, json_response

#: Status, headers and body.
Response = tuple[int, dict[str, str], bytes]


def answer(body: dict[str, Any]) -> Response:
    """A successful answer in JSON."""
    response: Response = json_response(body)
    return response


def error(code: str, message: str, status: int = 400) -> Response:
    """An AWS error in JSON."""
    response: Response = error_response_json(code, message, status)
    return response
