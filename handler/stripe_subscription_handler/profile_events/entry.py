"""A change of a profile as an entry of `PutEvents`, and the error of one that is too large. Pure.

The entry has no `Time`: EventBridge puts the moment of arrival there, by which a replay of an archive
chooses.
"""

import json

from stripe_subscription_handler.errors import HandlerError
from stripe_subscription_handler.profile_events.changes import DETAIL_TYPE, ProfileChange
from stripe_subscription_handler.put_events import LIMIT_BYTES, entry_size_bytes


class ChangeTooLargeError(HandlerError):
    """A change does not fit into an event: both sides of it together pass EventBridge's 1 MB."""


def put_events_entry(change: ProfileChange, bus_arn: str, source: str) -> dict[str, str]:
    """Make the entry.

    Raises:
        ChangeTooLargeError: EventBridge would refuse it for its size.
    """
    detail = json.dumps(change.detail(), separators=(",", ":"), ensure_ascii=False)
    entry = {"EventBusName": bus_arn, "Source": source, "DetailType": DETAIL_TYPE, "Detail": detail}
    size = entry_size_bytes(entry)
    if size > LIMIT_BYTES:
        raise ChangeTooLargeError(f"the event would have {size} bytes; EventBridge takes {LIMIT_BYTES}")
    return entry
