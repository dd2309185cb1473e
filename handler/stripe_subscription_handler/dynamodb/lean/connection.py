"""The kept connection to DynamoDB, of the runtime's urllib3, set up and failing as botocore's own does.

urllib3 keeps the connections, notices those that were closed meanwhile, and connects, with TLS. Over one goes
the request in one piece, and the standard library reads the answer: what urllib3 does beside that, for
redirects, retries and encodings that DynamoDB does not know, took twice as long.

Two things differ from botocore. An answer that ends before its `Content-Length` is a lost connection here, as
it was in botocore until 2025; since then botocore takes the half for the whole. And there is no proxy.
"""

import socket
import ssl
from collections.abc import Mapping
from http.client import HTTPException, HTTPResponse
from typing import Any, cast
from urllib.parse import urlsplit

import attrs
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ReadTimeoutError,
    SSLError,
)
from botocore.httpsession import create_urllib3_context, get_cert_path
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout
from urllib3 import exceptions as of_urllib3
from urllib3.util.ssl_match_hostname import CertificateError

_KEPT = 10
"""So many connections are kept, where so many threads ask; one thread uses one."""
_SOCKET_OPTIONS = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1), (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]


@attrs.frozen
class HttpAnswer:
    """An HTTP response; the names are those of botocore's `AWSResponse`, whose rules for retries read them.

    Attributes:
        headers: Their case does not matter.
    """

    status_code: int
    headers: Mapping[str, str]
    content: bytes


class Connection:
    """The way to one endpoint."""

    def __init__(self, endpoint_url: str, *, connect_timeout: float, read_timeout: float) -> None:
        """Connect with the first request; time-outs in seconds.

        Raises:
            AttributeError: The runtime's urllib3 keeps its connections in another form than today's.
        """
        self._endpoint_url = endpoint_url
        parts = urlsplit(endpoint_url)
        settings: dict[str, Any] = {
            "port": parts.port,
            "timeout": Timeout(connect=connect_timeout, read=read_timeout),
            "maxsize": _KEPT,
            "socket_options": _SOCKET_OPTIONS,
        }
        host = parts.hostname or ""
        pool = (
            HTTPSConnectionPool(
                host,
                **settings,
                ssl_context=create_urllib3_context(),
                cert_reqs="CERT_REQUIRED",
                ca_certs=get_cert_path(True),  # noqa: FBT003 - botocore's word for "the usual ones"
            )
            if parts.scheme == "https"
            else HTTPConnectionPool(host, **settings)
        )
        self._read_timeout = read_timeout
        # requests has called these for ten years, so they are as good as public.
        self._take, self._give = pool._get_conn, pool._put_conn  # noqa: SLF001

    def send(self, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        """Post a request and read the whole answer; all headers must be there.

        Raises:
            botocore.exceptions.ConnectionError: No connection, or it was lost; a time-out is one of them.
            botocore.exceptions.HTTPClientError: urllib3 failed otherwise.
        """
        connection: Any = self._take()
        try:
            if connection.sock is None:
                connection.connect()
            connection.sock.settimeout(self._read_timeout)
            connection.sock.sendall(_head(headers) + body)
            with HTTPResponse(connection.sock, method="POST") as response:
                response.begin()
                found = cast("Mapping[str, str]", response.headers)
                answer = HttpAnswer(response.status, found, response.read())
            if response.will_close:
                connection.close()
        except Exception as error:
            connection.close()
            raise self._as_botocore_says(error) from error
        else:
            return answer
        finally:
            self._give(connection)

    def _as_botocore_says(self, error: Exception) -> Exception:
        for kinds, told in _ERRORS:
            if isinstance(error, kinds):
                found: Exception = told(endpoint_url=f"{self._endpoint_url}/", error=error)
                return found
        return HTTPClientError(error=error)


def _head(headers: Mapping[str, str]) -> bytes:
    lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
    if lines.count("\n") != len(headers):
        raise ValueError("a header of several lines")
    return f"POST / HTTP/1.1\r\n{lines}\r\n".encode("latin-1")


_ERRORS: tuple[tuple[Any, type[Any]], ...] = (
    ((ssl.SSLError, CertificateError), SSLError),
    ((of_urllib3.NewConnectionError, socket.gaierror), EndpointConnectionError),
    (of_urllib3.ConnectTimeoutError, ConnectTimeoutError),
    (TimeoutError, ReadTimeoutError),
    ((OSError, HTTPException), ConnectionClosedError),
)
"""What is raised below → botocore's errors; the first that fits counts, as one is a kind of another."""
