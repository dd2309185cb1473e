"""The endpoint of thin events, one by its id: what it tells besides what was delivered. Pure.

An account may have been handed such an event as it is; else it is made of the snapshot event that it belongs
to, as the simulator makes those that are delivered.
"""

import re
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote

from stripe_handler_cli.lab.fake_stripe.accounts import Account
from stripe_handler_cli.lab.fake_stripe.messages import Answer, Request, error
from stripe_handler_cli.lab.simulator.delivery import fetched_thin_event, snapshot_id

_PATH: Final = re.compile(r"/v2/core/events/(?P<id>[^/]+)")


def answer_thin_events(account: Account, request: Request) -> Answer | None:
    """Answer a request for a thin event; None for another request."""
    named = _PATH.fullmatch(request.path)
    if named is None or request.method != "GET":
        return None
    identifier = unquote(named["id"])
    handed = account.find("v2.core.event", identifier)
    if handed.body is not None:
        return Answer(HTTPStatus.OK, handed.body, handed.at)
    snapshot = account.find("event", snapshot_id(identifier))
    if snapshot.body is None:
        return error(HTTPStatus.NOT_FOUND, f"Event {identifier} not found.", "not_found")
    return Answer(HTTPStatus.OK, fetched_thin_event(dict(snapshot.body)), snapshot.at)
