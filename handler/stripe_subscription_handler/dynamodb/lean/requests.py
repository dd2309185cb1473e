"""A request to DynamoDB as bytes and headers, signed by botocore's signer.

Source: DynamoDB's low-level API, the JSON protocol 1.0; Signature Version 4. The order of the headers and
the spaces of the JSON are botocore's, so that a test can compare byte by byte.
"""

import base64
import json
import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import attrs
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from stripe_subscription_handler.dynamodb.lean.plain_environment import PlainEnvironment
from stripe_subscription_handler.user_agent import USER_AGENT

_VERSION = "DynamoDB_20120810"
_LEFT_IN_A_TRACE = "-=;:+&[]{}\"',"


def _binary(value: Any) -> str:
    # All that JSON does not know of what a parameter can be.
    return base64.b64encode(value).decode("ascii")


# Made once: `json.dumps` would make one for each request, which takes as long as writing it.
_JSON = json.JSONEncoder(default=_binary)


def body_of(parameters: Mapping[str, Any]) -> bytes:
    """Write an operation's parameters."""
    return _JSON.encode(parameters).encode()


@attrs.frozen
class Signer:
    """Makes the headers of requests in one environment."""

    environment: PlainEnvironment
    _signs: SigV4Auth = attrs.field(
        init=False, default=attrs.Factory(lambda self: self._signer(), takes_self=True)
    )

    def _signer(self) -> SigV4Auth:
        # The signer reads the attributes `access_key`, `secret_key` and `token`.
        credentials: Any = self.environment
        return SigV4Auth(credentials, "dynamodb", self.environment.region)

    def headers(self, operation: str, body: bytes, told: Mapping[str, str]) -> dict[str, str]:
        """Sign a request as of now; `told` is sent too, and not signed."""
        headers = {
            "Host": self.environment.host,
            "X-Amz-Target": f"{_VERSION}.{operation}",
            "Content-Type": "application/x-amz-json-1.0",
            "User-Agent": USER_AGENT,
        }
        # Lambda sets it anew for each invocation.
        trace = os.environ.get("_X_AMZN_TRACE_ID")
        if trace and self.environment.in_lambda:
            headers["X-Amzn-Trace-Id"] = quote(trace, safe=_LEFT_IN_A_TRACE)
        request = AWSRequest("POST", f"{self.environment.endpoint_url}/", headers=headers, data=body)
        self._signs.add_auth(request)
        # Neither of the two in front is sent twice: a name's first place counts, and its last value.
        first = {"Host": self.environment.host, "Accept-Encoding": "identity"}
        return {**first, **dict(request.headers.items()), **told, "Content-Length": str(len(body))}
