"""A socket that gives up in time: bytes and seconds are bounded as a whole, not by read. No HTTP here."""

import io
import socket
import time
from http.client import LineTooLong
from typing import Any


class BoundedReader(io.RawIOBase):
    """Reads a connection until a deadline, and no more bytes than allowed.

    A time-out per read, as sockets have it, never ends a client that sends a byte now and then.
    """

    def __init__(self, connection: socket.socket, *, seconds: float, allowed_bytes: int) -> None:
        """Read `connection` for so many seconds from now; `allow` allows more bytes later."""
        super().__init__()
        self._connection = connection
        self._deadline = time.monotonic() + seconds
        self._allowed = allowed_bytes

    @property
    def remaining_seconds(self) -> float:
        """Time left; not positive when there is none."""
        return self._deadline - time.monotonic()

    def allow(self, more_bytes: int) -> None:
        """Allow more bytes to be read."""
        self._allowed += more_bytes

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read some bytes; 0 at the end.

        Raises:
            TimeoutError: The deadline has passed.
            LineTooLong: More bytes come than are allowed; `http.client`'s error, which `http.server` knows.
        """
        remaining = self.remaining_seconds
        if remaining <= 0:
            raise TimeoutError("the request took too long")
        if self._allowed <= 0:
            raise LineTooLong("head of the request")
        self._connection.settimeout(remaining)
        with memoryview(buffer) as view:
            received = self._connection.recv_into(view[: self._allowed])
        self._allowed -= received
        return received
