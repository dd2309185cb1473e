"""Signs webhooks as Stripe does, and speaks to a webhook endpoint byte by byte."""

import socket
from typing import Any

from stripe_handler_cli.lab.fake_stripe.pushing import signature_header

NOW = 1_793_440_800
SECRET = "whsec_for_tests"  # noqa: S105 - made up


def signed(payload: bytes, secret: str = SECRET, at: int = NOW) -> str:
    """The header `Stripe-Signature` of a payload."""
    return signature_header(payload, [secret], at)


def exchange(port: int, sent: bytes) -> bytes:
    """Send a request to an endpoint on loopback, and return all that it answers."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(sent)
        answer = b""
        while received := connection.recv(65_536):
            answer += received
        return answer


def request(payload: bytes, *headers: str, path: str = "/hook", method: str = "POST") -> bytes:
    """A request with a body, a content type and the headers given."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Content-Type: application/json; charset=utf-8"]
    return "\r\n".join([*lines, f"Content-Length: {len(payload)}", *headers, "", ""]).encode() + payload


def function_url_request(
    payload: bytes, signature_header: str | None, method: str = "POST"
) -> dict[str, Any]:
    """What a Lambda function URL hands to its function for a JSON body."""
    headers = {"content-type": "application/json; charset=utf-8", "host": "abc.lambda-url.eu-west-1.on.aws"}
    return {
        "version": "2.0",
        "rawPath": "/",
        "headers": headers | ({"stripe-signature": signature_header} if signature_header is not None else {}),
        "requestContext": {"http": {"method": method, "path": "/"}},
        "body": payload.decode(),
        "isBase64Encoded": False,
    }
