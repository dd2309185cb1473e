"""A Stripe event as an entry of `PutEvents`. Pure.

The entry has no `Time`, so EventBridge puts the moment of arrival there. A replay of the archive takes events
by that time: it finds an event that Stripe sent again after an outage where the outage was.
"""

import json
from collections.abc import Mapping
from typing import Any

EVENT_SOURCE = "stripe-webhook-bridge"
"""The `source` of the bridge's events; EventBridge keeps those that begin with `aws.` for itself."""


def put_events_entry(event: Mapping[str, Any], source: str) -> dict[str, str]:
    return {"Source": source, "DetailType": event["type"], "Detail": json.dumps(event, separators=(",", ":"))}
