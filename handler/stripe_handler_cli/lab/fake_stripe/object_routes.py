"""The endpoints of objects and events: one by its id, or one page of a list. Pure.

Stripe cuts lists newest first, by `limit` and a cursor on one side. A parameter that is not modelled here is
refused, so that nothing seems to be filtered that is not.
"""

import itertools
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote

import attrs

from stripe_handler_cli.lab.fake_stripe.accounts import Account
from stripe_handler_cli.lab.fake_stripe.messages import Answer, Request, error
from stripe_handler_cli.lab.fake_stripe.parts import DEFAULT_LIMIT, LONGEST_LIMIT, answer_parts, embedded

Body = Mapping[str, Any]
Filter = Callable[[Sequence[str], Body], bool]
"""Whether an object is among those a parameter's values ask for."""

_PATH: Final = re.compile(
    r"/v1/(?P<kind>subscription|customer|invoice|checkout/session|event)s(?:/(?P<id>[^/]+))?"
)
EVENTS_KEPT_SECONDS = 30 * 86_400
"""How far back Stripe lists events."""

_PAGING: Final = frozenset({"limit", "starting_after", "ending_before", "expand[]"})
_CREATED: Final = re.compile(r"created(?:\[(gt|gte|lt|lte)\])?")
_COMPARISONS: Final = {
    None: operator.eq,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
_ENDED: Final = frozenset({"canceled", "incomplete_expired"})
_STATUSES: Final[Mapping[str, frozenset[str]]] = {
    "subscription": frozenset(
        {"active", "all", "ended", "incomplete", "past_due", "paused", "trialing", "unpaid", *_ENDED}
    ),
    "invoice": frozenset({"draft", "open", "paid", "uncollectible", "void"}),
    "checkout.session": frozenset({"complete", "expired", "open"}),
}
"""What kind of object is listed → what its `status` may ask for."""
_ON_CLOCKS: Final = frozenset({"subscription", "customer"})
"""Lists of these leave out what is under a test clock, unless a clock or a customer is named."""


def _has_status(values: Sequence[str], body: Body) -> bool:
    wanted, status = values[-1], body["status"]
    return wanted in {"all", status} or (wanted == "ended" and status in _ENDED)


def _has(name: str) -> Filter:
    return lambda values, body: body.get(name) == values[-1]


def _bills(values: Sequence[str], body: Body) -> bool:
    details = (body.get("parent") or {}).get("subscription_details") or {}
    return bool(details.get("subscription") == values[-1])


def _has_type(values: Sequence[str], body: Body) -> bool:
    return body["type"] in values


_FILTERS: Final[Mapping[str, Mapping[str, Filter]]] = {
    "subscription": {
        "status": _has_status,
        "customer": _has("customer"),
        "test_clock": _has("test_clock"),
    },
    "customer": {"email": _has("email"), "test_clock": _has("test_clock")},
    "invoice": {"status": _has("status"), "customer": _has("customer"), "subscription": _bills},
    "checkout.session": {
        "status": _has("status"),
        "customer": _has("customer"),
        "subscription": _has("subscription"),
    },
    "event": {"type": _has_type, "types[]": _has_type},
}
"""What kind of object is listed → parameter → what it asks for."""


def answer_objects(account: Account, request: Request) -> Answer:
    """Answer a request whose API key is right."""
    parts = answer_parts(account, request)
    if parts is not None:
        return parts
    found = _PATH.fullmatch(request.path)
    if found is None or request.method != "GET":
        return error(HTTPStatus.NOT_FOUND, f"Unrecognized request URL ({request.method}: {request.path}).")
    kind = found["kind"].replace("/", ".")
    if found["id"] is None:
        # Dated when it was asked for: what is read afterwards is of that moment or later.
        return attrs.evolve(_page(account, kind, request), at=request.now)
    return _one_object(account, kind, unquote(found["id"]), request.query.get("expand[]", ()))


def _one_object(account: Account, kind: str, identifier: str, expand: Sequence[str]) -> Answer:
    found = account.find(kind, identifier)
    if found.body is None:
        message = f"No such {kind}: '{identifier}'"
        return attrs.evolve(error(HTTPStatus.NOT_FOUND, message, "resource_missing"), at=found.at)
    body = _expanded(account, embedded(found.body)) if "latest_invoice" in expand else embedded(found.body)
    return Answer(HTTPStatus.OK, body, found.at)


def _expanded(account: Account, subscription: Body) -> Body:
    """A subscription in which its newest invoice stands in place of the invoice's id."""
    newest = subscription.get("latest_invoice")
    invoice = account.find("invoice", newest).body if isinstance(newest, str) else None
    return subscription if invoice is None else {**subscription, "latest_invoice": invoice}


def _page(account: Account, kind: str, request: Request) -> Answer:
    query = {"limit": [DEFAULT_LIMIT], **request.query}
    ids: Sequence[str] = account.newest_first(kind, query.get("subscription", [None])[-1])
    problem = _problem(kind, ids, query)
    if problem is not None:
        return error(HTTPStatus.BAD_REQUEST, *problem)
    backwards = "ending_before" in query
    if backwards:
        ids = ids[: ids.index(query["ending_before"][-1])][::-1]
    elif "starting_after" in query:
        ids = ids[ids.index(query["starting_after"][-1]) + 1 :]
    tests = list(_tests(kind, query, request.now))
    bodies = (account.find(kind, identifier).body for identifier in ids)
    listed = (body for body in bodies if body is not None and all(test(body) for test in tests))
    limit = int(query["limit"][-1])
    found = list(itertools.islice(listed, limit + 1))
    customer = query.get("customer", [""])[-1]
    if customer and not found and account.find("customer", customer).body is None:
        # A filter that names nothing is a bad request, and no empty list.
        return error(
            HTTPStatus.BAD_REQUEST, f"No such customer: '{customer}'", "resource_missing", "customer"
        )
    data = [embedded(body) for body in found[:limit][:: -1 if backwards else 1]]
    if "data.latest_invoice" in query.get("expand[]", ()):
        data = [_expanded(account, body) for body in data]
    return Answer(
        HTTPStatus.OK, {"object": "list", "url": request.path, "has_more": len(found) > limit, "data": data}
    )


def _problem(  # noqa: PLR0911 - a table of what is refused
    kind: str, ids: Sequence[str], query: Mapping[str, list[str]]
) -> tuple[str, str | None] | None:
    """What Stripe would refuse: the message and the code."""
    for name, values in query.items():
        if _CREATED.fullmatch(name):
            if not _is_whole(values[-1]):
                return f"{name} must be a Unix time in seconds.", None
        elif name not in _PAGING | _FILTERS[kind].keys():
            return f"Received unknown parameter: {name}", "parameter_unknown"
    statuses = _STATUSES.get(kind, frozenset())
    if "status" in query and query["status"][-1] not in statuses:
        return f"Invalid status: must be one of {', '.join(sorted(statuses))}", None
    if "starting_after" in query and "ending_before" in query:
        return "You can't specify both `starting_after` and `ending_before`.", None
    limit = query["limit"][-1]
    if not (_is_whole(limit) and 1 <= int(limit) <= LONGEST_LIMIT):
        return f"limit must be a whole number from 1 to {LONGEST_LIMIT}.", None
    for name in ("starting_after", "ending_before"):
        if name in query and query[name][-1] not in ids:
            return f"No such {kind}: '{query[name][-1]}'", "resource_missing"
    return None


def _tests(kind: str, query: Mapping[str, list[str]], now: float) -> Iterator[Callable[[Body], bool]]:
    for name, test in _FILTERS[kind].items():
        if name in query:
            yield partial(test, query[name])
    if kind == "subscription" and "status" not in query:
        yield lambda body: bool(body["status"] != "canceled")
    if kind in _ON_CLOCKS and not query.keys() & {"customer", "test_clock"}:
        yield lambda body: body.get("test_clock") is None
    for name, values in query.items():
        if found := _CREATED.fullmatch(name):
            yield partial(_is_created, _COMPARISONS[found[1]], int(values[-1]))
    if kind == "event":
        yield partial(_is_created, operator.ge, int(now) - EVENTS_KEPT_SECONDS)


def _is_created(compare: Callable[[int, int], bool], second: int, body: Body) -> bool:
    return compare(body["created"], second)


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdigit()
