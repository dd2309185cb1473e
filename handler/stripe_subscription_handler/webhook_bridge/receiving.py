"""Checks, reads and forwards one webhook request, and says what to answer. Knows no server and no AWS."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Literal, NoReturn

import attrs

from stripe_subscription_handler.errors import ConfigError, StripeUnavailableError
from stripe_subscription_handler.webhook_bridge.signature import SignatureError, has_form, verify_signature

_EVENT_OBJECTS = frozenset({"event", "v2.core.event"})
"""What Stripe calls snapshot and thin events."""


class ForwardingError(Exception):
    """The event is not on the bus; the text says why, without anything of its content.

    Attributes:
        status: What to answer: Stripe sends the event again later, whatever the status.
    """

    def __init__(self, message: str, status: HTTPStatus = HTTPStatus.SERVICE_UNAVAILABLE) -> None:
        super().__init__(message)
        self.status = status


Sender = Literal["stripe", "stranger"]
"""Whose a request looks like by its form; Stripe's have a signature, whichever secret made it."""
Forward = Callable[[Mapping[str, Any]], None]
"""Puts an event on the bus, or raises `ForwardingError`."""


@attrs.frozen
class Reply:
    """An answer.

    Attributes:
        message: What was wrong, for a person; empty when the event is on the bus.
        event_id: The event's id, once its signature is found good; so is its type.
        sender: Of a refusal, whose request it looks like: a refused event of Stripe's must ring, a scanner's
            request must not. None where nobody looked.
    """

    status: HTTPStatus
    message: str = ""
    event_id: str | None = None
    event_type: str | None = None
    sender: Sender | None = None


@attrs.frozen
class Receiver:
    """Answers webhook requests. Many threads call it at a time.

    Attributes:
        secrets: Gets the endpoint's signing secrets; may fail as `stripe_side.secret` does.
        clock: Unix seconds.
    """

    secrets: Callable[[], Sequence[str]] = attrs.field(repr=False)
    forward: Forward
    clock: Callable[[], float] = time.time

    def __call__(self, payload: bytes, signature_header: str | None) -> Reply:
        """Answer a body and its `Stripe-Signature` header: 200 only when the event is on the bus."""
        try:
            verify_signature(payload, signature_header, self.secrets(), self.clock())
            event = read_event(payload)
        except SignatureError as error:
            sender = sender_of(payload, signature_header)
            return Reply(HTTPStatus.BAD_REQUEST, f"signature: {error}", sender=sender)
        except UnreadableEventError as error:
            return Reply(HTTPStatus.BAD_REQUEST, str(error), sender="stripe")
        except ConfigError as error:
            return Reply(HTTPStatus.INTERNAL_SERVER_ERROR, str(error))
        except StripeUnavailableError as error:
            return Reply(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
        reply = Reply(HTTPStatus.OK, event_id=event["id"], event_type=event["type"], sender="stripe")
        try:
            self.forward(event)
        except ForwardingError as error:
            return attrs.evolve(reply, status=error.status, message=str(error))
        return reply


def sender_of(payload: bytes, signature_header: str | None) -> Sender:
    """Whose request it looks like, which proves nothing: Stripe's has its header, and an event as body."""
    if not has_form(signature_header):
        return "stranger"
    try:
        read_event(payload)
    except UnreadableEventError:
        return "stranger"
    return "stripe"


class UnreadableEventError(ValueError):
    """The body is no Stripe event; the message names the field."""


def read_event(payload: bytes) -> dict[str, Any]:
    """Read a Stripe event, as far as a bridge must know it, or raise `UnreadableEventError`."""
    try:
        event = json.loads(payload, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise UnreadableEventError("the body is not JSON") from error
    if not isinstance(event, dict) or event.get("object") not in _EVENT_OBJECTS:
        raise UnreadableEventError("the body is no Stripe event: `object` must be event or v2.core.event")
    for name in ("id", "type"):
        if not isinstance(event.get(name), str) or not event[name]:
            raise UnreadableEventError(f"`{name}` must be a non-empty string")
    return event


def _refuse_constant(_: str) -> NoReturn:
    # Python reads NaN and Infinity; JSON and EventBridge do not.
    raise ValueError("not JSON")
