"""Requests to a function URL of a local AWS: its host name is AWS's, so they go to the endpoint instead."""

import http.client
import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import attrs

from stripe_handler_cli.stack.endpoint import Endpoint
from support.webhooks import SECRET, signed


@attrs.frozen
class Response:
    """A response.

    Attributes:
        status: The HTTP status.
        body: The body.
    """

    status: int
    body: bytes


def request(endpoint_url: str, url: str, method: str, body: bytes = b"", **headers: str) -> Response:
    """Send a request to a URL as Stripe would, but to the address of the local AWS.

    Args:
        endpoint_url: The local AWS.
        url: The function URL, as AWS (or its stand-in) gave it.
        method: The HTTP method.
        body: The body.
        headers: Further headers, with underscores for hyphens.
    """
    place, target = urlsplit(endpoint_url), urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        whole = {"Host": target.netloc, "Content-Type": "application/json; charset=utf-8", **named}
        connection.request(method, target.path or "/", body, whole)
        answer = connection.getresponse()
        return Response(answer.status, answer.read())
    finally:
        connection.close()


def post(endpoint_url: str, url: str, body: bytes, **headers: str) -> Response:
    """Post a JSON body."""
    return request(endpoint_url, url, "POST", body, **headers)


def send_webhook(
    endpoint: Endpoint,
    function_name: str,
    event: Mapping[str, Any],
    secret: str = SECRET,
    url: str | None = None,
) -> int:
    """Send an event to a function's URL as Stripe does, pretty-printed; the status it was answered with."""
    if url is None:
        url = endpoint.functions.get_function_url_config(FunctionName=function_name)["FunctionUrl"]
    payload = json.dumps(event, indent=2).encode()
    header = signed(payload, secret, int(time.time()))
    return post(endpoint.variables["AWS_ENDPOINT_URL"], url, payload, Stripe_Signature=header).status
