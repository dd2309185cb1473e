"""What can be decided about an event: the words between `decide` and those who carry it out. Pure."""

import enum
from collections.abc import Mapping
from typing import Any

import attrs

from stripe_subscription_handler.decisions.conditions import Condition


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
    PARKED = "parked"
    UNMAPPED = "unmapped"
    CONNECT_ACCOUNT = "connect_account"
    UNHANDLED_TYPE = "unhandled_type"
    ONE_OFF_INVOICE = "one_off_invoice"
    PING = "ping"


@attrs.frozen
class OwnerLink:
    """Says that a customer's subscription belongs to a user.

    Attributes:
        version: Version of the event that says so.
    """

    customer_id: str
    subscription_id: str
    user_id: str
    version: str


@attrs.frozen
class Write:
    """One conditional write of one profile item, in plain Python values.

    Attributes:
        known: Subscription id to add to the item's known ids; None where `set` has them all.
        link: Owner link to write in the same transaction; None for a plain update.
        despite_parked: Whether the link is written although events are parked for its customer: they have
            been applied.
    """

    user_id: str
    set: Mapping[str, Any]
    remove: tuple[str, ...]
    known: str | None
    condition: Condition
    link: OwnerLink | None
    reason: Reason
    despite_parked: bool = False


@attrs.frozen
class Skip:
    """Nothing is to be written."""

    reason: Reason


@attrs.frozen
class FindOwner:
    """The event names no user: read the customer's owner links and decide again with `user_id`.

    Attributes:
        customer_id: None where the event names no customer.
        any_user: Whether a customer with exactly one user settles it. It does for subscription events; an
            invoice waits for its own subscription's owner.
    """

    customer_id: str | None
    subscription_id: str
    any_user: bool


@attrs.frozen
class ReadItem:
    """The user's item must be read before anything can be decided."""

    user_id: str


@attrs.frozen
class Refetch:
    """The events do not tell; Stripe must be asked for the subscription.

    Attributes:
        not_before: The answer must include everything up to the end of this second, ISO-8601 UTC.
    """

    subscription_id: str
    not_before: str


@attrs.frozen
class NoProfile:
    """The user has no profile item, and the policy says not to create one."""

    user_id: str


Decision = Write | Skip | FindOwner | ReadItem | Refetch | NoProfile
