"""What one event does to one user's profile item. Pure: events and items in, decisions out.

`decide(event)` answers without having seen the item: a write whose condition covers the common case exactly.
When the condition fails, DynamoDB returns the item, and `decide(event, item)` answers from it: skip, or
recompute the whole view and write on the condition that the whole ledger is still as it was seen.
"""

import enum
from collections.abc import Mapping
from typing import Any, Final

from stripe_subscription_handler.decisions.decision import Decision, FindOwner, Reason, Refetch, Skip
from stripe_subscription_handler.decisions.payment_change import PaymentChange
from stripe_subscription_handler.decisions.policy import ORDINARY, Circumstances
from stripe_subscription_handler.decisions.subscription_change import SubscriptionChange
from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.events.event_types import INVOICE_EVENTS, SUBSCRIPTION_EVENTS


class Unread(enum.Enum):
    """Marks an item that was not read, as opposed to None: an item that does not exist."""

    UNREAD = enum.auto()


UNREAD: Final = Unread.UNREAD


def decide(  # noqa: PLR0911 - one return per kind of event
    event: StripeEvent,
    item: Mapping[str, Any] | Unread | None = UNREAD,
    *,
    user_id: str | None = None,
    circumstances: Circumstances = ORDINARY,
) -> Decision:
    """Decide what an event does to a user's profile item.

    `item` is the item as DynamoDB returned it (plain Python values), None if there is no item, or `UNREAD`.
    It is the item of `user_id`, or else of the user the event names.

    Returns:
        A write; a skip with its reason; or what must be known first.

    Source: docs/semantics.md.
    """
    owner = user_id or event.user_id
    if event.related_id is not None:
        return Refetch(event.related_id, event.created)
    if event.subscription is not None:
        if owner is None:
            return FindOwner(event.subscription.customer_id, event.subscription.id, any_user=True)
        change = SubscriptionChange.of(event, event.subscription, owner, circumstances)
        return change.blind() if item is UNREAD else change.with_item(item)
    if event.invoice is not None:
        subscription_id = event.invoice.subscription_id
        if subscription_id is None:
            return Skip(Reason.ONE_OFF_INVOICE)
        if owner is None:
            return FindOwner(event.invoice.customer_id, subscription_id, any_user=False)
        payment = PaymentChange.of(event, event.invoice, subscription_id, owner, circumstances.policy)
        return payment.blind() if item is UNREAD else payment.with_item(item)
    if event.type in SUBSCRIPTION_EVENTS or event.type in INVOICE_EVENTS:
        raise InvalidEventError("event.data.object", "is missing")
    return Skip(Reason.PING if event.is_ping else Reason.UNHANDLED_TYPE)
