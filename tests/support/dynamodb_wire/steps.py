"""What the stand-in does with a request: answers it, in whatever shape, or fails in some way. Data and bytes.

An answer's usual headers are those of DynamoDB. Source: DynamoDB's low-level API, "HTTP response".
"""

import enum
import json
import zlib
from typing import Any

import attrs

REQUEST_ID = "STANDINSTANDINSTANDINSTANDINSTANDINSTANDINSTANDIN"
_WRONG = 1


class Crc(enum.Enum):
    """The checksum that an answer bears."""

    RIGHT = "right"
    WRONG = "wrong"
    NONE = "none"


class Framing(enum.Enum):
    """How an answer says where its body ends."""

    LENGTH = "its length"
    CHUNKED = "chunks"
    UNTIL_CLOSE = "the connection's end"


class End(enum.Enum):
    """What becomes of the connection."""

    KEPT = "kept"
    CLOSED = "closed"
    RESET = "reset"


@attrs.frozen
class Reply:
    """Reads the request and answers it.

    Attributes:
        headers: Besides the usual ones; one of the same name stands in a usual one's place.
        cut_to: Only so many bytes of the body are sent, and the connection ends there.
        end: What becomes of the connection once the answer is sent; `CLOSED` says nothing of it beforehand.
    """

    body: bytes = b"{}"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    crc: Crc = Crc.RIGHT
    framing: Framing = Framing.LENGTH
    cut_to: int | None = None
    end: End = End.KEPT

    def bytes_to_send(self) -> bytes:
        """The answer as it goes over the wire, cut where it is to be."""
        whole = self.body
        if self.framing is Framing.CHUNKED:
            half = len(whole) // 2
            pieces = [piece for piece in (whole[:half], whole[half:]) if piece]
            whole = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
        return self._head() + (whole if self.cut_to is None else whole[: self.cut_to])

    def _head(self) -> bytes:
        usual = {
            "Server": "Server",
            "Date": "Tue, 24 Nov 2026 08:00:00 GMT",
            "Content-Type": "application/x-amz-json-1.0",
            "Connection": "keep-alive",
            "x-amzn-RequestId": REQUEST_ID,
        }
        if self.framing is Framing.LENGTH:
            usual["Content-Length"] = str(len(self.body))
        elif self.framing is Framing.CHUNKED:
            usual["Transfer-Encoding"] = "chunked"
        if self.crc is not Crc.NONE:
            usual["x-amz-crc32"] = str(zlib.crc32(self.body) ^ (_WRONG if self.crc is Crc.WRONG else 0))
        named = {name.lower() for name, _ in self.headers}
        headers = [(name, text) for name, text in usual.items() if name.lower() not in named]
        lines = [f"HTTP/1.1 {self.status} Said", *(f"{name}: {text}" for name, text in headers)]
        lines += [f"{name}: {text}" for name, text in self.headers if text]
        return "\r\n".join((*lines, "", "")).encode("latin-1")

    @property
    def ends(self) -> End:
        """What becomes of the connection, given how the body ends."""
        if self.end is End.KEPT and (self.cut_to is not None or self.framing is Framing.UNTIL_CLOSE):
            return End.CLOSED
        return self.end


@attrs.frozen
class Drop:
    """Ends the connection without an answer, having read the request or not."""

    end: End = End.RESET
    having_read: bool = True


@attrs.frozen
class Silence:
    """Reads the request, sends these bytes and then nothing, until the client hangs up."""

    first: bytes = b""


Step = Reply | Drop | Silence


def ok(**members: Any) -> Reply:
    """An answer with these members."""
    return Reply(json.dumps(members).encode())


def refusal(code: str, status: int = 400, message: str = "No.", **members: Any) -> Reply:
    """An error of DynamoDB's, by its code."""
    body = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": message, **members}
    return Reply(json.dumps(body).encode(), status)
