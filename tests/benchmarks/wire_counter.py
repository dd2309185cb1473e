"""Stands between a handler and DynamoDB: passes every request on, and keeps what each one cost.

Only what went over the wire counts: repetitions by a client do, calls that a library answers itself do not.
"""

import http.client
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import attrs

from benchmarks.capacity import Item, read_units, write_units

_HOP_BY_HOP = frozenset(("connection", "host", "transfer-encoding", "content-length"))
_SINGLE_WRITES = frozenset(("PutItem", "UpdateItem", "DeleteItem"))


@attrs.frozen
class Seen:
    """One request.

    Attributes:
        operation: DynamoDB's name of it.
        write_units: What it wrote, or tried to.
        read_units: What it read.
    """

    operation: str
    write_units: float
    read_units: float


@attrs.define
class WireCounter:
    """The requests so far, and DynamoDB behind them.

    Attributes:
        dynamodb: A client that talks to DynamoDB directly, to look at items before and after.
        key_names: Table → names of its keys.
        seen: The requests.
    """

    dynamodb: Any
    key_names: Mapping[str, tuple[str, ...]]
    seen: list[Seen] = attrs.Factory(list)

    def take(self) -> list[Seen]:
        """Return the requests since the last time."""
        taken, self.seen = self.seen, []
        return taken

    def item(self, table: str, key: Item) -> Item | None:
        """Look at an item."""
        found: Item | None = self.dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")
        return found

    def written(self, operation: str, body: Mapping[str, Any]) -> list[tuple[str, Item]]:
        """The items a request writes or checks: table and key."""
        if operation == "TransactWriteItems":
            parts = [part for item in body["TransactItems"] for part in item.values()]
        else:
            parts = [body] if operation in _SINGLE_WRITES else []
        return [(part["TableName"], self._key(part)) for part in parts]

    def _key(self, part: Mapping[str, Any]) -> Item:
        if "Key" in part:
            key: Item = part["Key"]
            return key
        return {name: part["Item"][name] for name in self.key_names[part["TableName"]]}

    def count(self, operation: str, body: Mapping[str, Any], before: list[Item | None]) -> None:
        """Keep what a request cost, now that it has been answered."""
        written = self.written(operation, body)
        units = sum(
            write_units(old, self.item(table, key), in_transaction=operation == "TransactWriteItems")
            for (table, key), old in zip(written, before, strict=True)
        )
        reads = 0.0
        if operation == "GetItem":
            item = self.item(body["TableName"], body["Key"])
            reads = read_units(item, consistent=bool(body.get("ConsistentRead")))
        self.seen.append(Seen(operation, units, reads))


@contextmanager
def counting(counter: WireCounter, endpoint_url: str) -> Iterator[str]:
    """Serve on the loopback in front of an endpoint.

    Yields:
        The URL to use in its place.
    """
    upstream = urlsplit(endpoint_url).netloc
    handler = type("Handler", (_Handler,), {"counter": counter, "upstream": upstream})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    counter: WireCounter
    upstream: str

    def do_POST(self) -> None:
        """Look, pass on, look again."""
        text = self.rfile.read(int(self.headers["Content-Length"]))
        operation, body = self.headers["X-Amz-Target"].rpartition(".")[2], json.loads(text)
        before = [self.counter.item(*place) for place in self.counter.written(operation, body)]
        connection = http.client.HTTPConnection(self.upstream, timeout=30)
        passed = {name: value for name, value in self.headers.items() if name.lower() not in _HOP_BY_HOP}
        connection.request("POST", self.path, text, passed)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        self.counter.count(operation, body, before)
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in _HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Stay silent."""
