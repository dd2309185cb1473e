"""The thin event of a raw snapshot event."""

from typing import Any


def thin_of(raw: dict[str, Any], *, names: bool = True, **changes: Any) -> dict[str, Any]:
    """As Stripe delivers it, in the snapshot's second; `names` says whether it names that one."""
    body = raw["data"]["object"]
    return {
        "id": f"{raw['id']}_thin",
        "object": "v2.core.event",
        "type": f"v1.{raw['type']}",
        "created": "2025-11-22T08:26:40.123Z",
        "livemode": raw["livemode"],
        "context": None,
        "related_object": {"id": body["id"], "type": body["object"], "url": "/v1/x"},
        **({"snapshot_event": raw["id"]} if names else {}),
        **changes,
    }
