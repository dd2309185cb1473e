"""Passes requests on to local AWS, each a while later: a DynamoDB that answers slowly."""

import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

_PASSED_ON = ("content-type", "x-amz-target", "authorization", "x-amz-date", "x-amz-content-sha256")


class SlowProxy:
    """A proxy on the loopback; a context manager."""

    def __init__(self, target_url: str, delay_seconds: float) -> None:
        """Pass requests on to `target_url` after `delay_seconds`."""
        proxy = self
        self.target_url, self.delay_seconds = target_url, delay_seconds

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                """Wait, pass on, answer."""
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                time.sleep(proxy.delay_seconds)
                headers = {name: self.headers[name] for name in _PASSED_ON if self.headers[name]}
                request = urllib.request.Request(proxy.target_url, data=body, headers=headers)  # noqa: S310
                try:
                    with urllib.request.urlopen(request) as response:  # noqa: S310 - the loopback
                        self._answer(response.status, response.read())
                except urllib.error.HTTPError as error:
                    self._answer(error.code, error.read())

            def _answer(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/x-amz-json-1.0")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
                """Print nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        """Listen."""
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
