"""The fake Stripe's HTTP side: checks the API key, misbehaves on demand, else answers as the routes say."""

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import attrs

from stripe_handler_cli.lab.fake_stripe.accounts import Account, objects
from stripe_handler_cli.lab.fake_stripe.destination_routes import answer_destinations
from stripe_handler_cli.lab.fake_stripe.destinations import Destinations
from stripe_handler_cli.lab.fake_stripe.edits import EditedAccount, Edits
from stripe_handler_cli.lab.fake_stripe.faults import Fault, rate_limited
from stripe_handler_cli.lab.fake_stripe.limits import Limits
from stripe_handler_cli.lab.fake_stripe.messages import Answer, Request, error
from stripe_handler_cli.lab.fake_stripe.object_routes import answer_objects
from stripe_handler_cli.lab.fake_stripe.pushing import Pusher
from stripe_handler_cli.lab.fake_stripe.thin_event_routes import answer_thin_events
from stripe_handler_cli.lab.fake_stripe.update_routes import answer_update

API_KEY = "sk_test_fake"
ORGANIZATION_KEY = "sk_org"
"""How an organization's keys begin: each request names an account, and only `Stripe-Context` will do."""
_NO_FAULT = Fault()


@attrs.define(eq=False)
class FakeStripe:
    """The server; a context manager.

    Attributes:
        related: Accounts that the keys may ask about as well, by `Stripe-Context`: an id, or a path of ids.
        keys: Accepted API keys. Change it to rotate them.
        port: The loopback port; 0 for a free one.
        now: What the Date header tells where the account does not say, Unix time in seconds.
        faults: One is taken from the front for each request.
        limits: How many requests a second are answered; None for any number.
    """

    account: Account = attrs.field(factory=objects)
    related: Mapping[str, Account] = attrs.Factory(dict)
    keys: set[str] = attrs.field(factory=lambda: {API_KEY})
    port: int = 0
    now: Callable[[], float] = time.time
    destinations: Destinations = attrs.field(factory=Destinations)
    edits: Edits = attrs.field(factory=Edits)
    faults: list[Fault] = attrs.Factory(list)
    limits: Limits | None = None
    received: list[tuple[str, dict[str, str]]] = attrs.Factory(list)
    misbehaved: int = 0
    connections: int = 0
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False)
    _closing: threading.Event = attrs.field(factory=threading.Event, init=False)
    _server: ThreadingHTTPServer = attrs.field(init=False)

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(
            ("127.0.0.1", self.port), type("Handler", (_Handler,), {"fake": self})
        )
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def misbehave(self, faults: Iterable[Fault]) -> None:
        """Let the next requests meet these faults, after those that wait already."""
        with self._lock:
            self.faults.extend(faults)

    @property
    def pusher(self) -> Pusher:
        return Pusher(self.destinations)

    def answer(self, request: Request) -> Answer:
        """Answer a request whose API key is right."""
        if request.context is not None:
            related = self.related.get(request.context)
            if related is None:
                message = "The API key does not have access to this account, or there is none."
                return error(HTTPStatus.FORBIDDEN, message, "account_invalid")
            return self._answer_objects(related, request)
        about = answer_destinations(self.destinations, self.pusher.send, request)
        return about or self._answer_objects(self.account, request)

    def _answer_objects(self, known: Account, request: Request) -> Answer:
        account = EditedAccount(known, self.edits)
        return (
            answer_update(account, self.pusher.push, request)
            or answer_thin_events(account, request)
            or answer_objects(account, request)
        )

    def take_fault(self, method: str, path: str, headers: dict[str, str]) -> Fault:
        """Note a request, and take the fault it meets."""
        with self._lock:
            self.received.append((path, headers))
            if self.limits is not None and not self.limits.takes(method, path):
                return rate_limited()
            if not self.faults:
                return _NO_FAULT
            self.misbehaved += 1
            return self.faults.pop(0)

    def note_connection(self) -> None:
        with self._lock:
            self.connections += 1

    def wait(self, seconds: float | None) -> None:
        """Wait, but no longer than the server runs."""
        self._closing.wait(seconds)


class _Handler(BaseHTTPRequestHandler):
    """One connection. Its class is made anew for each fake, to know it."""

    fake: FakeStripe
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or a body waits 40 ms for the acknowledgement of its headers

    def setup(self) -> None:
        super().setup()
        self.fake.note_connection()

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):
            super().handle()

    def do_GET(self) -> None:
        # Read first: what is left unread would be taken for the next request of this connection.
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.fake.take_fault(self.command, self.path, dict(self.headers.items()))
        if fault.hang:
            self.fake.wait(None)
        if fault.hang or fault.drop:
            self.close_connection = True
            return
        failed = fault.status != HTTPStatus.OK
        told = error(fault.status, fault.message, fault.code) if failed else self._answer(body)
        # After the answer was made up: it is late, and old when it comes.
        self.fake.wait(fault.delay_seconds)
        text = json.dumps(told.body) if fault.body is None else fault.body
        self._send(told, text.encode(), fault)

    do_POST = do_DELETE = do_GET  # noqa: N815 - http.server wants these names

    def _answer(self, body: bytes) -> Answer:
        scheme, _, key = self.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or key not in self.fake.keys:
            return error(HTTPStatus.UNAUTHORIZED, "Invalid API Key provided.")
        if key.startswith(ORGANIZATION_KEY) and not self.headers.get("Stripe-Context"):
            return error(HTTPStatus.BAD_REQUEST, "An organization's API key wants Stripe-Context.")
        headers = dict(self.headers.items())
        return self.fake.answer(Request.of(self.command, self.path, self.fake.now(), body, headers))

    def _send(self, told: Answer, body: bytes, fault: Fault) -> None:
        self.send_response_only(told.status)
        if not fault.without_date:
            moment = self.fake.now() if told.at is None else told.at
            self.send_header("Date", formatdate(moment, usegmt=True))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Request-Id", f"req_{len(self.fake.received)}")
        for name, value in fault.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name in the base class
        """Print nothing."""
