"""Which request is answered by what: objects of an account by their id, or a list of one kind. Pure."""

import re
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote

import attrs

from stripe_handler_cli.lab.fake_stripe.accounts import Account
from stripe_handler_cli.lab.fake_stripe.lists import list_page
from stripe_handler_cli.lab.fake_stripe.messages import Answer, Request, error

_KINDS: Final = {
    "subscriptions": "subscription",
    "customers": "customer",
    "invoices": "invoice",
    "events": "event",
}
"""Where an object stands in a path, and its own word for what it is."""
_PATH: Final = re.compile(rf"/v1/(?P<plural>{'|'.join(_KINDS)})(?:/(?P<id>[^/]+))?")


def answer(account: Account, request: Request) -> Answer:
    """Answer a request whose API key is right."""
    found = _PATH.fullmatch(request.path)
    if found is None or request.method != "GET":
        message = f"Unrecognized request URL ({request.method}: {request.path})."
        return error(HTTPStatus.NOT_FOUND, message)
    kind = _KINDS[found["plural"]]
    if found["id"] is None:
        # Dated when it was asked for: what is read afterwards is of that moment or later.
        return attrs.evolve(list_page(account, kind, request), at=request.now)
    return _one_object(account, kind, unquote(found["id"]))


def _one_object(account: Account, kind: str, identifier: str) -> Answer:
    found = account.find(kind, identifier)
    if found.body is None:
        message = f"No such {kind}: '{identifier}'"
        return attrs.evolve(error(HTTPStatus.NOT_FOUND, message, "resource_missing"), at=found.at)
    return Answer(HTTPStatus.OK, found.body, found.at)
