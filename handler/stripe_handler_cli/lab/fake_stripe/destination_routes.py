"""The endpoints of `/v2/core/event_destinations`: method and path → what `destinations` answers. A table."""

import json
import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

import attrs

from stripe_handler_cli.lab.fake_stripe.answers import Answer, error
from stripe_handler_cli.lab.fake_stripe.destinations import Destination, Destinations, RefusedError, refusal
from stripe_handler_cli.lab.fake_stripe.request import Request

ROOT: Final = "/v2/core/event_destinations"
DEFAULT_LIMIT, LONGEST_LIMIT = 20, 100
_PATH: Final = re.compile(rf"{ROOT}(?:/(?P<id>[^/]+))?(?:/(?P<verb>disable|enable|ping))?")

Send = Callable[[Destination, Mapping[str, Any]], object]
"""Sends an event to a destination."""


@attrs.frozen
class Call:
    """One request about event destinations; `given` is its body."""

    destinations: Destinations
    send: Send
    request: Request
    given: Mapping[str, Any]


def answer_destinations(destinations: Destinations, send: Send, request: Request) -> Answer | None:
    """Answer a request about event destinations; None for one about something else."""
    found = _PATH.fullmatch(request.path)
    endpoint = found and _ENDPOINTS.get((request.method, found["id"] is not None, found["verb"]))
    if found is None or endpoint is None:
        return None
    try:
        call = Call(destinations, send, request, _body(request))
        return endpoint(call, None if found["id"] is None else _known(destinations, found["id"]))
    except RefusedError as refused:
        return refusal(str(refused))
    except LookupError as unknown:
        return error(HTTPStatus.NOT_FOUND, f"No such event destination: {unknown}", "not_found")


def _body(request: Request) -> dict[str, Any]:
    try:
        given = json.loads(request.body or b"{}")
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise RefusedError("The body must be a JSON object.")
    return given


def _known(destinations: Destinations, identifier: str) -> Destination:
    one = destinations.get(identifier)
    if one is None:
        raise LookupError(identifier)
    return one


def _list(call: Call, _: Any) -> Answer:
    query = call.request.query
    unknown = sorted(set(query) - {"limit", "page", "include", "include[]"})
    limit, page = query.get("limit", [str(DEFAULT_LIMIT)])[-1], query.get("page", ["0"])[-1]
    if unknown or not (limit.isdecimal() and 1 <= int(limit) <= LONGEST_LIMIT and page.isdecimal()):
        return refusal(f"Invalid query: {unknown[0] if unknown else 'limit or page'}.")
    every, start = list(call.destinations), int(page)
    include = tuple(query.get("include", query.get("include[]", ())))
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


def _create(call: Call, _: Any) -> Answer:
    made = call.destinations.create(call.given, call.request.idempotency_key)
    return call.destinations.shown(made, tuple(call.given.get("include", ())), at_creation=True)


def _retrieve(call: Call, one: Any) -> Answer:
    include = call.request.query.get("include", call.request.query.get("include[]", ()))
    return call.destinations.shown(one, tuple(include))


def _update(call: Call, one: Any) -> Answer:
    call.destinations.update(one, call.given)
    return call.destinations.shown(one, tuple(call.given.get("include", ())))


def _switch(status: str) -> Callable[[Call, Any], Answer]:
    def switched(call: Call, one: Any) -> Answer:
        call.destinations.switch(one, status)
        return call.destinations.shown(one)

    return switched


def _delete(call: Call, one: Any) -> Answer:
    call.destinations.remove(one)
    return Answer(HTTPStatus.OK, {"id": one.id, "object": "v2.core.event_destination"})


def _ping(call: Call, one: Any) -> Answer:
    event = call.destinations.ping_event(one)
    call.send(one, event)
    return Answer(HTTPStatus.OK, event)


_ENDPOINTS: Final[Mapping[tuple[str, bool, str | None], Callable[[Call, Any], Answer]]] = {
    ("GET", False, None): _list,
    ("POST", False, None): _create,
    ("GET", True, None): _retrieve,
    ("POST", True, None): _update,
    ("POST", True, "disable"): _switch("disabled"),
    ("POST", True, "enable"): _switch("enabled"),
    ("POST", True, "ping"): _ping,
    ("DELETE", True, None): _delete,
}
"""Method, whether there is an id, and what follows it → what answers."""
