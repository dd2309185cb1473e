"""A Stripe event as an entry of `PutEvents`, and how large that may be. Pure.

The entry has no `Time`, so EventBridge puts the moment of arrival there. A replay of the archive takes events
by that time: it finds an event that Stripe sent again after an outage where the outage was.
"""

import json
from collections.abc import Mapping
from typing import Any

EVENT_SOURCE = "stripe-webhook-bridge"
"""The `source` of the bridge's events; EventBridge keeps those that begin with `aws.` for itself."""
LIMIT_BYTES = 1_048_576
"""What an entry of `PutEvents` may have, and the payload of an asynchronous invocation, since 2026-01."""
_ENVELOPE_BYTES = 1_024
"""Left for what EventBridge puts around the event: ids, account, time and region."""


def put_events_entry(event: Mapping[str, Any], source: str) -> dict[str, str]:
    return {"Source": source, "DetailType": event["type"], "Detail": json.dumps(event, separators=(",", ":"))}


def entry_size_bytes(entry: Mapping[str, str]) -> int:
    """The size of an entry as AWS counts it, with room for the envelope."""
    return sum(len(text.encode()) for text in entry.values()) + _ENVELOPE_BYTES
