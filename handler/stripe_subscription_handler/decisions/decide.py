"""What one event does to its owner's profile item. Pure: events and items in, decisions out.

`decide(event)` answers without having seen the item: a write whose condition covers the common case exactly.
When the condition fails, DynamoDB returns the item, and `decide(event, item)` answers from it: skip, or
recompute the whole view and write on the condition that the ledger is still as it was seen.
"""

import enum
from collections.abc import Mapping
from typing import Any, Final

from stripe_subscription_handler.decisions.claims import Claim
from stripe_subscription_handler.decisions.decision import Decision, FindOwner, Reason, Refetch, Skip
from stripe_subscription_handler.decisions.ledger import NOTHING, Held
from stripe_subscription_handler.decisions.naming import claim_of
from stripe_subscription_handler.decisions.payment_change import PaymentChange
from stripe_subscription_handler.decisions.policy import ORDINARY, Circumstances
from stripe_subscription_handler.decisions.subscription_change import SubscriptionChange
from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.events.event_types import (
    CUSTOMER_DELETED,
    INVOICE_EVENTS,
    SUBSCRIPTION_EVENTS,
)


class Unread(enum.Enum):
    """Marks what was not read, as opposed to None: what does not exist."""

    UNREAD = enum.auto()


UNREAD: Final = Unread.UNREAD


def decide(
    event: StripeEvent,
    item: Mapping[str, Any] | Unread | None = UNREAD,
    *,
    user_id: str | None = None,
    circumstances: Circumstances = ORDINARY,
) -> Decision:
    """Decide what an event does to a user's profile item.

    `item` is the item as DynamoDB returned it (plain Python values), None if there is no item, or `UNREAD`.
    It is the item of `user_id`, who owns the subscription, or else of the user the event names. Whether that
    is the owner, the customer's links say; see `conversation.handling`.

    Returns:
        A write; a skip with its reason; or what must be known first.

    Raises:
        InvalidEventError: The event names no user id by `user_id_pattern`, or has no object.

    Source: docs/semantics.md.
    """
    if event.related_id is not None:
        return Refetch(event.related_id, event.created)
    nothing = nothing_to_do(event)
    if nothing is not None:
        return nothing
    claim = claim_of(event, circumstances.policy)
    owner = user_id or (claim.user_id if claim else None)
    if owner is None or (event.subscription is None and event.invoice is None):
        return FindOwner(event.customer_id, event.subscription_id or "")
    return for_owner(event, item, owner, claim, NOTHING, circumstances)


def nothing_to_do(event: StripeEvent) -> Skip | None:  # noqa: PLR0911 - a table of kinds
    """Say why an event changes no profile and no owner, whatever they are; None if it may change some.

    Raises:
        InvalidEventError: The event's type has an object, and the event has none.
    """
    if event.invoice is not None:
        if event.subscription_id is None:
            return Skip(Reason.ONE_OFF_INVOICE)
        return Skip(Reason.NOTHING_DUE) if event.invoice.asks_for_nothing else None
    if event.session is not None:
        is_claim = None not in {event.session.user_id, event.session.subscription_id, event.customer_id}
        return None if is_claim else Skip(Reason.NOTHING_CLAIMED)
    if event.customer is not None:
        # One that was fetched may have named somebody when the same event was handled before.
        is_claim = event.user_id is not None or event.as_of is not None
        is_deletion = event.plain_type == CUSTOMER_DELETED
        return None if is_claim or is_deletion else Skip(Reason.NOTHING_CLAIMED)
    if event.subscription is not None or event.entitlements is not None:
        return None
    if event.type in SUBSCRIPTION_EVENTS or event.type in INVOICE_EVENTS:
        raise InvalidEventError("event.data.object", "is missing")
    if event.is_generation_failure:
        return Skip(Reason.NOT_TOLD)  # unless it is fetched; see `conversation.catching_up`
    return Skip(Reason.PING if event.is_ping else Reason.UNHANDLED_TYPE)


def for_owner(
    event: StripeEvent,
    item: Mapping[str, Any] | Unread | None,
    owner: str,
    claim: Claim | None,
    brought: Held,
    circumstances: Circumstances,
) -> Decision:
    """Decide what a subscription or invoice event does to its owner's item.

    `claim` is why the subscription is the owner's, where that is to be written down. `brought` is what
    another item held of the subscription.
    """
    rest = owner, claim, brought, circumstances
    change: SubscriptionChange | PaymentChange
    if event.subscription is not None:
        change = SubscriptionChange.of(event, event.subscription, *rest)
    elif event.invoice is not None:
        change = PaymentChange.of(event, event.invoice, *rest)
    else:
        raise InvalidEventError("event.data.object", "is missing")
    return change.blind() if isinstance(item, Unread) else change.with_item(item)
