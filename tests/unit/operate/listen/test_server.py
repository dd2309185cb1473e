"""The webhook endpoint over a real loopback socket: what it takes and what it refuses."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import attrs
import pytest

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.listen.server import BODY_BYTES, WebhookServer
from stripe_subscription_handler.webhook_bridge.receiving import Reply
from support.webhooks import exchange, request


@attrs.frozen
class Served:
    """A running endpoint.

    Attributes:
        port: Its port.
        received: Body and signature of each request that got through.
        notes: What was refused.
    """

    port: int
    received: list[tuple[bytes, str | None]] = attrs.Factory(list)
    notes: list[tuple[int, str]] = attrs.Factory(list)


@contextmanager
def serving(receive: Callable[[], Reply] | None = None) -> Iterator[Served]:
    """An endpoint that takes everything the HTTP side lets through."""
    served: list[Served] = []

    def take(payload: bytes, signature: str | None) -> Reply:
        served[0].received.append((payload, signature))
        return receive() if receive else Reply(HTTPStatus.OK)

    def note(status: HTTPStatus, message: str) -> None:
        served[0].notes.append((status.value, message))

    with WebhookServer(0, "/hook", take, note) as server:
        served.append(Served(server.server_port))
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield served[0]
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """One endpoint for the tests that only look at answers."""
    with serving() as endpoint:
        yield endpoint


def status(answer: bytes) -> int:
    """The status code of an answer."""
    return int(answer.split(b" ", 2)[1])


def body(answer: bytes) -> Any:
    """The JSON body of an answer."""
    return json.loads(answer.partition(b"\r\n\r\n")[2])


def test_a_webhook_is_taken_with_its_signature(served: Served) -> None:
    """The body byte for byte, since it is signed."""
    answer = exchange(served.port, request(b'{"a":  1}', "Stripe-Signature: t=1,v1=2"))
    assert (status(answer), body(answer)) == (200, {"received": True})
    assert served.received[-1] == (b'{"a":  1}', "t=1,v1=2")


def test_a_missing_signature_is_the_receivers_to_refuse(served: Served) -> None:
    """None is not the empty header."""
    exchange(served.port, request(b"{}"))
    assert served.received[-1] == (b"{}", None)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (request(b"{}", path="/other"), 404),
        (request(b"{}", path="/hook/"), 404),
        (request(b"", method="GET"), 405),
        (request(b"{}", method="BREW"), 501),
        (request(b"{}").replace(b"Content-Length: 2", b"X: 2"), 411),
        (request(b"{}").replace(b"Length: 2", b"Length: -2"), 400),
        (request(b"{}").replace(b"Length: 2", b"Length: 0x2"), 400),
        (request(b"").replace(b"Length: 0", b"Length: 1000001"), 413),
    ],
    ids=lambda value: value[:40].decode() if isinstance(value, bytes) else str(value),
)
def test_what_cannot_be_a_webhook_is_refused(served: Served, sent: bytes, expected: int) -> None:
    """With the status that says why; the receiver never sees it, and no refusal quotes the request."""
    seen = len(served.received)
    answer = exchange(served.port, sent)
    assert status(answer) == expected
    assert set(body(answer)) == {"error"}
    assert len(served.received) == seen
    assert served.notes[-1][0] == expected
    assert "BREW" not in served.notes[-1][1]


def test_a_body_of_exactly_the_limit_is_taken(served: Served) -> None:
    """The limit is the last size that passes."""
    payload = b" " * BODY_BYTES
    assert status(exchange(served.port, request(payload))) == 200
    assert served.received[-1][0] == payload


def test_the_receivers_refusal_is_the_answer() -> None:
    """Its status and its message."""
    with serving(receive=lambda: Reply(HTTPStatus.SERVICE_UNAVAILABLE, "the bus is away")) as served:
        answer = exchange(served.port, request(b"{}"))
        assert (status(answer), body(answer)) == (503, {"error": "the bus is away"})


def test_an_error_in_the_receiver_ends_one_connection_only() -> None:
    """No answer is no 200, so Stripe sends the event again; nothing of it is printed."""
    fails = iter([True, False])

    def receive() -> Reply:
        if next(fails):
            raise RuntimeError("secret content")
        return Reply(HTTPStatus.OK)

    with serving(receive=receive) as served:
        assert exchange(served.port, request(b"{}")) == b""
        assert status(exchange(served.port, request(b"{}"))) == 200
        assert served.notes == [(500, "the request could not be answered")]


def test_a_taken_port_is_a_message() -> None:
    """Not a stack trace."""
    with serving() as served, pytest.raises(CliError, match=f"port {served.port}"):
        WebhookServer(served.port, "/", lambda *_: Reply(HTTPStatus.OK), lambda *_: None)
