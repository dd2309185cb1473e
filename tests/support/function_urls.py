"""Requests to a function URL of a local AWS: its host name is AWS's, so they go to the endpoint instead."""

import http.client
from urllib.parse import urlsplit

import attrs


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
