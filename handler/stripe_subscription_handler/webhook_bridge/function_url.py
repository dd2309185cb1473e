"""A Lambda function URL's request → what the bridge needs of it, and the bridge's answer → a response. Pure.

Source: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html (payload format version 2.0).
"""

import base64
import binascii
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import attrs

from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.webhook_bridge.receiving import Reply

SIGNATURE_HEADER = "stripe-signature"
"""In this format the names of headers are in lower case."""


@attrs.frozen
class Request:
    """A webhook request.

    Attributes:
        payload: The body, byte for byte as it was sent: the signature is of these bytes. None if it came as
            base64 that is none.
    """

    method: str
    payload: bytes | None = attrs.field(repr=False)
    signature_header: str | None = attrs.field(repr=False)


def read_request(raw: Mapping[str, Any]) -> Request:
    """Read the event that a function URL hands to its function.

    Raises:
        InvalidEventError: Somebody invoked the function by other means.
    """
    context = raw.get("requestContext")
    http = context.get("http") if isinstance(context, Mapping) else None
    method = http.get("method") if isinstance(http, Mapping) else None
    if not isinstance(method, str):
        raise InvalidEventError(
            "requestContext.http.method", "must be text: this function has a URL for requests"
        )
    headers = raw.get("headers")
    signature = headers.get(SIGNATURE_HEADER) if isinstance(headers, Mapping) else None
    return Request(method, _payload(raw), signature if isinstance(signature, str) else None)


def response(reply: Reply) -> dict[str, Any]:
    """Make the response.

    The sender learns of a fault on our side only that there is one: anyone can ask. The log has the reason.
    """
    is_ours = reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    message = "not taken; please send it again" if is_ours else reply.message
    body = {"received": True} if reply.status is HTTPStatus.OK else {"error": message}
    headers = {"content-type": "application/json"}
    if reply.status is HTTPStatus.METHOD_NOT_ALLOWED:
        headers["allow"] = "POST"
    return {"statusCode": reply.status.value, "headers": headers, "body": json.dumps(body)}


def _payload(raw: Mapping[str, Any]) -> bytes | None:
    body = raw.get("body") or ""
    if not isinstance(body, str):
        raise InvalidEventError("body", "must be text")
    if not raw.get("isBase64Encoded"):
        # This reverses what made it text at AWS, so it is the same bytes again.
        return body.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error:
        return None
