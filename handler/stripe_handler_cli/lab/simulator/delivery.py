"""Other forms of the same event: the thin event, and EventBridge's envelope. Pure and repeatable."""

import uuid
import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from stripe_handler_cli.lab.simulator.calendar_time import iso
from stripe_handler_cli.lab.simulator.state import Json

EVENT_SOURCE = "aws.partner/stripe.com/ed_test_61Simulated"
"""Source of the envelopes: a partner event source of a sandbox."""

_THIN_ID = "evt_test_"
_NAMESPACE = uuid.UUID("5c0b29a2-5a92-5f3f-8b0f-3f3d0c7a7a52")


def thin_event(event: Json) -> Json:
    """The thin event of a snapshot event: says which object changed, and not how."""
    body = event["data"]["object"]
    plural = f"{body['object'].replace('.', '/')}s"
    milliseconds = zlib.crc32(event["id"].encode()) % 1000
    created = iso(event["created"]).removesuffix("Z")
    return {
        "id": f"{_THIN_ID}{event['id'].removeprefix('evt_')}",
        "object": "v2.core.event",
        "context": event.get("context") or event.get("account"),
        "created": f"{created}.{milliseconds:03d}Z",
        "livemode": event["livemode"],
        "reason": None,
        "related_object": {
            "id": body["id"],
            "type": body["object"],
            "url": f"/v1/{plural}/{body['id']}",
        },
        "snapshot_event": event["id"],
        "type": f"v1.{event['type']}",
    }


def fetched_thin_event(event: Json) -> Json:
    """The thin event of a snapshot event as Stripe's API shows it: with what changed, and nothing else."""
    data = event["data"]
    before = data.get("previous_attributes")
    after = {name: data["object"].get(name) for name in before or ()}
    return {**thin_event(event), "changes": {"before": before, "after": after} if before else None}


def snapshot_id(thin_id: str) -> str:
    """The id of the snapshot event of a thin one, by the ids that the simulator gives them."""
    return f"evt_{thin_id.removeprefix(_THIN_ID)}"


def second_of(event: Mapping[str, Any]) -> int:
    """The second of an event, snapshot or thin, Unix time."""
    created = event["created"]
    return created if isinstance(created, int) else int(datetime.fromisoformat(created).timestamp())


def subject_id(event: Mapping[str, Any]) -> str:
    """The id of the object that an event, snapshot or thin, is about.

    A summary of entitlements has none of its own: it is the customer's.
    """
    subject = event["related_object"] if "related_object" in event else event["data"]["object"]
    return str(subject.get("id") or subject["customer"])


def has_thin_form(event: Mapping[str, Any]) -> bool:
    """Whether a snapshot event's thin one names an object; that of entitlements names none."""
    return "id" in event["data"]["object"]


def envelope(event: Json) -> Json:
    """EventBridge's envelope around an event, snapshot or thin."""
    return {
        "version": "0",
        "id": str(uuid.uuid5(_NAMESPACE, event["id"])),
        "detail-type": event["type"],
        "source": EVENT_SOURCE,
        "account": "123456789012",
        "time": iso(second_of(event) + 1),
        "region": "us-east-1",
        "resources": [],
        "detail": event,
    }
