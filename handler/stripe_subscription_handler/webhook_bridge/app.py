"""The bridge's Lambda entry point. It wires, asks for the answer, logs one line and answers.

A webhook is answered with 200 once EventBridge has its event, and not before: whatever goes wrong until then
is answered with a status that makes Stripe send the event again, for up to three days.
"""

import functools
import os
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import attrs

from stripe_subscription_handler.errors import ConfigError, HandlerError
from stripe_subscription_handler.loggable import loggable
from stripe_subscription_handler.logger import Log, make_logger
from stripe_subscription_handler.put_events import LIMIT_BYTES, events_client
from stripe_subscription_handler.webhook_bridge.bus import Bus
from stripe_subscription_handler.webhook_bridge.function_url import read_request, response
from stripe_subscription_handler.webhook_bridge.receiving import Receiver, Reply, Sender
from stripe_subscription_handler.webhook_bridge.settings import Settings
from stripe_subscription_handler.webhook_bridge.signature import has_form
from stripe_subscription_handler.webhook_bridge.signing_secrets import SigningSecrets


@attrs.frozen
class Runtime:
    """What a warm function keeps between requests.

    Attributes:
        report: Writes lines that are data for metrics, at any log level; `log` writes the others.
        clock: Monotonic seconds.
    """

    receive: Callable[[bytes, str | None], Reply]
    log: Log
    clock: Callable[[], float] = time.monotonic
    report: Log = attrs.field(default=attrs.Factory(lambda self: self.log, takes_self=True))


@functools.cache
def runtime() -> Runtime:
    """Make the runtime on the first request. A `ConfigError` is not cached: the next one tries again."""
    settings = Settings.from_environment(os.environ)
    secrets = SigningSecrets.from_environment(os.environ)
    if secrets is None:
        raise ConfigError("neither WEBHOOK_SECRET_ARN nor WEBHOOK_SECRET_PARAMETER is set")
    bus = Bus(events_client(), settings.event_bus_name, settings.event_source)
    receiver = Receiver(secrets.all, bus.put)
    return Runtime(receiver, make_logger(settings.log_level), report=make_logger())


def lambda_handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Answer one webhook of Stripe's, which the function URL hands over in payload format 2.0."""
    try:
        wired = runtime()
    except HandlerError as error:
        reply = Reply(HTTPStatus.INTERNAL_SERVER_ERROR, str(error))
        _log(make_logger("ERROR"), reply, 0)
        return response(reply)
    return handle(event, wired)


def handle(event: Mapping[str, Any], wired: Runtime) -> dict[str, Any]:
    started = wired.clock()
    try:
        reply = _answer(event, wired)
    except HandlerError as error:
        reply = Reply(HTTPStatus.BAD_REQUEST, str(error))
    except Exception as error:  # noqa: BLE001 - the line below tells it; raised, Lambda would log its text
        reply = Reply(HTTPStatus.INTERNAL_SERVER_ERROR, type(error).__name__)
    # An alarm watches the lines of Stripe's own requests that were refused.
    is_refusal = HTTPStatus.BAD_REQUEST <= reply.status < HTTPStatus.INTERNAL_SERVER_ERROR
    log = wired.report if is_refusal and reply.sender == "stripe" else wired.log
    _log(log, reply, int((wired.clock() - started) * 1000))
    return response(reply)


def _answer(event: Mapping[str, Any], wired: Runtime) -> Reply:
    request = read_request(event)
    if request.method != "POST":
        return Reply(HTTPStatus.METHOD_NOT_ALLOWED, "webhooks are sent with POST", sender="stranger")
    if request.payload is None:
        return Reply(HTTPStatus.BAD_REQUEST, "the body is not base64", sender="stranger")
    if len(request.payload) > LIMIT_BYTES:
        # Lambda itself lets 6 MB through. The body is not read for this: the header must do.
        sender: Sender = "stripe" if has_form(request.signature_header) else "stranger"
        too_large = f"more than {LIMIT_BYTES} bytes"
        return Reply(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, too_large, sender=sender)
    return wired.receive(request.payload, request.signature_header)


def _log(log: Log, reply: Reply, duration_ms: int) -> None:
    tell = log.info
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        tell = log.error
    elif reply.status is not HTTPStatus.OK:
        tell = log.warning
    tell(
        "webhook",
        status=reply.status.value,
        reason=reply.message or None,
        sender=reply.sender,
        event_id=loggable(reply.event_id),
        event_type=loggable(reply.event_type),
        duration_ms=duration_ms,
    )
