"""A request to the fake Stripe and what it answers, without their connection. Pure."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import attrs

_ELEMENT: Final = re.compile(r"\[[0-9]+\]$")


@attrs.frozen
class Request:
    """A request; its path is still quoted, and a parameter of its query may be given several times.

    Attributes:
        context: The account it is about, an id or a path of ids; None for the key's own.
    """

    method: str
    path: str
    now: float
    query: Mapping[str, list[str]] = attrs.Factory(dict)
    body: bytes = b""
    idempotency_key: str | None = None
    context: str | None = None

    @classmethod
    def of(
        cls, method: str, target: str, now: float, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> "Request":
        """Read an HTTP request that came at a moment."""
        given = {name.title(): value for name, value in (headers or {}).items()}
        parts = urlsplit(target)
        query: dict[str, list[str]] = {}
        for name, value in parse_qsl(parts.query, keep_blank_values=True):
            # Clients number the elements of an array; Stripe takes them in any way.
            query.setdefault(_ELEMENT.sub("[]", name), []).append(value)
        context = given.get("Stripe-Context") or given.get("Stripe-Account")
        return cls(method, parts.path, now, query, body, given.get("Idempotency-Key"), context)

    @property
    def form(self) -> dict[str, str]:
        """The fields of a body as API v1 takes one; of a field that is given twice, the last counts."""
        return dict(parse_qsl(self.body.decode(errors="replace"), keep_blank_values=True))


@attrs.frozen
class Answer:
    """An answer, and the moment for its Date header, Unix seconds; None is the server's own now."""

    status: int
    body: Mapping[str, Any]
    at: float | None = None


def error(status: int, message: str, code: str | None = None, parameter: str | None = None) -> Answer:
    """Make an error in Stripe's form; what is Stripe's own fault has a type of its own."""
    is_theirs = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    told = {"type": "api_error" if is_theirs else "invalid_request_error", "message": message}
    more = {"code": code, "param": parameter}
    return Answer(
        status, {"error": told | {name: value for name, value in more.items() if value is not None}}
    )
