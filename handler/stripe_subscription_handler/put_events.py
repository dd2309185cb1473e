"""What `PutEvents` takes, and the client that calls it, for all functions that put events."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from stripe_subscription_handler.aws_clients import aws_client

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

LIMIT_BYTES = 1_048_576
"""What a request of `PutEvents` may have, and the payload of an asynchronous invocation, since 2026-01."""
LIMIT_ENTRIES = 10
"""How many entries a request of `PutEvents` may have."""
_ENVELOPE_BYTES = 1_024
"""Left for what EventBridge puts around the event: ids, account, time and region."""


def entry_size_bytes(entry: Mapping[str, str]) -> int:
    """The size of an entry as AWS counts it, with room for the envelope."""
    return sum(len(text.encode()) for text in entry.values()) + _ENVELOPE_BYTES


def events_client() -> "EventBridgeClient":
    """Make a client whose time-outs and one retry end within 10 seconds, before the function's own end."""
    retries = {"mode": "standard", "total_max_attempts": 2}
    client: EventBridgeClient = aws_client("events", connect_timeout=1, read_timeout=3, retries=retries)
    return client
