"""A request to the fake Stripe, without its connection. Pure."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import attrs

_ELEMENT: Final = re.compile(r"\[[0-9]+\]$")


@attrs.frozen
class Request:
    """A request, without its connection.

    Attributes:
        method: `GET` and so on.
        path: As sent, still quoted.
        now: When it came, Unix seconds.
        query: The parameters after the question mark; each may be given several times.
        body: What was sent.
        idempotency_key: The header of that name.
        places: What the placeholders of the endpoint's path stand for, unquoted.
    """

    method: str
    path: str
    now: float
    query: Mapping[str, list[str]] = attrs.Factory(dict)
    body: bytes = b""
    idempotency_key: str | None = None
    places: Mapping[str, str] = attrs.Factory(dict)

    @classmethod
    def of(
        cls, method: str, target: str, now: float, body: bytes = b"", idempotency_key: str | None = None
    ) -> "Request":
        """Read the target of an HTTP request that came at a moment."""
        parts = urlsplit(target)
        query: dict[str, list[str]] = {}
        for name, value in parse_qsl(parts.query, keep_blank_values=True):
            # Clients number the elements of an array; Stripe takes them in any way.
            query.setdefault(_ELEMENT.sub("[]", name), []).append(value)
        return cls(method, parts.path, now, query, body, idempotency_key)
