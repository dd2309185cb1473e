"""The connections to Stripe over real sockets: certificates, proxies, and answers that are not as usual."""

import gzip
import json
import os
import ssl
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import attrs
import pytest
import urllib3

from stripe_subscription_handler.errors import ConfigError, StripeUnavailableError
from stripe_subscription_handler.stripe_side.api import StripeApi, load_stripe
from stripe_subscription_handler.stripe_side.connections import connections
from stripe_subscription_handler.stripe_side.patience import MAX_ATTEMPTS
from stripe_subscription_handler.stripe_side.secret import StripeKey

STRIPE = "https://api.stripe.com"
BODY = json.dumps({"id": "cus_1", "object": "customer", "metadata": {"userId": "user_1"}}).encode()
TOLD = {"userId": "user_1"}


@attrs.define
class Answering:
    """A server of one's own.

    Attributes:
        url: Where it is.
        received: Request lines, with the header fields of each.
        status: What it answers.
        headers: Sent along.
        body: The answer's.
        cut: How many bytes of the body are promised and not sent.
    """

    url: str = ""
    received: list[tuple[str, dict[str, str]]] = attrs.Factory(list)
    status: int = 200
    headers: dict[str, str] = attrs.Factory(dict)
    body: bytes = BODY
    cut: int = 0


@pytest.fixture(autouse=True)
def no_proxy_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test names its own."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture
def server() -> Iterator[tuple[Answering, ThreadingHTTPServer]]:
    """One that answers with a customer unless a test says otherwise; TLS may still be put around it."""
    answering = Answering()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            headers = {name.title(): value for name, value in self.headers.items()}
            answering.received.append((self.requestline, headers))
            self.send_response(answering.status)
            for name, value in answering.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answering.body) + answering.cut))
            self.end_headers()
            self.wfile.write(answering.body)
            self.close_connection = bool(answering.cut)

        do_CONNECT = do_GET  # noqa: N815 - the name that http.server wants

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        answering.url = f"http://127.0.0.1:{listening.server_port}"
        Thread(target=listening.serve_forever, daemon=True).start()
        yield answering, listening
        listening.shutdown()


def api(url: str) -> StripeApi:
    """An API that waits for nothing."""
    key = StripeKey.from_environment({"STRIPE_SECRET_KEY": "rk_test_1"})
    assert key is not None
    return StripeApi(key, lambda: 30.0, url=url, sleep=lambda _: None)


def refusal(asked: StripeApi) -> str:
    """Why Stripe did not tell."""
    with pytest.raises(StripeUnavailableError) as caught:
        asked.fetch_customer_metadata("cus_1")
    return str(caught.value)


def test_a_compressed_answer_is_read(server: tuple[Answering, ThreadingHTTPServer]) -> None:
    """Pages of a hundred subscriptions are a tenth of their size so; the request says that it may be."""
    answering, _ = server
    answering.headers, answering.body = {"Content-Encoding": "gzip"}, gzip.compress(BODY)
    assert api(answering.url).fetch_customer_metadata("cus_1") == TOLD
    [(_, headers)] = answering.received
    assert headers["Accept-Encoding"] == "gzip, deflate"


def test_an_answer_that_breaks_off_is_asked_for_again(server: tuple[Answering, ThreadingHTTPServer]) -> None:
    """It is never taken for the whole, and the next one may be whole."""
    answering, _ = server
    answering.cut = 10
    asked = api(answering.url)
    assert refusal(asked) == "no answer from Stripe (ProtocolError)"
    assert len(answering.received) == asked.requests == MAX_ATTEMPTS


def test_the_key_follows_no_redirect(server: tuple[Answering, ThreadingHTTPServer]) -> None:
    """Whoever sends one is not Stripe."""
    answering, _ = server
    answering.status, answering.headers = 302, {"Location": f"{answering.url}/elsewhere"}
    assert refusal(api(answering.url)) == "Stripe answered HTTP 302"
    assert [line for line, _ in answering.received] == ["GET /v1/customers/cus_1 HTTP/1.1"]


def test_a_certificate_that_nobody_vouches_for_is_refused(
    server: tuple[Answering, ThreadingHTTPServer], tmp_path: Path
) -> None:
    """The key is not sent, and it is not tried again. One who is vouched for is believed."""
    answering, listening = server
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=stand-in",
    ]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own arguments
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listening.socket = context.wrap_socket(listening.socket, server_side=True)
    asked = api(answering.url.replace("http:", "https:"))
    assert refusal(asked) == "no answer from Stripe (SSLError)"
    assert (asked.requests, answering.received) == (1, [])
    pool = connections(asked.url, str(certificate))
    assert pool.request("GET", f"{asked.url}/v1", retries=False).data == BODY


def test_stripe_is_asked_over_the_proxy_that_the_environment_names(
    server: tuple[Answering, ThreadingHTTPServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the credentials of its URL; what the proxy refuses is tried again, as when it does not answer."""
    answering, _ = server
    answering.status = 502
    monkeypatch.setenv("HTTPS_PROXY", answering.url.replace("//", "//us%40er:pass@"))
    asked = api(STRIPE)
    assert refusal(asked).startswith("no answer from Stripe (")
    assert asked.requests == MAX_ATTEMPTS
    line, headers = answering.received[0]
    assert line.startswith("CONNECT api.stripe.com:443")
    assert headers["Proxy-Authorization"] == "Basic dXNAZXI6cGFzcw=="
    assert "rk_test_1" not in str(answering.received)


@pytest.mark.parametrize(
    ("environment", "url", "proxy"),
    [
        ({}, STRIPE, None),
        ({"HTTPS_PROXY": "http://proxy:3128"}, STRIPE, "http://proxy:3128"),
        ({"https_proxy": "proxy:3128"}, STRIPE, "http://proxy:3128"),
        ({"ALL_PROXY": "http://proxy:3128"}, STRIPE, "http://proxy:3128"),
        ({"HTTP_PROXY": "http://proxy:3128"}, STRIPE, None),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": ".stripe.com"}, STRIPE, None),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "amazonaws.com"}, STRIPE, "http://proxy:3128"),
        ({"HTTP_PROXY": "http://proxy:3128", "ALL_PROXY": "http://proxy:3128"}, "http://127.0.0.1:1", None),
    ],
)
def test_which_proxy_is_taken(
    environment: dict[str, str], url: str, proxy: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That of https for Stripe, unless it is excepted; none for a stand-in on this machine."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    pool = connections(url, load_stripe().ca_bundle_path)
    assert (pool.proxy and pool.proxy.url) == proxy
    assert isinstance(pool, urllib3.ProxyManager) == (proxy is not None)


def test_a_proxy_that_cannot_be_used_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever configured it must act; the message shows nothing of its URL."""
    monkeypatch.setenv("HTTPS_PROXY", "gopher://user:secret@proxy:70")
    with pytest.raises(ConfigError, match="no http or https URL") as caught:
        api(STRIPE).fetch_customer_metadata("cus_1")
    assert "secret" not in str(caught.value)
