"""Sends what happens in the account to its event destinations, as Stripe would.

To every enabled destination that is subscribed to the type and to the account: on its partner bus, or as a
signed POST; a snapshot or a thin event, as the destination wants it. An event's object stays in the API
version it was made in, whatever the destination's `snapshot_api_version` says. Each is sent once: what a
receiver did with it is told, and whoever wants Stripe's repetitions pushes again.
"""

import hashlib
import hmac
import json
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError, URLError

import attrs

from stripe_handler_cli.lab.fake_stripe.accounts import SimulatedAccount
from stripe_handler_cli.lab.fake_stripe.destinations import THIN, Destination, Destinations
from stripe_handler_cli.lab.simulator.delivery import has_thin_form, thin_event

Event = Mapping[str, Any]
Post = Callable[[str, bytes, Mapping[str, str]], int | None]
"""Posts a body with headers to a URL; the answer's status, None where nobody answered."""

_TIMEOUT_SECONDS = 20


@attrs.frozen
class Delivery:
    """One event, sent to one destination."""

    destination_id: str
    event_id: str
    status: int | None


def signature_header(payload: bytes, secrets: list[str], at: int) -> str:
    """The header `Stripe-Signature` of a body: while a secret is rolled, one `v1` for each.

    Source: https://docs.stripe.com/webhooks#verify-manually
    """
    signed = f"{at}.".encode() + payload
    digests = (hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets)
    return ",".join([f"t={at}", *(f"v1={digest}" for digest in digests)])


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int | None:
    request = urllib.request.Request(url, body, dict(headers), method="POST")  # noqa: S310 - a loopback URL
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - see above
            return int(answer.status)
    except HTTPError as refused:
        with refused:
            return refused.code
    except (URLError, TimeoutError, ConnectionError):
        return None


@attrs.frozen
class Pusher:
    """Sends events to destinations."""

    destinations: Destinations
    post: Post = post
    now: Callable[[], float] = time.time

    def push(self, *snapshots: Event) -> list[Delivery]:
        """Send snapshot events, or thin ones made of them, to every destination that wants them."""
        deliveries = []
        for snapshot in snapshots:
            for one in self.destinations:
                if not one.is_told_of(snapshot):
                    continue
                is_thin = one.body["event_payload"] == THIN
                if is_thin and not has_thin_form(snapshot):
                    continue
                event = thin_event(dict(snapshot)) if is_thin else snapshot
                if one.wants(event["type"]) and one.body["status"] == "enabled":
                    deliveries.append(self.send(one, event))
        return deliveries

    def send(self, destination: Destination, event: Event) -> Delivery:
        """Send one event, whatever the destination is subscribed to; nothing to a disabled one."""
        status: int | None = HTTPStatus.OK
        if destination.body["status"] != "enabled":
            status = None
        elif destination.is_webhook:
            status = self._post(destination, event)
        else:
            self.destinations.partner.put(destination.source, [event])
        return Delivery(destination.id, str(event["id"]), status)

    def _post(self, destination: Destination, event: Event) -> int | None:
        body = json.dumps(event).encode()
        signature = signature_header(body, [destination.signing_secret], int(self.now()))
        headers = {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": signature}
        return self.post(destination.url, body, headers)


@attrs.define
class Happenings:
    """A simulated account whose events happen when somebody says so, and are sent as they happen."""

    account: SimulatedAccount
    pusher: Pusher
    _left: Iterator[Event] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._left = iter(self.account.simulation.snapshot_events.values())

    def happen(self, count: int = 1) -> list[Event]:
        """Let the account's next events happen now, and return them as snapshots; fewer at its end."""
        happened = [event for _, event in zip(range(count), self._left, strict=False)]
        self.account.sent(happened)
        for event in happened:
            self.pusher.push(event)
        return happened
