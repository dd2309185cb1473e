"""An HTTP client for `stripe` that keeps the bodies of answers unparsed, for whoever wants plain JSON.

`stripe` makes ordered dicts of all that it is answered, and the readers want plain ones: pages of a hundred
subscriptions would be parsed twice. Errors are left to `stripe`. Imports `stripe`, so it is itself imported
with the first request.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import stripe


class UnparsedClient(stripe.RequestsClient):
    """Hands `stripe` an empty object in place of each answer that is no error.

    Attributes:
        body: The last such answer's body.
    """

    body: bytes = b""

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **others: Any
    ) -> Any:  # as the class above says, text; as the one above that does, bytes
        body, status, found = super().request(method, url, headers, post_data, **others)
        if status // 100 == HTTPStatus.OK // 100:
            self.body, body = body, b"{}"
        return body, status, found
