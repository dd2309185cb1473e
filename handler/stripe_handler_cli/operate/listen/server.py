"""The HTTP side of the webhook endpoint: one request per connection, bounded in time, size and number.

Refuses what cannot be a webhook before reading its body; all else is the `receive` function's to answer.
"""

import io
import json
import socket
import socketserver
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.listen.bounded_reader import BoundedReader
from stripe_subscription_handler.webhook_bridge.receiving import Reply

Receive = Callable[[bytes, str | None], Reply]
"""Answers a request, given its body and its header `Stripe-Signature`."""
Note = Callable[[HTTPStatus, str], None]
"""Told of every request that is not answered with 200, and why."""
_DRAINED_BYTES = 4_000_000
_DRAIN_SECONDS = 2.0


@attrs.frozen
class Limits:
    """What one client may take.

    Attributes:
        request_seconds: From the connection to the last byte of the body.
        head_bytes: The request line and all headers.
        body_bytes: The body. EventBridge takes 1 MB (1,048,576 bytes) with its envelope.
        connections: How many at a time; further ones wait.
    """

    request_seconds: float = 10.0
    head_bytes: int = 32_768
    body_bytes: int = 1_000_000
    connections: int = 32


class WebhookServer(ThreadingHTTPServer):
    """Serves one webhook path."""

    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(
        self, host: str, port: int, path: str, receive: Receive, note: Note, limits: Limits | None = None
    ) -> None:
        """Bind; `serve_forever` serves.

        Args:
            host: The address to bind.
            port: The port; 0 takes a free one.
            path: The only path that is served.
            receive: Answers a request.
            note: Told of what was refused.
            limits: What one client may take.

        Raises:
            CliError: The address can't be bound.
        """
        self.path = path
        self.receive = receive
        self.note = note
        self.limits = limits or Limits()
        self._free = threading.BoundedSemaphore(self.limits.connections)
        if ":" in host:
            self.address_family = socket.AF_INET6
        try:
            super().__init__((host, port), _Request)
        except OSError as error:
            raise CliError(f"cannot listen on {host} port {port}: {error.strerror}") from error

    def server_bind(self) -> None:
        """Bind without the name look-up that `http.server` makes."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Start the connection's thread, once one is free."""
        # Waiting is bounded, since every connection is; refusing would lose events, for Stripe's CLI sends
        # each once only.
        self._free.acquire()
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._free.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve one connection."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - the signature of the base class
        """Say that a request failed; a stack trace might show its content."""
        self.note(HTTPStatus.INTERNAL_SERVER_ERROR, "the request could not be answered")


class _Request(BaseHTTPRequestHandler):
    server: WebhookServer
    protocol_version = "HTTP/1.1"
    server_version = "stripe-handler"
    sys_version = ""
    _body_is_read = False

    def setup(self) -> None:
        super().setup()
        self.rfile.close()
        limits = self.server.limits
        self._bounded = BoundedReader(
            self.connection, seconds=limits.request_seconds, allowed_bytes=limits.head_bytes
        )
        self.rfile = io.BufferedReader(self._bounded)

    def handle(self) -> None:
        try:
            self.handle_one_request()
        except HTTPException:
            self.requestline = self.request_version = self.command = ""
            self.send_error(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        except (ConnectionError, TimeoutError):
            self.server.note(HTTPStatus.REQUEST_TIMEOUT, "the client went away")

    def finish(self) -> None:
        try:
            if not self._body_is_read:
                self._drain()
        finally:
            super().finish()

    def _drain(self) -> None:
        """Take what is still coming: a connection closed before that is reset, and the answer lost."""
        try:
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(min(_DRAIN_SECONDS, max(self._bounded.remaining_seconds, 0.01)))
            taken = 0
            while taken < _DRAINED_BYTES and (received := len(self.connection.recv(65_536))):
                taken += received
        except OSError:
            pass  # it is gone, or never stops: either way the connection ends here

    def do_POST(self) -> None:
        if self._refused():
            return
        length = self._content_length()
        self._bounded.allow(length)
        try:
            payload = self.rfile.read(length)
        except TimeoutError:
            self._refuse_with(HTTPStatus.REQUEST_TIMEOUT, "the body took too long")
            return
        self._body_is_read = True
        if len(payload) < length:
            self._refuse_with(HTTPStatus.BAD_REQUEST, "the body ended before its Content-Length")
            return
        reply = self.server.receive(payload, self.headers.get("Stripe-Signature"))
        if reply.status is HTTPStatus.OK:
            self._answer(reply.status, {"received": True})
        else:
            self._refuse_with(reply.status, reply.message)

    def _refuse(self) -> None:
        self._refused()

    do_GET = do_HEAD = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _refuse  # noqa: N815 - http.server's names

    def handle_expect_100(self) -> bool:
        return not self._refused() and super().handle_expect_100()

    def _refused(self) -> bool:
        reply = self._refusal()
        if reply is not None:
            self._refuse_with(reply.status, reply.message)
        return reply is not None

    def _refusal(self) -> Reply | None:
        """The first reason not to read the body; None when there is none."""
        length, limit = self._content_length(), self.server.limits.body_bytes
        has_length = "Content-Length" in self.headers and "Transfer-Encoding" not in self.headers
        reasons = (
            (
                urlsplit(self.path).path != self.server.path,
                HTTPStatus.NOT_FOUND,
                f"webhooks are taken at {self.server.path}",
            ),
            (self.command != "POST", HTTPStatus.METHOD_NOT_ALLOWED, "webhooks are sent with POST"),
            (
                self.headers.get_content_type() != "application/json",
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                "the content type must be application/json",
            ),
            (not has_length, HTTPStatus.LENGTH_REQUIRED, "send a Content-Length"),
            (length < 0, HTTPStatus.BAD_REQUEST, "the Content-Length cannot be read"),
            (length > limit, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {limit} bytes"),
        )
        return next((Reply(status, message) for is_so, status, message in reasons if is_so), None)

    def _content_length(self) -> int:
        """The header's value; -1 when it is none, or there are several."""
        values = set(self.headers.get_all("Content-Length", []))
        value = values.pop() if len(values) == 1 else ""
        return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else -1  # noqa: PLR2004 - petabytes

    def _refuse_with(self, status: HTTPStatus, message: str) -> None:
        self.server.note(status, message)
        self._answer(status, {"error": message})

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002 - http.server's signature
        # http.server's messages quote the request, so its own refusals are named by their status alone.
        status = HTTPStatus(code)
        self._refuse_with(status, status.phrase)

    def log_error(self, format: str, *args: Any) -> None:  # noqa: A002, ARG002 - http.server's signature
        # With `send_error` ours, http.server says only this here: the head did not come in time.
        self.server.note(HTTPStatus.REQUEST_TIMEOUT, "the request took too long")

    def _answer(self, status: HTTPStatus, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        # http.server takes what it cannot read for HTTP/0.9, and would leave the headers out.
        self.request_version = self.protocol_version
        self.send_response(status)
        if status is HTTPStatus.METHOD_NOT_ALLOWED:
            self.send_header("Allow", "POST")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's signature
        """Nothing: `note` is told what matters, and the request line may hold anything."""
