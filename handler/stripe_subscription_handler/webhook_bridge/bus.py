"""Puts the bridge's events on its bus."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import attrs
from botocore.exceptions import BotoCoreError, ClientError

from stripe_subscription_handler.put_events import LIMIT_BYTES, entry_size_bytes
from stripe_subscription_handler.webhook_bridge.entry import put_events_entry
from stripe_subscription_handler.webhook_bridge.receiving import ForwardingError

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient


@attrs.frozen
class Bus:
    """An event bus, and the `source` of the events that are put on it."""

    client: "EventBridgeClient"
    name: str
    source: str

    def put(self, event: Mapping[str, Any]) -> None:
        """Put an event on the bus; returns once EventBridge has it.

        Raises:
            ForwardingError: EventBridge does not have it. The text holds AWS's error code at most.
        """
        entry = put_events_entry(event, self.source)
        refuse_larger(entry)
        try:
            answer = self.client.put_events(Entries=[{**entry, "EventBusName": self.name}])  # type: ignore[typeddict-item]
        except ClientError as error:
            raise _not_taken(error.response["Error"].get("Code")) from None
        except BotoCoreError as error:
            raise _not_taken(type(error).__name__) from None
        # EventBridge answers 200 for a request whose only entry it refused.
        if answer["FailedEntryCount"]:
            raise _not_taken(answer["Entries"][0].get("ErrorCode"))


def refuse_larger(entry: Mapping[str, str]) -> None:
    """Raise `ForwardingError` for an entry that EventBridge would refuse for its size."""
    size = entry_size_bytes(entry)
    if size > LIMIT_BYTES:
        message = f"the event has {size} bytes; EventBridge takes {LIMIT_BYTES}"
        raise ForwardingError(message, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def _not_taken(code: str | None) -> ForwardingError:
    return ForwardingError(f"the bus did not take the event: {code or 'no reason given'}")
