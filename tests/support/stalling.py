"""An HTTP server between a function and AWS that stalls on demand: before it forwards a request, or after.

For making a handler hang, or die, at a known moment of its conversation with DynamoDB.
"""

import contextlib
import enum
import http.client
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import attrs


class Stall(enum.Enum):
    """Where a request is held until the end."""

    BEFORE_IT_IS_FORWARDED = "before its write"
    AFTER_IT_WAS_ANSWERED = "after its write"


@attrs.define(eq=False)
class StallingProxy:
    """The server; a context manager.

    Attributes:
        endpoint_url: Where requests are forwarded.
        stall: Where every request is held.
        held: One entry for each request that is being held, or was.
    """

    endpoint_url: str
    stall: Stall
    held: "queue.SimpleQueue[str]" = attrs.field(factory=queue.SimpleQueue, init=False)
    closing: threading.Event = attrs.field(factory=threading.Event, init=False)
    _server: ThreadingHTTPServer = attrs.field(init=False)

    def __enter__(self) -> Self:
        """Listen on a free port of the loopback."""
        handler = type("Handler", (_Handler,), {"proxy": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening and let go of what is held."""
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where the function is sent."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def forward(self, path: str, headers: dict[str, str], body: bytes) -> None:
        """Have AWS do what the request asks, and keep the answer."""
        target = urlsplit(self.endpoint_url)
        connection = http.client.HTTPConnection(target.hostname or "", target.port)
        with contextlib.closing(connection):
            connection.request("POST", path, body, headers)
            connection.getresponse().read()


class _Handler(BaseHTTPRequestHandler):
    """One connection. Its class is made anew for each proxy, to know it."""

    proxy: StallingProxy
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Forward, or not, and hold."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.proxy.stall is Stall.AFTER_IT_WAS_ANSWERED:
            self.proxy.forward(self.path, dict(self.headers.items()), body)
        self.proxy.held.put(self.path)
        self.close_connection = True
        self.proxy.closing.wait()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the base class
        """Print nothing."""
