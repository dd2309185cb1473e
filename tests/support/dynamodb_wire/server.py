"""An HTTP/1.1 server on the loopback that does as a script says and keeps every request byte by byte."""

import contextlib
import socket
import struct
import threading
from collections import deque
from types import TracebackType
from typing import Self

import attrs

from support.dynamodb_wire.steps import Drop, End, Reply, Silence, Step

_CHUNK_BYTES = 65_536
_RESET_AT_CLOSE = struct.pack("ii", 1, 0)


@attrs.frozen
class Received:
    """A request as it came.

    Attributes:
        connection: Which connection it came on, counted since the server began.
    """

    head: bytes
    body: bytes
    connection: int

    @property
    def request_line(self) -> str:
        """The method, the path and the version."""
        return self.head.split(b"\r\n", 1)[0].decode()

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """Names and values in their order."""
        lines = self.head.decode("utf-8").split("\r\n")[1:]
        pairs = (line.split(": ", 1) for line in lines)
        return tuple((name, text) for name, text in pairs)

    def header(self, name: str) -> str | None:
        """The header of a name, in whatever case; None where there is none."""
        return next((text for one, text in self.headers if one.lower() == name.lower()), None)


@attrs.define(eq=False)
class WireDynamoDB:
    """The server; a context manager.

    Attributes:
        received: The requests since the script began.
        accepted: Connections since the server began.
        unexpected: Requests for which the script had no step; they are dropped.
    """

    received: list[Received] = attrs.field(factory=list, init=False)
    accepted: int = attrs.field(default=0, init=False)
    unexpected: int = attrs.field(default=0, init=False)
    _script: deque[Step] = attrs.field(factory=deque, init=False)
    _busy: int = attrs.field(default=0, init=False)
    _changed: threading.Condition = attrs.field(factory=threading.Condition, init=False)
    _listener: socket.socket | None = attrs.field(default=None, init=False)
    _open: set[socket.socket] = attrs.field(factory=set, init=False)
    port: int = attrs.field(default=0, init=False)

    @property
    def url(self) -> str:
        """Where it listens, or will."""
        return f"http://127.0.0.1:{self.port}"

    def begin(self, *steps: Step) -> None:
        """Begin a script: a step for each request to come."""
        self.settle()
        with self._changed:
            self._script = deque(steps)
            self.received, self.unexpected = [], 0

    @property
    def steps_left(self) -> int:
        """How many requests the script still expects."""
        return len(self._script)

    def settle(self) -> None:
        """Wait until what was to become of each connection so far has become of it."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._busy == 0, timeout=10)

    def listen(self) -> None:
        """Take connections, on the port it had if it had one."""
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def refuse(self) -> None:
        """Take no more connections and end those there are, until it listens again."""
        if self._listener is not None:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        for connection in tuple(self._open):
            _end(connection, End.RESET)

    def __enter__(self) -> Self:
        """Listen."""
        self.listen()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.refuse()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.accepted += 1
            self._open.add(connection)
            threading.Thread(target=self._serve, args=(connection, self.accepted), daemon=True).start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        try:
            while connection.recv(1, socket.MSG_PEEK):
                with self._changed:
                    self._busy += 1
                    step = self._script.popleft() if self._script else None
                    self.unexpected += step is None
                try:
                    end = self._do(step or Drop(having_read=False), connection, number)
                finally:
                    with self._changed:
                        self._busy -= 1
                        self._changed.notify_all()
                if end is not End.KEPT:
                    break
        except OSError:
            pass  # the client hung up
        finally:
            self._open.discard(connection)
            connection.close()

    def _do(self, step: Step, connection: socket.socket, number: int) -> End:
        if isinstance(step, Drop) and not step.having_read:
            self.received.append(Received(b"", b"", number))
            _end(connection, step.end)
            return step.end
        self.received.append(_read(connection, number))
        if isinstance(step, Reply):
            connection.sendall(step.bytes_to_send())
            end = step.ends
        elif isinstance(step, Silence):
            connection.sendall(step.first)
            return End.KEPT  # what the client does next is to hang up
        else:
            end = step.end
        if end is not End.KEPT:
            _end(connection, end)
        return end


def _read(connection: socket.socket, number: int) -> Received:
    read = b""
    while b"\r\n\r\n" not in read:
        chunk = connection.recv(_CHUNK_BYTES)
        if not chunk:
            raise ConnectionAbortedError
        read += chunk
    head, _, body = read.partition(b"\r\n\r\n")
    length = int(Received(head, b"", number).header("Content-Length") or 0)
    while len(body) < length:
        body += connection.recv(_CHUNK_BYTES)
    assert len(body) == length
    return Received(head, body, number)


def _end(connection: socket.socket, end: End) -> None:
    with contextlib.suppress(OSError):  # the client ended it itself
        if end is End.RESET:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
        else:
            connection.shutdown(socket.SHUT_RDWR)
    connection.close()
