"""Which changes go into the next request, so that each user's are told in their order. Pure.

EventBridge answers for each entry of a request: it can take the second and refuse the first. So a request
holds one change of a user at most, that user's oldest; the next one waits until this one is taken.
"""

from collections.abc import Iterable

import attrs

from stripe_subscription_handler.profile_events.changes import ProfileChange
from stripe_subscription_handler.put_events import LIMIT_BYTES, LIMIT_ENTRIES, entry_size_bytes


@attrs.frozen
class Pending:
    """A change that is yet to be put, and its entry."""

    change: ProfileChange
    entry: dict[str, str] = attrs.field(repr=False)


def next_request(pending: Iterable[Pending]) -> list[Pending]:
    """The oldest change of each of the first users, as many as EventBridge takes in one request.

    Args:
        pending: In the order of the stream.
    """
    request: list[Pending] = []
    users: set[str] = set()
    size = 0
    for one in pending:
        if one.change.user_id in users:
            continue
        users.add(one.change.user_id)
        size += entry_size_bytes(one.entry)
        if request and size > LIMIT_BYTES:
            break
        request.append(one)
        if len(request) == LIMIT_ENTRIES:
            break
    return request
