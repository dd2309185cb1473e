"""What can be decided about an event: the words between `decide` and those who carry it out. Pure."""

import enum
from collections.abc import Mapping
from typing import Any

import attrs

from stripe_subscription_handler.decisions.conditions import Condition, Path
from stripe_subscription_handler.value import Value


class Reason(enum.StrEnum):
    """Why an event was written or skipped; the `reason` of the log line."""

    FIRST_EVENT = "first_event"
    PRIMARY = "primary"
    RECOMPUTED = "recomputed"
    TIE_SETTLED = "tie_settled"
    REFETCHED = "refetched"
    LINKED = "linked"
    DUPLICATE = "duplicate"
    STALE = "stale"
    CLOSED = "closed"
    CLAIMED = "claimed"
    MOVED = "moved"
    ENTITLED = "entitled"
    NO_OWNER = "no_owner"
    SEVERAL_OWNERS = "several_owners"
    NO_PROFILE = "no_profile"
    NOTHING_CLAIMED = "nothing_claimed"
    OUTRANKED = "outranked"
    PARKED = "parked"
    UNMAPPED = "unmapped"
    CONNECT_ACCOUNT = "connect_account"
    UNHANDLED_TYPE = "unhandled_type"
    ONE_OFF_INVOICE = "one_off_invoice"
    NOTHING_DUE = "nothing_due"
    FILTERED = "filtered"
    FORGOTTEN = "forgotten"
    CUSTOMER_DELETED = "customer_deleted"
    PING = "ping"
    NOT_TOLD = "not_told"
    UNHANDLED_OBJECT = "unhandled_object"
    GONE = "gone"


@attrs.frozen(eq=False, repr=False)
class Write(Value):
    """One conditional write of one profile item, in plain Python values.

    Every write also gives the ledger a new revision. One that sets and removes nothing only asks whether its
    condition holds.

    Attributes:
        enters: Whether the item holds nothing of the subscription before it. Then the write goes into one
            transaction with the owner link.
        parts: (attribute, name in its map) → what is set there; the condition asks that the map is there.
    """

    user_id: str
    set: Mapping[str, Any]
    remove: tuple[str, ...]
    condition: Condition
    reason: Reason
    enters: bool = False
    parts: Mapping[Path, Any] = attrs.Factory(dict)

    @property
    def only_checks(self) -> bool:
        return not self.set and not self.remove and not self.parts


@attrs.frozen(eq=False, repr=False)
class Skip(Value):
    """Nothing is to be written."""

    reason: Reason


@attrs.frozen(eq=False, repr=False)
class FindOwner(Value):
    """The event names no user: the customer's links must say whose the subscription is.

    Attributes:
        customer_id: None where the event names no customer.
    """

    customer_id: str | None
    subscription_id: str


@attrs.frozen(eq=False, repr=False)
class ReadItem(Value):
    """The user's item must be read before anything can be decided."""

    user_id: str


@attrs.frozen(eq=False, repr=False)
class Refetch(Value):
    """The events do not tell; Stripe must be asked for the subscription.

    Attributes:
        not_before: The answer must include everything up to the end of this second, ISO-8601 UTC.
    """

    subscription_id: str
    not_before: str


@attrs.frozen(eq=False, repr=False)
class NoProfile(Value):
    """The user has no profile item, and the policy says not to create one."""

    user_id: str


Decision = Write | Skip | FindOwner | ReadItem | Refetch | NoProfile
