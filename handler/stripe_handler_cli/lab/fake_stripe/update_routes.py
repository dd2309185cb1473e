"""The endpoint that updates a subscription: its metadata, and nothing else.

A parameter that is not modelled here is refused, so that nothing seems to be changed that is not.
"""

import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote

import attrs

from stripe_handler_cli.lab.fake_stripe.edits import EditedAccount
from stripe_handler_cli.lab.fake_stripe.messages import Answer, Request, error
from stripe_handler_cli.lab.fake_stripe.object_routes import answer_objects

_PATH: Final = re.compile(r"/v1/subscriptions/(?P<id>[^/]+)")
_ONE_KEY: Final = re.compile(r"metadata\[([^][]+)\]")
_ALL_KEYS: Final = "metadata"

Push = Callable[[Mapping[str, Any]], object]
"""Sends an event to every destination that wants it."""


def answer_update(account: EditedAccount, push: Push, request: Request) -> Answer | None:
    """Answer an update of a subscription, and send the event that tells of it; None for another request."""
    found = _PATH.fullmatch(request.path)
    if found is None or request.method != "POST":
        return None
    shown = answer_objects(account, attrs.evolve(request, method="GET", query={}))
    if shown.status != HTTPStatus.OK:
        return shown
    changes: dict[str, str] = {}
    for name, value in request.form.items():
        key = _ONE_KEY.fullmatch(name)
        if key is not None:
            changes[key[1]] = value
        elif name == _ALL_KEYS and not value:
            changes = {**dict.fromkeys(shown.body.get("metadata") or {}, ""), **changes}
        else:
            return error(HTTPStatus.BAD_REQUEST, f"Received unknown parameter: {name}", "parameter_unknown")
    body, event = account.update_metadata(unquote(found["id"]), changes, request.now, request.idempotency_key)
    if event is not None:
        push(event)
    return attrs.evolve(shown, body=body)
