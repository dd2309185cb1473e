"""How long the console serves."""

import socket

import pytest
from starlette.applications import Starlette

from stripe_handler_cli.composed.console.security import Gate, Guarded
from stripe_handler_cli.composed.console.server import listening, serve


@pytest.fixture
def taken() -> socket.socket:
    """A free port."""
    return listening(0, is_named=False)


def test_it_ends_with_what_it_shows(taken: socket.socket) -> None:
    """Beside a kept demo nobody presses Ctrl-C; then the port is free again."""
    gate = Gate(taken.getsockname()[1])
    serve(Guarded(Starlette(), gate), taken, lambda: True)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", gate.port), timeout=1)
