"""Puts a webhook's event on the bus. Refuses what EventBridge would refuse, with a reason."""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import attrs
from botocore.exceptions import BotoCoreError, ClientError

from stripe_handler_cli.errors import CliError
from stripe_handler_cli.webhooks.following import Follower
from stripe_handler_cli.webhooks.receiving import ForwardingError

LIMIT_BYTES = 1_048_576
"""What an entry of `PutEvents` may have, and the payload of an asynchronous invocation, since 2026-01."""
_ENVELOPE_BYTES = 1_024
"""Left for what EventBridge puts around the event: ids, account, time and region."""


def entry_size_bytes(source: str, event: Mapping[str, Any]) -> int:
    """The size of an event's entry as AWS counts it, with room for the envelope."""
    texts = source, event["type"], json.dumps(event)
    return sum(len(text.encode()) for text in texts) + _ENVELOPE_BYTES


@attrs.frozen
class Forwarder:
    """Puts events on the bus. Called by many threads at a time; boto3's clients allow that.

    Attributes:
        put: Puts an event on the bus.
        source: The `source` it puts them under.
        follower: Told of each event, before it is on the bus.
    """

    put: Callable[[Mapping[str, Any]], None]
    source: str
    follower: Follower

    def __call__(self, event: Mapping[str, Any]) -> None:
        """Put an event on the bus.

        Raises:
            ForwardingError: It is not there.
        """
        size = entry_size_bytes(self.source, event)
        if size > LIMIT_BYTES:
            message = f"the event has {size} bytes; EventBridge takes {LIMIT_BYTES}"
            raise ForwardingError(message, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        self.follower.expect(event)
        try:
            self.put(event)
        except (CliError, BotoCoreError, ClientError) as error:
            self.follower.forget(event)
            raise ForwardingError(f"the bus did not take the event: {error}") from error
        self.follower.arrived(event)
