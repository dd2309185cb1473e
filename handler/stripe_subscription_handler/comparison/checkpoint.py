"""How far a comparison has got, as the walk sees it. A file or the sync table keeps it. Pure."""

import enum
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

UNREADABLE = ""
"""Stands for the user of a subscription that cannot be read; no user's id is empty."""


class Seen(enum.Enum):
    """Whose a subscription was in the first half, from where one user stands."""

    THEIRS = "theirs"
    ANOTHERS = "anothers"
    NOBODYS = "nobodys"

    @classmethod
    def of(cls, owner: str | None, user_id: str) -> "Seen":
        """Tell it from the owner: None where nobody can say, `UNREADABLE` where it cannot be read."""
        if owner is None or owner == UNREADABLE:
            return cls.NOBODYS
        return cls.THEIRS if owner == user_id else cls.ANOTHERS


Claim = tuple[str, str]
"""A user's id, and a subscription that the user's profile knows or shows."""


class Checkpoint(Protocol):
    """One walk's state, by name, and what its first half told of each subscription."""

    def read(self, name: str) -> Any:
        """A value of the state, if there is one."""

    def note(
        self,
        *,
        state: Mapping[str, Any],
        seen: Mapping[str, str | None] | None = None,
        reported: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Keep what a page told.

        `state` are values by name, `seen` is subscription id → user, and `reported` are the (subscription id,
        user id) of differences that were reported.
        """

    def seen(self, claims: Iterable[Claim]) -> dict[Claim, Seen]:
        """Whose these subscriptions were in the first half, as far as they were there."""

    def without_user(self, after: str) -> list[str]:
        """The next subscriptions, by id, of which nobody could say whose they are."""

    def was_reported(self, subscription_id: str, user_id: str) -> bool: ...
