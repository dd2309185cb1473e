"""The lean client trusts whom botocore trusts, and nobody else."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme
from botocore.exceptions import SSLError

from support.dynamodb_wire.clients import KINDS, Kind, driving

HOST = "localhost"


class _Answering(BaseHTTPRequestHandler):
    """Answers that there is no such item."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
        """Say nothing."""


@contextmanager
def dynamodb_over_tls(authority: trustme.CA, host: str) -> Iterator[str]:
    """A DynamoDB whose certificate is for a host; yields its URL, which is this machine's in any case."""
    server = ThreadingHTTPServer((HOST, 0), _Answering)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"https://{HOST}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Who signs certificates here."""
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have botocore's list of authorities hold that one alone."""
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    monkeypatch.setattr("botocore.httpsession.where", lambda: str(path))


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_trusted_certificate_for_the_host_is_good(kind: Kind, authority: trustme.CA) -> None:
    """DynamoDB's own, say."""
    with dynamodb_over_tls(authority, HOST) as url, driving(kind, url) as driven:
        answer = driven.client.get_item(TableName="t", Key={"PK": {"S": "1"}})
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert driven.pauses == []


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_certificate_for_another_host_is_refused(kind: Kind, authority: trustme.CA) -> None:
    """However trusted who signed it."""
    with (
        dynamodb_over_tls(authority, "example.com") as url,
        driving(kind, url) as driven,
        pytest.raises(SSLError, match="ostname"),
    ):
        driven.client.get_item(TableName="t", Key={"PK": {"S": "1"}})


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_certificate_that_nobody_trusted_signed_is_refused(kind: Kind) -> None:
    """Whatever host it is for."""
    with (
        dynamodb_over_tls(trustme.CA(), HOST) as url,
        driving(kind, url) as driven,
        pytest.raises(SSLError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        driven.client.get_item(TableName="t", Key={"PK": {"S": "1"}})
