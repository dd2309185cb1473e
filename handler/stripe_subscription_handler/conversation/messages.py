"""What a handling asks of the world, and what it is answered. Pure types; `store` and the tests answer.

Besides `Write` and `ReadItem` of `decisions`.
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
    """Read a customer's link item. Answered by `Links`.

    Attributes:
        customer_id: The customer.
    """

    customer_id: str


@attrs.frozen
class WriteLink:
    """Write an owner link by itself. Answered by `Written`, also when the link was there already.

    Attributes:
        link: The link.
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
        customer_id: The customer it waits for.
        subscription_id: Parked only while this subscription has no owner; None: in any case.
        unless_users: Whether it is parked only while the customer has no user at all.
        event_id: The event.
    """

    customer_id: str
    subscription_id: str | None
    unless_users: bool
    event_id: str


@attrs.frozen
class ReadParked:
    """Read a customer's parked events. Answered by `Parked`.

    Attributes:
        customer_id: The customer.
    """

    customer_id: str


@attrs.frozen
class Unpark:
    """Forget a parked event: it has been applied. Answered by `Written`.

    Attributes:
        customer_id: The customer.
        event_id: The event.
        expired: It was not applied, its content is gone; only its id is forgotten.
    """

    customer_id: str
    event_id: str
    expired: bool = False


@attrs.frozen
class FetchSubscription:
    """Ask Stripe for a subscription. Answered by `Fetched`.

    Attributes:
        subscription_id: The subscription.
        not_before: The answer must include everything up to the end of this second, ISO-8601 UTC; None where
            any state will do.
        account: The connected account, for Connect events.
    """

    subscription_id: str
    not_before: str | None
    account: str | None = None


@attrs.frozen
class FetchInvoice:
    """Ask Stripe for an invoice. Answered by `FetchedInvoice`.

    Attributes:
        invoice_id: The invoice.
        not_before: The answer must include everything up to the end of this second, ISO-8601 UTC.
        account: The connected account, for Connect events.
    """

    invoice_id: str
    not_before: str
    account: str | None = None


@attrs.frozen
class FetchCustomerUser:
    """Ask Stripe which user the customer's metadata names. Answered by `CustomerUser`.

    Attributes:
        customer_id: The customer.
        account: The connected account, for Connect events.
    """

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
    """An item as it is now: what `ReadItem` asked for, or what a write's condition does not hold of.

    Attributes:
        item: The item, None where there is none.
    """

    item: Mapping[str, Any] | None


@attrs.frozen
class Blocked:
    """The write was refused only because events are parked for the link's customer."""


@attrs.frozen
class Links:
    """A customer's link item, None where there is none."""

    item: Mapping[str, Any] | None


@attrs.frozen
class Parked:
    """A customer's parked events.

    Attributes:
        events: The events that could be read.
        expired: Ids whose events are gone: they waited too long.
    """

    events: tuple[StripeEvent, ...]
    expired: tuple[str, ...] = ()


@attrs.frozen
class Fetched:
    """A subscription from Stripe.

    Attributes:
        subscription: The subscription, None when Stripe has none with this id.
        as_of: It includes everything up to the end of this second, ISO-8601 UTC.
    """

    subscription: Subscription | None
    as_of: str


@attrs.frozen
class FetchedInvoice:
    """An invoice from Stripe.

    Attributes:
        invoice: The invoice, None when Stripe has none with this id.
        as_of: It includes everything up to the end of this second, ISO-8601 UTC.
    """

    invoice: Invoice | None
    as_of: str


@attrs.frozen
class CustomerUser:
    """The user a customer's metadata names, or None."""

    user_id: str | None


Answer = Written | ItemSeen | Blocked | Links | Parked | Fetched | FetchedInvoice | CustomerUser


@attrs.frozen
class Applied:
    """What one more event, or the same event in one more profile, came to on the way.

    Attributes:
        event_id: The event.
        user_id: Whose profile.
        reason: Why it was written or skipped: a `Reason`, or another word in the log of another version.
        changed: Names of the view's attributes it changed.
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
        reason: Why.
        user_id: Whose profile, where it matters.
        old_status: The view's subscription status before the write, where it is known.
        new_status: The same after it.
        drained: Parked events applied on the way.
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


Handling = Generator[Request, Answer, Outcome]
