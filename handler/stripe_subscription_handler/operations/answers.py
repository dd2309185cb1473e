"""What the operation `sync` answers: a profile and what was done, or why there is nothing to show. Pure.

An answer about one user holds nothing of another: of what was found on the way, only what is about the user's
own profile is told.
"""

from collections.abc import Iterable
from typing import Any, Literal

import attrs

from stripe_subscription_handler.comparison.differences import Difference
from stripe_subscription_handler.comparison.rehearsal import Item
from stripe_subscription_handler.reading.as_json import contract_json

Code = Literal[
    "bad_argument",
    "no_key",
    "not_found",
    "not_a_subscription",
    "not_completed",
    "wrong_owner",
    "several_owners",
    "unmapped",
    "not_ours",
    "no_profile",
    "nothing_known",
    "no_subscriptions",
    "forgotten",
    "livemode_mismatch",
    "unreadable",
    "not_written",
    "stripe_unavailable",
]
"""Why there is no profile to show; docs/ask-now.md says what to do about each."""


@attrs.frozen
class Refusal:
    """There is nothing to show, and the caller can do something about it.

    Attributes:
        message: For people; it names no user, and nothing that was found.
        more: What else a program may want to know.
    """

    code: Code
    message: str
    more: dict[str, str] = attrs.Factory(dict)

    def as_json(self) -> dict[str, Any]:
        return {"ok": False, "error": {"code": self.code, "message": self.message, **self.more}}


@attrs.frozen
class Shown:
    """A user's profile as it is now.

    Attributes:
        item: The item; None where there is none.
        differences: What had differed, whoever's profile it is in.
        own_names: The reader's own attributes (`profile_attributes`).
    """

    user_id: str
    item: Item | None
    differences: tuple[Difference, ...]
    own_names: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """What the log calls this answer."""
        return "ok"

    @property
    def done(self) -> tuple[Difference, ...]:
        """What was put right in this user's profile."""
        return tuple(one for one in self._own() if one.repaired)

    @property
    def left(self) -> tuple[Difference, ...]:
        """What only a person can put right in it."""
        return tuple(one for one in self._own() if not one.repaired)

    def _own(self) -> Iterable[Difference]:
        return (one for one in self.differences if one.user_id == self.user_id)

    def as_json(self) -> dict[str, Any]:
        return {
            "ok": True,
            "userId": self.user_id,
            "profile": None if self.item is None else contract_json(self.item, self.own_names),
            "done": [_told(one) for one in self.done],
            "left": [_told(one) for one in self.left],
        }


def changed_names(differences: Iterable[Difference]) -> list[str]:
    """Names of what the differences are about, sorted; never a value."""
    return sorted({field.name for one in differences for field in one.fields})


def _told(one: Difference) -> dict[str, Any]:
    return {
        "what": str(one.kind),
        "subscriptionId": one.subscription_id,
        "changed": changed_names([one]),
        **({"note": one.note} if one.note else {}),
    }
