"""A small stand-in for the Stripe API: HTTP on the loopback, to be asked by the real `stripe` client.

It answers `GET /v1/subscriptions/:id` and `GET /v1/customers/:id` from whatever the test, or a simulator,
hands it, checks the API key, and misbehaves on demand, one `Fault` a request.
"""

import contextlib
import http.client
import json
import threading
import time
from collections.abc import Callable, Mapping
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlsplit

import attrs

API_KEY = "sk_test_fake"
KINDS = {"subscriptions": "subscription", "customers": "customer"}

Find = Callable[[str, str], Mapping[str, Any] | None]
"""Kind ("subscription" or "customer") and id → the object, None where there is none."""


def objects(*found: Mapping[str, Any]) -> Find:
    """Find objects by their `object` and `id` fields."""
    by_name = {(one["object"], one["id"]): one for one in found}
    return lambda kind, identifier: by_name.get((kind, identifier))


@attrs.frozen(kw_only=True)
class Fault:
    """How to misbehave once. Without a status or body, the right answer is given in the end.

    Attributes:
        status: Answer this error.
        code: Its error code.
        message: Its message.
        headers: Further headers of the answer.
        body: Answer this text instead of a JSON object.
        drop: Close the connection without an answer.
        hang: Answer nothing until the server ends.
        delay_seconds: Answer late.
        without_date: Leave out the Date header.
    """

    status: int = 200
    code: str | None = None
    message: str = "Something failed."
    headers: Mapping[str, str] = attrs.Factory(dict)
    body: str | None = None
    drop: bool = False
    hang: bool = False
    delay_seconds: float = 0.0
    without_date: bool = False


def rate_limited(*, retry_after: str | None = None) -> Fault:
    """Make a 429 as Stripe answers it."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return Fault(status=429, code="rate_limit", headers=headers)


@attrs.define(eq=False)
class FakeStripe:
    """The server; a context manager.

    Attributes:
        find: Where objects come from.
        keys: Accepted API keys. Change it to rotate them.
        now: What the Date header tells, Unix time in seconds.
        faults: One is taken from the front for each request.
        received: Each request so far as (path, headers).
        connections: Connections accepted so far.
    """

    find: Find = attrs.field(factory=objects)
    keys: set[str] = attrs.field(factory=lambda: {API_KEY})
    now: Callable[[], float] = time.time
    faults: list[Fault] = attrs.Factory(list)
    received: list[tuple[str, dict[str, str]]] = attrs.Factory(list)
    connections: int = 0
    _closing: threading.Event = attrs.field(factory=threading.Event, init=False)
    _server: ThreadingHTTPServer = attrs.field(init=False)

    def __enter__(self) -> Self:
        """Listen on a free port."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"fake": self}))
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening and let go of those that hang."""
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """What the client takes as Stripe's address."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def wait(self, seconds: float | None) -> None:
        """Wait, but no longer than the server runs."""
        self._closing.wait(seconds)


class _Handler(BaseHTTPRequestHandler):
    """One connection. Its class is made anew for each fake, to know it."""

    fake: FakeStripe
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or a body waits 40 ms for the acknowledgement of its headers

    def setup(self) -> None:
        """Count the connection."""
        super().setup()
        self.fake.connections += 1

    def handle(self) -> None:
        """Serve until either side hangs up."""
        with contextlib.suppress(ConnectionError):
            super().handle()

    def do_GET(self) -> None:
        """Answer, or misbehave."""
        fake = self.fake
        fake.received.append((self.path, dict(self.headers.items())))
        fault = fake.faults.pop(0) if fake.faults else Fault()
        if fault.hang or fault.delay_seconds:
            fake.wait(None if fault.hang else fault.delay_seconds)
        if fault.hang or fault.drop:
            self.close_connection = True
            return
        status, answer = self._answer() if fault.status == http.client.OK else _fault_answer(fault)
        text = json.dumps(answer) if fault.body is None else fault.body
        self._send(status, text.encode(), fault)

    def _answer(self) -> tuple[int, Mapping[str, Any]]:
        scheme, _, key = self.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or key not in self.fake.keys:
            return 401, _error("Invalid API Key provided.", None)
        match urlsplit(self.path).path.split("/"):
            case ["", "v1", plural, quoted] if plural in KINDS:
                kind, identifier = KINDS[plural], unquote(quoted)
                found = self.fake.find(kind, identifier)
                if found is None:
                    return 404, _error(f"No such {kind}: '{identifier}'", "resource_missing")
                return 200, found
        return 404, _error(f"Unrecognized request URL (GET: {self.path}).", None)

    def _send(self, status: int, body: bytes, fault: Fault) -> None:
        self.send_response_only(status)
        if not fault.without_date:
            self.send_header("Date", formatdate(self.fake.now(), usegmt=True))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Request-Id", f"req_{len(self.fake.received)}")
        for name, value in fault.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name in the base class
        """Print nothing."""


def _fault_answer(fault: Fault) -> tuple[int, dict[str, Any]]:
    return fault.status, _error(fault.message, fault.code)


def _error(message: str, code: str | None) -> dict[str, Any]:
    error = {"type": "invalid_request_error", "message": message}
    return {"error": error if code is None else {**error, "code": code}}
