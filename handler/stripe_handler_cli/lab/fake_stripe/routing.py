"""Which request is answered by what: the API's table of endpoints. Pure; knows no HTTP connection.

A further endpoint is a function from an account and a request to an answer, and a row in `_ROUTES`.
"""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote

import attrs

from stripe_handler_cli.lab.fake_stripe.accounts import Account
from stripe_handler_cli.lab.fake_stripe.answers import Answer, error
from stripe_handler_cli.lab.fake_stripe.lists import Listing
from stripe_handler_cli.lab.fake_stripe.request import Request

_KINDS: Final = {
    "subscriptions": "subscription",
    "customers": "customer",
    "invoices": "invoice",
    "events": "event",
}
"""Where an object stands in a path, and its own word for what it is."""


def answer(account: Account, request: Request) -> Answer:
    """Answer a request whose API key is right."""
    for method, pattern, endpoint in _ROUTES:
        found = pattern.fullmatch(request.path)
        if found and method == request.method:
            places = {name: unquote(value) for name, value in found.groupdict().items()}
            return endpoint(account, attrs.evolve(request, places=places))
    message = f"Unrecognized request URL ({request.method}: {request.path})."
    return error(HTTPStatus.NOT_FOUND, message)


def _one_object(account: Account, request: Request) -> Answer:
    kind, identifier = _KINDS[request.places["plural"]], request.places["id"]
    found = account.find(kind, identifier)
    if found.body is None:
        message = f"No such {kind}: '{identifier}'"
        return attrs.evolve(error(HTTPStatus.NOT_FOUND, message, "resource_missing"), at=found.at)
    return Answer(HTTPStatus.OK, found.body, found.at)


def _list(account: Account, request: Request) -> Answer:
    kind = _KINDS[request.places["plural"]]
    ids = account.newest_first(kind)
    listing = Listing(kind, ids, lambda identifier: account.find(kind, identifier).body, request.now)
    # Dated when it was asked for: what is read afterwards is of that moment or later.
    return attrs.evolve(listing.page(request.path, request.query), at=request.now)


_PLURALS: Final = f"(?P<plural>{'|'.join(_KINDS)})"
_ROUTES: Final[tuple[tuple[str, re.Pattern[str], Callable[[Account, Request], Answer]], ...]] = (
    ("GET", re.compile(rf"/v1/{_PLURALS}/(?P<id>[^/]+)"), _one_object),
    ("GET", re.compile(rf"/v1/{_PLURALS}"), _list),
)
