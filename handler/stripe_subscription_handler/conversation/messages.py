"""What a conversation asks of the world, and what it is answered. Pure types; `store` and the tests answer.

`Write` and `ReadItem` of `decisions` are requests as well. `account` is the connected account, for Connect
events. An answer of Stripe's must include (`not_before`), or does include (`as_of`), everything up to the end
of that second, ISO-8601 UTC.
"""

import enum
from collections.abc import Generator, Mapping
from typing import Any, Literal

import attrs

from stripe_subscription_handler.conversation.links import Customer, Link
from stripe_subscription_handler.decisions.claims import Claim
from stripe_subscription_handler.decisions.conditions import Condition
from stripe_subscription_handler.decisions.decision import ReadItem, Reason, Write
from stripe_subscription_handler.decisions.entitlements import Entitlements
from stripe_subscription_handler.decisions.ledger import Held
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.events.event_types import Subject
from stripe_subscription_handler.events.missed import Missed
from stripe_subscription_handler.events.objects import StripeObject
from stripe_subscription_handler.value import Value

Item = Mapping[str, Any]


@attrs.frozen(eq=False, repr=False)
class ReadLink(Value):
    """Read a customer's record and the link of one subscription. Answered by `Links` with that link."""

    customer_id: str
    subscription_id: str


@attrs.frozen(eq=False, repr=False)
class ReadLinks(Value):
    """Read a customer's record and all links of its subscriptions. Answered by `Links`."""

    customer_id: str


@attrs.frozen(eq=False, repr=False)
class ReadParked(Value):
    """Read the same, and the customer's parked events. Answered by `Parked`."""

    customer_id: str


@attrs.frozen(eq=False, repr=False)
class LinkChange(Value):
    """A subscription's link, if it is still as it was seen.

    Attributes:
        seen: None where there was none.
        to: What it becomes; None: it only has to be as it was seen.
        forgets: Whether nothing but a mark is left of it.
    """

    subscription_id: str
    seen: Link | None
    to: Link | None = None
    forgets: bool = False


class Guard(enum.Enum):
    """What must hold of a customer's record.

    Whoever changes an owner asks that no summary of entitlements is recorded, or knows it: whose it is may
    change with the owner.
    """

    NOTHING_KEPT = enum.auto()
    """Nothing is parked, and no summary is recorded."""
    NO_SUMMARY = enum.auto()
    AS_SEEN = enum.auto()
    NONE = enum.auto()


@attrs.frozen(eq=False, repr=False)
class CustomerChange(Value):
    """A customer's record. What changes it gives it a new revision.

    Attributes:
        revision: The one that was seen, for `Guard.AS_SEEN`.
        claim: What its metadata claims now; None leaves that as it is.
        entitlements: The newest summary, and whose item shows it now; None leaves that as it is.
        parks: An event that waits from now on.
        unparks: Events that do not wait any longer.
        only_checks: Whether nothing is changed.
        forgets: What `Customer.forgotten` is from now on; what the record has of that goes.
        deleted: When Stripe deleted the customer; None leaves that as it is.
    """

    guard: Guard
    revision: str | None = None
    claim: Claim | None = None
    entitlements: Entitlements | None = None
    parks: str | None = None
    unparks: frozenset[str] = frozenset()
    only_checks: bool = False
    forgets: str | None = None
    deleted: str | None = None


@attrs.frozen(eq=False, repr=False)
class Moved(Value):
    """What a subscription leaves behind for a user who has no profile yet.

    Attributes:
        id: It goes by this among the parked events.
        created: When it was parked, by the event that moved it; ISO-8601 UTC.
    """

    id: str
    created: str
    customer_id: str
    subscription_id: str
    held: Held


@attrs.frozen(eq=False, repr=False)
class Commit(Value):
    """One transaction: profiles, a subscription's link, its customer's record, a parked event.

    Answered by `Written`, or by `Refused` with what was found instead.

    Attributes:
        absent: A user who must have no profile.
        parks: What is kept until somebody says whose it is: the event of the conversation, or this.
        unparks: The id of a parked event that is done with.
        reason: Why, for the log.
        user_id: Whose the subscription is or is going to be, where no profile is written; for the log.
    """

    customer_id: str
    writes: tuple[Write, ...] = ()
    link: LinkChange | None = None
    customer: CustomerChange | None = None
    absent: str | None = None
    parks: StripeEvent | Moved | None = None
    unparks: str | None = None
    reason: Reason = Reason.RECOMPUTED
    user_id: str | None = None


@attrs.frozen(eq=False, repr=False)
class Delete(Value):
    """Take a profile item away on which nothing of the app's is left, where its condition holds.

    Answered by `Written`, or by `ItemSeen` with the item as it is. What somebody else has put on it since it
    was read is put back.

    Attributes:
        ours: Names of the attributes that were seen on it.
    """

    user_id: str
    ours: frozenset[str]
    condition: Condition


