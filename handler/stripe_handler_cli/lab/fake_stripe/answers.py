"""What the fake Stripe answers, and the shape of its errors. Pure."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import attrs


@attrs.frozen
class Answer:
    """One answer.

    Attributes:
        status: HTTP status.
        body: The JSON object.
        at: The moment it is about, Unix seconds, which the Date header tells; None for the server's own now.
    """

    status: int
    body: Mapping[str, Any]
    at: float | None = None


def error(status: int, message: str, code: str | None = None) -> Answer:
    """Make an error in Stripe's form; what is Stripe's own fault has a type of its own."""
    is_theirs = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    told = {"type": "api_error" if is_theirs else "invalid_request_error", "message": message}
    return Answer(status, {"error": told if code is None else {**told, "code": code}})
