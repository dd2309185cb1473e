"""Serves the console on the loopback until it is stopped."""

import socket
import threading
import time
from collections.abc import Callable

import uvicorn

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.composed.console.security import Guarded

_HOST = "127.0.0.1"
_MOST_CONNECTIONS = 64
_BACKLOG = 32
_LOOK_SECONDS = 0.5


def listening(port: int, *, is_named: bool) -> socket.socket:
    """Take a port of the loopback: the one wanted, or a free one where that is taken and was not named.

    Raises:
        CliError: It was named, and is taken.
    """
    for wanted in (port,) if is_named else (port, 0):
        taken = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind((_HOST, wanted))
        except OSError as error:
            taken.close()
            if is_named or wanted == 0:
                raise CliError(f"Port {wanted} of {_HOST} cannot be taken: {error.strerror}.") from error
        else:
            taken.listen(_BACKLOG)
            return taken
    raise AssertionError("a free port is tried last")


def serve(app: Guarded, taken: socket.socket, is_over: Callable[[], bool] | None = None) -> None:
    """Serve until Ctrl-C, which is then raised as usual, or until it is over."""
    config = uvicorn.Config(
        app,
        log_level="critical",  # an access log would hold the token
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        lifespan="off",
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_graceful_shutdown=1,  # live pages never end by themselves
    )
    server = uvicorn.Server(config)
    if is_over is not None:
        threading.Thread(target=_end, args=(server, is_over), daemon=True).start()
    server.run(sockets=[taken])


def _end(server: uvicorn.Server, is_over: Callable[[], bool]) -> None:
    while not is_over():
        time.sleep(_LOOK_SECONDS)
    server.should_exit = True
