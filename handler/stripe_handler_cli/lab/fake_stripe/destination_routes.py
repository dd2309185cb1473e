"""The endpoints of `/v2/core/event_destinations`: method and path → what `destinations` answers. A table."""

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

import attrs

from stripe_handler_cli.lab.fake_stripe.destinations import Destination, Destinations, RefusedError
from stripe_handler_cli.lab.fake_stripe.messages import Answer, Request, error

ROOT: Final = "/v2/core/event_destinations"
DEFAULT_LIMIT, LONGEST_LIMIT = "20", 100
_PATH: Final = re.compile(rf"{ROOT}(?:/(?P<id>[^/]+))?(?:/(?P<verb>disable|enable|ping))?")

Send = Callable[[Destination, Mapping[str, Any]], object]
"""Sends an event to a destination."""


@attrs.frozen
class Call:
    """One request about event destinations, its body, and the destination that its path names, if any."""

    destinations: Destinations
    send: Send
    request: Request
    given: Mapping[str, Any]
    one: Any

    def shown(self) -> Answer:
        return self.destinations.shown(self.one, _included(self.request.query))


def answer_destinations(destinations: Destinations, send: Send, request: Request) -> Answer | None:
    """Answer a request about event destinations; None for one about something else."""
    found = _PATH.fullmatch(request.path)
    endpoint = found and _ENDPOINTS.get((request.method, found["id"] is not None, found["verb"]))
    if found is None or endpoint is None:
        return None
    try:
        given = _body(request)
        one = destinations.get(found["id"]) if found["id"] else None
        if found["id"] and one is None:
            message = f"No such event destination: {found['id']}"
            return error(HTTPStatus.NOT_FOUND, message, "not_found")
        return endpoint(Call(destinations, send, request, given, one))
    except RefusedError as refused:
        return error(HTTPStatus.BAD_REQUEST, str(refused), "invalid_fields")


def _body(request: Request) -> dict[str, Any]:
    try:
        given = json.loads(request.body or b"{}")
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise RefusedError("The body must be a JSON object.")
    return given


def _included(query: Mapping[str, list[str]]) -> list[str]:
    return query.get("include", query.get("include[]", []))


def _list(call: Call) -> Answer:
    query = call.request.query
    unknown = sorted(set(query) - {"limit", "page", "include", "include[]"})
    limit, page = query.get("limit", [DEFAULT_LIMIT])[-1], query.get("page", ["0"])[-1]
    if unknown or not (limit.isdecimal() and 1 <= int(limit) <= LONGEST_LIMIT and page.isdecimal()):
        raise RefusedError(f"Invalid query: {unknown[0] if unknown else 'limit or page'}.")
    every, include, start = list(call.destinations), _included(query), int(page)
    end = start + int(limit)

    def url(at: int) -> str:
        kept = [("include", name) for name in include]
        return f"{ROOT}?{urlencode([('limit', limit), ('page', at), *kept])}"

    body = {
        "data": [call.destinations.shown(one, include).body for one in every[start:end]],
        "next_page_url": url(end) if end < len(every) else None,
        "previous_page_url": url(max(0, start - int(limit))) if start else None,
    }
    return Answer(HTTPStatus.OK, body)


def _create(call: Call) -> Answer:
    made = call.destinations.create(call.given, call.request.idempotency_key)
    return call.destinations.shown(made, call.given.get("include", ()), at_creation=True)


def _update(call: Call) -> Answer:
    call.destinations.update(call.one, call.given)
    return call.destinations.shown(call.one, call.given.get("include", ()))


def _switch(status: str, call: Call) -> Answer:
    call.destinations.switch(call.one, status)
    return call.destinations.shown(call.one)


def _delete(call: Call) -> Answer:
    call.destinations.remove(call.one)
    return Answer(HTTPStatus.OK, {"id": call.one.id, "object": "v2.core.event_destination"})


def _ping(call: Call) -> Answer:
    event = call.destinations.ping_event(call.one)
    call.send(call.one, event)
    return Answer(HTTPStatus.OK, event)


_ENDPOINTS: Final[Mapping[tuple[str, bool, str | None], Callable[[Call], Answer]]] = {
    ("GET", False, None): _list,
    ("POST", False, None): _create,
    ("GET", True, None): Call.shown,
    ("POST", True, None): _update,
    ("POST", True, "disable"): partial(_switch, "disabled"),
    ("POST", True, "enable"): partial(_switch, "enabled"),
    ("POST", True, "ping"): _ping,
    ("DELETE", True, None): _delete,
}
"""Method, whether there is an id, and what follows it → what answers."""
