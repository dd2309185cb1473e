"""What a conversation asks of the world, and what it is answered. Pure types; `store` and the tests answer.

`Write` and `ReadItem` of `decisions` are requests as well. `account` is the connected account, for Connect
events. An answer of Stripe's must include (`not_before`), or does include (`as_of`), everything up to the end
of that second, ISO-8601 UTC.
"""

from collections.abc import Generator, Mapping
from typing import Any

import attrs

from stripe_subscription_handler.decisions.decision import OwnerLink, ReadItem, Reason, Write
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.events.invoices import Invoice
from stripe_subscription_handler.events.subscriptions import Subscription


@attrs.frozen
class ReadLinks:
    """Read a customer's link item. Answered by `Links`."""

    customer_id: str


@attrs.frozen
class WriteLink:
    """Write an owner link by itself. Answered by `Written`, also when the link was there already.

    Attributes:
        moves: Whether a later version replaces an earlier owner; otherwise the first owner stays. Then it is
            answered by `Links` with the link item after it, or by `ItemSeen` with the item that has a version
            as new or newer.
    """

    link: OwnerLink
    moves: bool = False


@attrs.frozen
class Park:
    """Keep the event until somebody says whose it is. Answered by `Written` or `ItemSeen` with the link item.

    Attributes:
        subscription_id: It is parked only while this subscription has no owner; None: in any case.
        unless_users: Whether it is parked only while the customer has no user at all.
    """

    customer_id: str
    subscription_id: str | None
    unless_users: bool
    event_id: str


@attrs.frozen
class ReadParked:
    """Read a customer's parked events. Answered by `Parked`."""

    customer_id: str


@attrs.frozen
class Unpark:
    """Forget a parked event that has been applied. Answered by `Written`.

    Attributes:
        expired: The event was not applied: its content is gone, and only its id is forgotten.
    """

    customer_id: str
    event_id: str
    expired: bool = False


@attrs.frozen
class FetchSubscription:
    """Ask Stripe for a subscription; without `not_before` any state will do. Answered by `Fetched`."""

    subscription_id: str
    not_before: str | None
    account: str | None = None


@attrs.frozen
class FetchInvoice:
    """Ask Stripe for an invoice. Answered by `FetchedInvoice`."""

    invoice_id: str
    not_before: str
    account: str | None = None


@attrs.frozen
class FetchCustomerUser:
    """Ask Stripe which user the customer's metadata names. Answered by `CustomerUser`."""

    customer_id: str
    account: str | None = None


Request = (
    Write
    | ReadItem
    | ReadLinks
    | WriteLink
    | Park
    | ReadParked
    | Unpark
    | FetchSubscription
    | FetchInvoice
    | FetchCustomerUser
)


@attrs.frozen
class Written:
    """The write happened.

    Attributes:
        old: Old values of the attributes it changed, as far as they were returned.
    """

    old: Mapping[str, Any] = attrs.Factory(dict)


@attrs.frozen
class ItemSeen:
    """An item as it is now, if there is one: what was read, or what a write's condition does not hold of."""

    item: Mapping[str, Any] | None


@attrs.frozen
class Blocked:
    """The write was refused only because events are parked for the link's customer."""


@attrs.frozen
class Links:
    """A customer's link item, if there is one."""

    item: Mapping[str, Any] | None


@attrs.frozen
class Parked:
    """A customer's parked events.

    Attributes:
        expired: Ids whose events are gone: they waited too long.
    """

    events: tuple[StripeEvent, ...]
    expired: tuple[str, ...] = ()


@attrs.frozen
class Fetched:
    """A subscription from Stripe; None when Stripe has none with this id."""

    subscription: Subscription | None
    as_of: str


@attrs.frozen
class FetchedInvoice:
    """An invoice from Stripe; None when Stripe has none with this id."""

    invoice: Invoice | None
    as_of: str


@attrs.frozen
class CustomerUser:
    """The user a customer's metadata names, if it names one."""

    user_id: str | None


Answer = Written | ItemSeen | Blocked | Links | Parked | Fetched | FetchedInvoice | CustomerUser


@attrs.frozen
class Applied:
    """What one more event, or the same event in one more profile, came to on the way.

    Attributes:
        reason: Why it was written or skipped: a `Reason`, or another word in the log of another version.
    """

    event_id: str
    user_id: str
    reason: str
    changed: tuple[str, ...]


@attrs.frozen
class Outcome:
    """What became of an event.

    Attributes:
        applied: Whether the profile was written.
        user_id: Whose profile, where it matters.
        old_status: The view's subscription status before the write, where it is known.
        drained: How many parked events were applied on the way.
        changed: Names of the view's attributes the write changed, sorted. Names only: values may be personal.
        also_applied: Parked events applied on the way, and what the event did to the profile of the user a
            subscription was taken from.
    """

    applied: bool
    reason: Reason
    user_id: str | None = None
    old_status: str | None = None
    new_status: str | None = None
    drained: int = 0
    changed: tuple[str, ...] = ()
    also_applied: tuple[Applied, ...] = ()

    def of(self, event_id: str, user_id: str) -> Applied:
        """The same as a part of another event's outcome."""
        return Applied(event_id, user_id, self.reason, self.changed)

    def after_draining(self, others: tuple[Applied, ...]) -> "Outcome":
        """The same with what became of the parked events that were drained on the way."""
        events = {one.event_id for one in others}
        return attrs.evolve(self, drained=len(events), also_applied=others) if others else self


Handling = Generator[Request, Answer, Outcome]
