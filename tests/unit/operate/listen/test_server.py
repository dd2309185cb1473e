"""The webhook endpoint over a real loopback socket: what it takes, what it refuses, what it survives."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import attrs
import pytest

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.listen.server import Limits, WebhookServer
from stripe_subscription_handler.webhook_bridge.receiving import Reply
from support.webhooks import exchange, request

LIMITS = Limits(request_seconds=30, head_bytes=16_384, body_bytes=100_000, connections=4)
IMPATIENT = attrs.evolve(LIMITS, request_seconds=0.3)


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
def serving(limits: Limits = LIMITS, receive: Callable[[], Reply] | None = None) -> Iterator[Served]:
    """An endpoint that takes everything the HTTP side lets through."""
    served: list[Served] = []

    def take(payload: bytes, signature: str | None) -> Reply:
        served[0].received.append((payload, signature))
        return receive() if receive else Reply(HTTPStatus.OK)

    def note(status: HTTPStatus, message: str) -> None:
        served[0].notes.append((status.value, message))

    with WebhookServer("127.0.0.1", 0, "/hook", take, note, limits) as server:
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
    """The body byte for byte, since it is signed; the connection ends with the answer."""
    answer = exchange(served.port, request(b'{"a":  1}', "Stripe-Signature: t=1,v1=2"))
    assert (status(answer), body(answer)) == (200, {"received": True})
    assert b"Connection: close" in answer
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
        (request(b"{}", method="PUT"), 405),
        (request(b"{}", method="BREW"), 501),
        (request(b"{}").replace(b"application/json", b"text/plain"), 415),
        (request(b"{}").replace(b"Content-Length: 2", b"X: 2"), 411),
        (request(b"{}", "Transfer-Encoding: chunked"), 411),
        (request(b"{}").replace(b"Length: 2", b"Length: -2"), 400),
        (request(b"{}").replace(b"Length: 2", b"Length: 0x2"), 400),
        (request(b"{}", "Content-Length: 3"), 400),
        (request(b"{}").replace(b"Length: 2", b"Length: " + b"9" * 30), 400),
        (request(b"").replace(b"Length: 0", b"Length: 100001"), 413),
        (b"nonsense\r\n\r\n", 400),
        (request(b"{}", f"X-Long: {'x' * 20_000}"), 431),
        (request(b"{}", *(f"X-{number}: 1" for number in range(200))), 431),
        (b"POST /" + b"x" * 20_000, 431),
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
    assert "x" * 20 not in served.notes[-1][1]


def test_a_body_of_exactly_the_limit_is_taken(served: Served) -> None:
    """The limit is the last size that passes."""
    payload = b" " * LIMITS.body_bytes
    assert status(exchange(served.port, request(payload))) == 200
    assert served.received[-1][0] == payload


def test_a_client_that_sends_too_much_still_reads_the_refusal(served: Served) -> None:
    """Not a reset connection: what it sends is taken, up to a bound, and thrown away."""
    assert status(exchange(served.port, request(b" " * 2_000_000))) == 413


def test_a_client_that_asks_first_is_refused_before_it_sends(served: Served) -> None:
    """`Expect: 100-continue`, as curl sends it with large bodies."""
    asked = request(b"", "Expect: 100-continue").replace(b"Length: 0", b"Length: 2000000")
    assert status(exchange(served.port, asked)) == 413


def test_a_client_that_asks_first_is_told_to_go_on(served: Served) -> None:
    """And its webhook is taken."""
    head, _, payload = request(b"{}", "Expect: 100-continue").partition(b"\r\n\r\n")
    answer = exchange(served.port, head + b"\r\n\r\n", payload)
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")


def test_a_body_that_ends_early_is_refused(served: Served) -> None:
    """A half of it is never taken for the whole."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=30) as connection:
        connection.sendall(request(b"{}").replace(b"Length: 2", b"Length: 3"))
        connection.shutdown(socket.SHUT_WR)
        assert status(connection.recv(65_536)) == 400


def test_a_client_that_stalls_in_its_body_is_given_up() -> None:
    """408, and the thread is free again."""
    with serving(IMPATIENT) as served:
        answer = exchange(served.port, request(b"{}").replace(b"Length: 2", b"Length: 3"))
        assert (status(answer), served.received) == (408, [])


def test_a_client_that_stalls_in_its_head_is_given_up() -> None:
    """The connection ends without an answer, since there is no request."""
    with serving(IMPATIENT) as served:
        assert exchange(served.port, b"POST /hook HTTP/1.1\r\nX: ") == b""
        assert [code for code, _ in served.notes] == [408]


def test_a_client_that_sends_a_byte_now_and_then_is_given_up() -> None:
    """Time counts for the whole request, not from byte to byte."""
    with serving(IMPATIENT) as served, socket.create_connection(("127.0.0.1", served.port)) as connection:
        connection.sendall(b"POST /hook HTTP/1.1\r\nX: ")
        with pytest.raises(OSError, match=r"."):  # noqa: PT012 - which byte meets the closed connection is open
            for _ in range(200):
                connection.sendall(b"x")
                time.sleep(0.05)


def test_slow_clients_do_not_keep_others_out_for_long() -> None:
    """With every thread taken by a stalled client, the next webhook waits and is then taken."""
    with serving(attrs.evolve(LIMITS, request_seconds=1, connections=2)) as served:
        stalled = [socket.create_connection(("127.0.0.1", served.port), timeout=30) for _ in range(5)]
        try:
            assert status(exchange(served.port, request(b"{}"))) == 200
        finally:
            for connection in stalled:
                connection.close()


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
        WebhookServer("127.0.0.1", served.port, "/", lambda *_: Reply(HTTPStatus.OK), lambda *_: None)