@attrs.frozen(eq=False, repr=False)
class Fetch(Value):
    """Ask Stripe for an object; without `not_before` any state will do. Answered by `Fetched`."""

    subject: Subject
    object_id: str
    not_before: str | None = None
    account: str | None = None


@attrs.frozen(eq=False, repr=False)
class FetchEvent(Value):
    """Ask Stripe for an event by its id. Answered by `FetchedEvent`.

    Attributes:
        form: Stripe's word for what it is: a snapshot event or, with `v2`, a thin one.
        of_preview: Whether Stripe documents its type in previews of the API only.
    """

    form: Literal["event", "v2.core.event"]
    event_id: str
    account: str | None = None
    of_preview: bool = False


Request = Write | ReadItem | ReadLink | ReadLinks | ReadParked | Commit | Delete | Fetch | FetchEvent


@attrs.frozen(eq=False, repr=False)
class Written(Value):
    """The write happened.

    Attributes:
        revision: The new revision of all that it wrote.
        old: Old values of the attributes it changed, as far as they were returned.
    """

    revision: str
    old: Item = attrs.Factory(dict)


@attrs.frozen(eq=False, repr=False)
class ItemSeen(Value):
    """An item as it is now, if there is one: what was read, or what a write's condition does not hold of."""

    item: Item | None


@attrs.frozen(eq=False, repr=False)
class Refused(Value):
    """A transaction did not happen. What its conditions do not hold of, as it is now.

    Attributes:
        items: User id → profile item.
        links: Subscription id → link.
        customer: The customer's record, if that is among it.
        unparked: Whether the parked event was done with already.
        marks: Digests of the subscriptions that were forgotten.
    """

    items: Mapping[str, Item | None] = attrs.Factory(dict)
    links: Mapping[str, Link | None] = attrs.Factory(dict)
    customer: Customer | None = None
    unparked: bool = False
    marks: frozenset[str] = frozenset()


@attrs.frozen(eq=False, repr=False)
class Links(Value):
    """A customer's record, the links by subscription id, and digests of forgotten subscriptions."""

    customer: Customer
    links: Mapping[str, Link] = attrs.Factory(dict)
    marks: frozenset[str] = frozenset()


@attrs.frozen(eq=False, repr=False)
class Parked(Value):
    """The same with the customer's parked events, by id, and the ids of those that cannot be read."""

    customer: Customer
    links: Mapping[str, Link] = attrs.Factory(dict)
    events: Mapping[str, StripeEvent | Moved] = attrs.Factory(dict)
    marks: frozenset[str] = frozenset()
    unreadable: frozenset[str] = frozenset()


@attrs.frozen(eq=False, repr=False)
class Fetched(Value):
    """An object from Stripe; None when Stripe has none with this id."""

    object: StripeObject | None
    as_of: str


@attrs.frozen(eq=False, repr=False)
class FetchedEvent(Value):
    """An event from Stripe; None where Stripe has none with this id (any more), or does not show it to us."""

    event: StripeEvent | None


Answer = Written | ItemSeen | Refused | Links | Parked | Fetched | FetchedEvent


@attrs.frozen(eq=False, repr=False)
class Applied(Value):
    """What one more event, or the same event in one more profile, came to on the way.

    Attributes:
        reason: Why it was written or skipped: a `Reason`, or another word in the log of another version.
    """

    event_id: str
    user_id: str
    reason: str
    changed: tuple[str, ...]


@attrs.frozen(eq=False, repr=False)
class Outcome(Value):
    """What became of an event.

    Attributes:
        applied: Whether a profile, or whose something is, was written.
        user_id: Whose profile, where it matters.
        old_status: The view's subscription status before the write, where it is known.
        drained: How many parked events were applied on the way.
        changed: Names of the view's attributes the write changed, sorted. Names only: values may be personal.
        also_applied: Parked events applied on the way, and what the event did to the profile of the user a
            subscription was taken from.
        incomplete: Names of attributes that show only what the event tells, which is not all.
        missed: Of an event that says that Stripe failed to generate another: what that was, if Stripe told.
    """

    applied: bool
    reason: Reason
    user_id: str | None = None
    old_status: str | None = None
    new_status: str | None = None
    drained: int = 0
    changed: tuple[str, ...] = ()
    also_applied: tuple[Applied, ...] = ()
    incomplete: tuple[str, ...] = ()
    missed: Missed | None = None

    def of(self, event_id: str, user_id: str) -> Applied:
        """The same as a part of another event's outcome."""
        return Applied(event_id, user_id, self.reason, self.changed)

    def after(self, others: tuple[Applied, ...]) -> "Outcome":
        """The same with what else was applied on the way."""
        return attrs.evolve(self, also_applied=self.also_applied + others) if others else self

    def after_draining(self, others: tuple[Applied, ...]) -> "Outcome":
        """The same with the parked events that were applied on the way."""
        return attrs.evolve(self.after(others), drained=len({one.event_id for one in others}))


Handling = Generator[Request, Answer, Outcome]
