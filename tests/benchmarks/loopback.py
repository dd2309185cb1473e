"""An HTTP endpoint on the loopback that answers DynamoDB's operations with canned bodies, at once."""

import socket
import threading
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

_HEAD = (
    "HTTP/1.1 200 OK\r\n"
    "Server: Server\r\n"
    "Date: Tue, 24 Nov 2026 08:00:00 GMT\r\n"
    "Content-Type: application/x-amz-json-1.0\r\n"
    "Content-Length: {length}\r\n"
    "Connection: keep-alive\r\n"
    "x-amzn-RequestId: BENCHMARKBENCHMARKBENCHMARKBENCHMARKBENCHMARKBENCHMARK\r\n"
    "x-amz-crc32: {crc32}\r\n\r\n"
)
_CHUNK_BYTES = 65_536


@contextmanager
def canned_dynamodb(answers: Mapping[str, str], *, keeps_connections: bool = True) -> Iterator[str]:
    """Serve; operations that are not named are answered by an empty object.

    Args:
        answers: Operation, `UpdateItem` say, → JSON text.
        keeps_connections: Else each is closed after its first answer, without a word of it, as one is that
            nobody used for some minutes.

    Yields:
        The endpoint's URL.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    responses = {operation.encode(): _response(text) for operation, text in answers.items()}
    threading.Thread(target=_accept, args=(listener, responses, keeps_connections), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.close()


def _response(text: str) -> bytes:
    body = text.encode()
    return _HEAD.format(length=len(body), crc32=zlib.crc32(body)).encode() + body


def _accept(listener: socket.socket, responses: Mapping[bytes, bytes], keeps: bool) -> None:  # noqa: FBT001
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_serve, args=(connection, responses, keeps), daemon=True).start()


def _serve(connection: socket.socket, responses: Mapping[bytes, bytes], keeps: bool) -> None:  # noqa: FBT001
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    empty, read = _response("{}"), b""
    with connection:
        while True:
            while b"\r\n\r\n" not in read:
                chunk = connection.recv(_CHUNK_BYTES)
                if not chunk:
                    return
                read += chunk
            head, _, read = read.partition(b"\r\n\r\n")
            headers = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
            length = int(headers.get(b"content-length", b"0"))
            while len(read) < length:
                read += connection.recv(_CHUNK_BYTES)
            read = read[length:]
            operation = headers.get(b"x-amz-target", b"").rpartition(b".")[2]
            by_name = {name.lower(): response for name, response in responses.items()}
            connection.sendall(by_name.get(operation, empty))
            if not keeps:
                return
