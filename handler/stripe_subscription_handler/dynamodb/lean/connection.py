"""The kept connection to DynamoDB, of the runtime's urllib3, set up and failing as botocore's own does.

Two things differ from botocore. An answer that ends before its `Content-Length` is a lost connection here, as
it was in botocore until 2025; since then botocore takes the half for the whole. And there is no proxy.
"""

import socket
from collections.abc import Mapping
from typing import Any
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
from urllib3.util.retry import Retry

_KEPT = 10
"""So many connections are kept, where so many threads ask; one thread uses one."""
_SOCKET_OPTIONS = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1), (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
_NEVER = Retry(False)  # noqa: FBT003 - urllib3's own word for "not even redirects"


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
        """Connect with the first request; time-outs in seconds."""
        self._endpoint_url = endpoint_url
        parts = urlsplit(endpoint_url)
        settings: dict[str, Any] = {
            "port": parts.port,
            "timeout": Timeout(connect=connect_timeout, read=read_timeout),
            "maxsize": _KEPT,
            "socket_options": _SOCKET_OPTIONS,
        }
        host = parts.hostname or ""
        self._pool = (
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

    def send(self, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        """Post a request and read the whole answer.

        Raises:
            botocore.exceptions.ConnectionError: No connection, or it was lost; a time-out is one of them.
            botocore.exceptions.HTTPClientError: urllib3 failed otherwise.
        """
        try:
            response = self._pool.urlopen(
                "POST",
                "/",
                body=body,
                headers=headers,
                retries=_NEVER,
                redirect=False,
                assert_same_host=False,
                preload_content=False,
                decode_content=False,
                enforce_content_length=True,
            )
            return HttpAnswer(response.status, response.headers, response.read())
        except Exception as error:
            raise self._as_botocore_says(error) from error

    def _as_botocore_says(self, error: Exception) -> Exception:
        for kinds, told in _ERRORS:
            if isinstance(error, kinds):
                found: Exception = told(endpoint_url=f"{self._endpoint_url}/", error=error)
                return found
        return HTTPClientError(error=error)


_ERRORS: tuple[tuple[Any, type[Any]], ...] = (
    (of_urllib3.SSLError, SSLError),
    ((of_urllib3.NewConnectionError, socket.gaierror), EndpointConnectionError),
    (of_urllib3.ConnectTimeoutError, ConnectTimeoutError),
    (of_urllib3.ReadTimeoutError, ReadTimeoutError),
    (of_urllib3.ProtocolError, ConnectionClosedError),
)
"""urllib3's errors → botocore's; the first that fits counts, as one is a kind of another."""
