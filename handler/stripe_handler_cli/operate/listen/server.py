"""The HTTP side of the webhook endpoint, on the loopback only: one request per connection, bounded in size.

Refuses what cannot be a webhook before reading its body; all else is the `receive` function's to answer.
"""

import json
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from stripe_handler_cli.common.errors import CliError
from stripe_subscription_handler.webhook_bridge.receiving import Reply

HOST = "127.0.0.1"
BODY_BYTES = 1_000_000
"""EventBridge takes 1 MB (1,048,576 bytes) with its envelope."""
Receive = Callable[[bytes, str | None], Reply]
"""Answers a request, given its body and its header `Stripe-Signature`."""
Note = Callable[[HTTPStatus, str], None]
"""Told of every request that is not answered with 200, and why."""


class WebhookServer(ThreadingHTTPServer):
    """Serves one webhook path."""

    # Stripe's CLI sends each event once only, so a burst must not be refused.
    request_queue_size = 128

    def __init__(self, port: int, path: str, receive: Receive, note: Note) -> None:
        """Bind the port; 0 takes a free one."""
        self.path, self.receive, self.note = path, receive, note
        try:
            super().__init__((HOST, port), _Request)
        except OSError as error:
            raise CliError(f"cannot listen on {HOST} port {port}: {error.strerror}") from error

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - the signature of the base class
        """Say that a request failed; a stack trace might show its content."""
        self.note(HTTPStatus.INTERNAL_SERVER_ERROR, "the request could not be answered")


class _Request(BaseHTTPRequestHandler):
    server: WebhookServer

    def do_POST(self) -> None:
        length, limit = self.headers.get("Content-Length"), BODY_BYTES
        if urlsplit(self.path).path != self.server.path:
            self._refuse(HTTPStatus.NOT_FOUND, f"webhooks are taken at {self.server.path}")
        elif length is None:
            self._refuse(HTTPStatus.LENGTH_REQUIRED, "send a Content-Length")
        elif not length.isdecimal():
            self._refuse(HTTPStatus.BAD_REQUEST, "the Content-Length cannot be read")
        elif int(length) > limit:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {limit} bytes")
        else:
            payload = self.rfile.read(int(length))
            reply = self.server.receive(payload, self.headers.get("Stripe-Signature"))
            if reply.status is HTTPStatus.OK:
                self._answer(reply.status, {"received": True})
            else:
                self._refuse(reply.status, reply.message)

    def do_GET(self) -> None:
        self._refuse(HTTPStatus.METHOD_NOT_ALLOWED, "webhooks are sent with POST")

    def _refuse(self, status: HTTPStatus, message: str) -> None:
        self.server.note(status, message)
        self._answer(status, {"error": message})

    def _answer(self, status: HTTPStatus, body: dict[str, Any]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002 - http.server's signature
        # http.server's messages quote the request, so its own refusals are named by their status alone.
        self._refuse(HTTPStatus(code), HTTPStatus(code).phrase)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's signature
        """Log nothing: `note` is told what matters, and the request line may hold anything."""
