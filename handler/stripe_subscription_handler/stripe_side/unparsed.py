"""An HTTP client for `stripe` that keeps the bodies of answers unparsed, for whoever wants plain JSON.

`stripe` makes ordered dicts of all that it is answered, and the readers want plain ones: pages of a hundred
subscriptions would be parsed twice. Errors are left to `stripe`, without the objects that some of them bring
along: it would import the modules of those, which nobody needs and the Lambda zip leaves out. Imports
`stripe`, so it is itself imported with the first request.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import stripe
import urllib3
from urllib3 import exceptions

_PASSES = (
    exceptions.TimeoutError,
    exceptions.NewConnectionError,
    exceptions.ProtocolError,
    exceptions.ProxyError,
)
"""What another attempt may not meet again; a certificate that is not Stripe's is met again."""


class UnparsedClient(stripe.HTTPClient):
    """Sends a request once, and hands `stripe` an empty object in place of each answer that is no error.

    No redirect is followed: Stripe sends none, and the key would go along.

    Attributes:
        body: The last such answer's body.
    """

    name = "urllib3"
    body: bytes = b""

    def __init__(self, connections: urllib3.PoolManager, timeouts: tuple[float, float]) -> None:
        """Take the connections, and the time-outs of connecting and of reading, in seconds."""
        super().__init__()
        self._connections = connections
        connect, read = timeouts
        self._timeout = urllib3.Timeout(connect=connect, read=read)

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **_: Any
    ) -> Any:  # as the class above says, text; as those that `stripe` brings do, bytes
        try:
            answer = self._connections.request(
                method.upper(),
                url,
                body=post_data,
                headers={"Accept-Encoding": "gzip, deflate", **(headers or {})},
                timeout=self._timeout,
                retries=False,
                redirect=False,
            )
        except (exceptions.HTTPError, OSError, ValueError) as error:
            raise stripe.APIConnectionError(  # type: ignore[no-untyped-call]
                f"no answer: {type(error).__name__}", should_retry=isinstance(error, _PASSES)
            ) from error
        body, status, found = answer.data, answer.status, answer.headers
        if status // 100 == HTTPStatus.OK // 100:
            self.body, body = body, b"{}"
        else:
            body = without_objects(body)
        return body, status, found

    def close(self) -> None:
        self._connections.clear()


def without_objects(body: bytes) -> bytes:
    """Leave of an error's body what is text: its code, its message and its parameter are.

    What is no error as Stripe writes them becomes one without a word, so that its status and headers count.
    """
    try:
        error = json.loads(body)["error"]
        words = {name: value for name, value in error.items() if isinstance(value, str)}
    except (ValueError, TypeError, LookupError, AttributeError):
        words = {}
    return json.dumps({"error": words}).encode()
