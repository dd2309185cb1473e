"""Each live subscription of the user, from the registers that the handler keeps beside what it shows. Pure.

How registers are stored may change with any version; these classes stay. An item that was read without the
`stripeLedger…` attributes has no subscriptions here.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs

from stripe_subscription_handler.reading.values import (
    flag,
    mapping,
    mappings,
    moment,
    optional,
    required,
    text,
    texts,
    whole_number,
)

_LIVE = "stripeLedgerLive"
_REGISTER = "stripeLedgerSubscription_"


@attrs.frozen
class SubscriptionItem:
    """One item of a subscription: a plan, an add-on, seats.

    Attributes:
        quantity: None where the price is metered.
        period_end: The item's own, else the subscription's.
    """

    product_id: str | None
    price_id: str | None
    lookup_key: str | None
    quantity: int | None
    is_metered: bool
    period_end: datetime | None


@attrs.frozen
class LiveSubscription:
    """A subscription that has not ended, whether or not it gives access now.

    Attributes:
        status: Stripe's own word.
        items: In Stripe's order.
        trial_end: When the trial ends or ended.
        cancel_at: When Stripe will cancel, where such a time is set.
        canceled_at: When the cancellation was asked for.
        pause_collection: Stripe's word for what becomes of the invoices, while none is collected.
    """

    id: str
    customer_id: str
    status: str
    created: datetime
    items: tuple[SubscriptionItem, ...]
    period_start: datetime | None
    period_end: datetime | None
    trial_end: datetime | None
    cancel_at: datetime | None
    canceled_at: datetime | None
    cancel_at_period_end: bool
    pause_collection: str | None
    pause_resumes_at: datetime | None


def live_subscriptions(item: Mapping[str, Any], first: str | None) -> tuple[LiveSubscription, ...]:
    """Read them all: the one with the id `first`, then the others, the oldest first."""
    ids = optional(item, _LIVE, texts) or frozenset()
    found = [_subscription(one, item) for one in ids]
    return tuple(sorted(found, key=lambda one: (one.id != first, one.created, one.id)))


def _subscription(subscription_id: str, item: Mapping[str, Any]) -> LiveSubscription:
    name = f"{_REGISTER}{subscription_id}"
    fields = required(required(item, name, mapping), "fields", mapping, f"{name}.")
    path = f"{name}.fields."
    period_end = optional(fields, "currentPeriodEnd", moment, path)
    items = optional(fields, "items", mappings, path) or ()
    return LiveSubscription(
        id=subscription_id,
        customer_id=required(fields, "customerId", text, path),
        status=required(fields, "status", text, path),
        created=required(fields, "created", moment, path),
        items=tuple(_item(one, period_end, f"{path}items[{place}].") for place, one in enumerate(items)),
        period_start=optional(fields, "currentPeriodStart", moment, path),
        period_end=period_end,
        trial_end=optional(fields, "trialEnd", moment, path),
        cancel_at=optional(fields, "cancelAt", moment, path),
        canceled_at=optional(fields, "canceledAt", moment, path),
        cancel_at_period_end=optional(fields, "cancelAtPeriodEnd", flag, path) or False,
        pause_collection=optional(fields, "pauseCollection", text, path),
        pause_resumes_at=optional(fields, "pauseResumesAt", moment, path),
    )


def _item(source: Mapping[str, Any], period_end: datetime | None, path: str) -> SubscriptionItem:
    return SubscriptionItem(
        product_id=optional(source, "productId", text, path),
        price_id=optional(source, "priceId", text, path),
        lookup_key=optional(source, "lookupKey", text, path),
        quantity=optional(source, "quantity", whole_number, path),
        is_metered=optional(source, "metered", flag, path) or False,
        period_end=optional(source, "currentPeriodEnd", moment, path) or period_end,
    )
