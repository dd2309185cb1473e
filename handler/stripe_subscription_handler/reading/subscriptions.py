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
    optional,
    required,
    text,
    texts,
    unix_time,
    whole_number,
)

_LIVE = "stripeLedgerLive"
_SUBSCRIPTION = "stripeLedger_"


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
    name = f"{_SUBSCRIPTION}{subscription_id}"
    register = required(required(item, name, mapping), "r", mapping, f"{name}.")
    path = f"{name}.r."
    period_end = optional(register, "e", unix_time, path)
    items = optional(register, "i", mappings, path) or ()
    return LiveSubscription(
        id=subscription_id,
        customer_id=required(register, "c", text, path),
        status=required(register, "s", text, path),
        created=required(register, "b", unix_time, path),
        items=tuple(_item(one, period_end, f"{path}i[{place}].") for place, one in enumerate(items)),
        period_start=optional(register, "f", unix_time, path),
        period_end=period_end,
        trial_end=optional(register, "te", unix_time, path),
        cancel_at=optional(register, "ca", unix_time, path),
        canceled_at=optional(register, "cd", unix_time, path),
        cancel_at_period_end=optional(register, "ce", flag, path) or False,
        pause_collection=optional(register, "pc", text, path),
        pause_resumes_at=optional(register, "pr", unix_time, path),
    )


def _item(source: Mapping[str, Any], period_end: datetime | None, path: str) -> SubscriptionItem:
    return SubscriptionItem(
        product_id=optional(source, "p", text, path),
        price_id=optional(source, "r", text, path),
        lookup_key=optional(source, "k", text, path),
        quantity=optional(source, "q", whole_number, path),
        is_metered=optional(source, "m", flag, path) or False,
        period_end=optional(source, "e", unix_time, path) or period_end,
    )
