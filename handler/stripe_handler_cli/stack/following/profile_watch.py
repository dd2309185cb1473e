"""Whose profile an event may change, and what changed in it between two reads. Reads profiles."""

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from stripe_handler_cli.stack.event_rows import changed
from stripe_handler_cli.stack.following.outcome import Changes
from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.events.envelope import parse_event


def named_user(event: Mapping[str, Any], metadata_key: str) -> str | None:
    """The user an event names; None where it names none, or cannot be read."""
    try:
        return parse_event(event, user_id_metadata_key=metadata_key).user_id
    except InvalidEventError:
        return None


@attrs.frozen
class ProfileWatch:
    """Profiles as they were last seen.

    Attributes:
        read: Reads a user's profile item; empty when there is none.
    """

    read: Callable[[str], Mapping[str, Any]]
    _seen: dict[str, Mapping[str, Any]] = attrs.Factory(dict)

    def remember(self, user_id: str | None) -> None:
        """Remember a user's profile as it is now, to compare with later."""
        if user_id is not None:
            self._seen[user_id] = self.read(user_id)

    def changes(self, user_id: str | None) -> Changes | None:
        """What changed since then, and remember what is there now; None where nothing was remembered."""
        if user_id is None:
            return {}
        before = self._seen.get(user_id)
        self.remember(user_id)
        return None if before is None else changed(before, self._seen[user_id])
