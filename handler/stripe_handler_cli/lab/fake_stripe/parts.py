"""What is listed by itself although it belongs to an object: a subscription's items, and entitlements. Pure.

Stripe embeds the first items of a subscription only, and says that there are more.
"""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import attrs

from stripe_handler_cli.lab.fake_stripe.accounts import Account
from stripe_handler_cli.lab.fake_stripe.messages import Answer, Request, error
from stripe_handler_cli.lab.simulator.render_entitlements import SUMMARY

EMBEDDED_ITEMS: Final = 20
"""So many items stand in a subscription itself."""
DEFAULT_LIMIT, LONGEST_LIMIT = "10", 100

Body = Mapping[str, Any]


@attrs.frozen
class _Parts:
    """A list of parts.

    Attributes:
        parameter: Names the whole, by its id.
        kind: The whole's kind of object.
        field: Where the parts stand in it.
    """

    parameter: str
    kind: str
    field: str


_ENDPOINTS: Final = {
    "/v1/subscription_items": _Parts("subscription", "subscription", "items"),
    "/v1/entitlements/active_entitlements": _Parts("customer", SUMMARY, "entitlements"),
}
_PAGING: Final = frozenset({"limit", "starting_after", "expand[]"})
_WHOLE_NUMBER: Final = re.compile("[0-9]{1,3}")


def embedded(body: Body) -> Body:
    """The object as Stripe shows it whole: not more than the first items of a subscription."""
    items = body.get("items")
    if body.get("object") != "subscription" or not isinstance(items, Mapping):
        return body
    data = items.get("data") or []
    if len(data) <= EMBEDDED_ITEMS:
        return body
    return {**body, "items": {**items, "data": data[:EMBEDDED_ITEMS], "has_more": True}}


def answer_parts(account: Account, request: Request) -> Answer | None:
    """Answer a request for the parts of an object; None for another request."""
    parts = _ENDPOINTS.get(request.path)
    if parts is None or request.method != "GET":
        return None
    query = {"limit": [DEFAULT_LIMIT], **request.query}
    for name in query:
        if name not in _PAGING | {parts.parameter}:
            return error(HTTPStatus.BAD_REQUEST, f"Received unknown parameter: {name}", "parameter_unknown")
    if parts.parameter not in query:
        message = f"Missing required param: {parts.parameter}."
        return error(HTTPStatus.BAD_REQUEST, message, "parameter_missing")
    limit = query["limit"][-1]
    if not (_WHOLE_NUMBER.fullmatch(limit) and 1 <= int(limit) <= LONGEST_LIMIT):
        return error(HTTPStatus.BAD_REQUEST, f"limit must be a whole number from 1 to {LONGEST_LIMIT}.")
    return _page(account, parts, request, query, int(limit))


def _page(
    account: Account, parts: _Parts, request: Request, query: Mapping[str, list[str]], limit: int
) -> Answer:
    whole = query[parts.parameter][-1]
    found = account.find(parts.kind, whole)
    if found.body is None and account.find(parts.parameter, whole).body is None:
        message = f"No such {parts.parameter}: '{whole}'"
        return attrs.evolve(error(HTTPStatus.NOT_FOUND, message, "resource_missing"), at=found.at)
    # A customer without a summary is entitled to nothing yet; a deleted item is in no list of items.
    listed = ((found.body or {}).get(parts.field) or {}).get("data") or []
    data: Sequence[Body] = [one for one in listed if not one.get("deleted")]
    if "starting_after" in query:
        ids = [one["id"] for one in data]
        after = query["starting_after"][-1]
        if after not in ids:
            return error(HTTPStatus.BAD_REQUEST, f"No such object: '{after}'", "resource_missing")
        data = data[ids.index(after) + 1 :]
    body = {"object": "list", "url": request.path, "has_more": len(data) > limit, "data": data[:limit]}
    return Answer(HTTPStatus.OK, body, found.at)
