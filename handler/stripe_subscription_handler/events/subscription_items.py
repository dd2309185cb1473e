"""The items of a Stripe subscription of any API version: what it sells. Pure."""

from collections.abc import Mapping
from typing import Any

import attrs

from stripe_subscription_handler.events.fields import (
    objects_in_list,
    optional_boolean,
    optional_id,
    optional_integer,
    optional_object,
    optional_text,
    optional_time,
)
from stripe_subscription_handler.value import Value

_METERED = "metered"


@attrs.frozen(repr=False)
class SubscriptionItem(Value):
    """What this library keeps of a subscription's item.

    Attributes:
        product_id: Product of its price or plan.
        price_id: Its price, else its plan.
        lookup_key: The price's.
        quantity: None for metered prices.
        metered: Whether it bills by what was used.
        period_end: End of its own period, ISO-8601 UTC; None where the subscription's counts.
    """

    product_id: str | None = None
    price_id: str | None = None
    lookup_key: str | None = None
    quantity: int | None = None
    metered: bool = False
    period_end: str | None = None


@attrs.frozen(repr=False)
class Periods(Value):
    """Periods of a subscription, ISO-8601 UTC.

    Attributes:
        start: Start of the period that `end` ends.
        end: The subscription's own, else the latest over its items (2025-03-31.basil on).
        latest_start: The latest over its items, else the subscription's own.
    """

    start: str | None
    end: str | None
    latest_start: str | None


def read_items(source: Mapping[str, Any], path: str) -> tuple[tuple[SubscriptionItem, ...], Periods, bool]:
    """Read what a subscription, which stands at `path`, sells, for which periods, and whether that is all.

    A deleted item is no item. The shapes before 2014 have no list of items but one plan. An item's period is
    kept where it ends at another time than the subscription's.

    Raises:
        InvalidEventError: A field has the wrong type.

    Source: https://docs.stripe.com/api/subscription_items/object
    `items.has_more` can be true since 2026-08-26.
    """
    container = optional_object(source, "items", path) or {}
    has_more = optional_boolean(container, "has_more", f"{path}.items") or False
    listed = [
        (one, f"{path}.items.data[{index}]")
        for index, one in enumerate(objects_in_list(source, "items", path))
    ]
    present = [(one, where) for one, where in listed if not optional_boolean(one, "deleted", where)]
    times = [
        (optional_time(one, "current_period_start", where), optional_time(one, "current_period_end", where))
        for one, where in present
    ]
    own = (
        optional_time(source, "current_period_start", path),
        optional_time(source, "current_period_end", path),
    )
    periods = _periods(own, times)
    items = tuple(
        _read_item(one, where, None if end == periods.end else end)
        for (one, where), (_, end) in zip(present, times, strict=True)
    )
    if not listed:
        items = (_read_item(source, path, None),)
    elif len(items) == 1:
        items = (_completed(items[0], source, path),)
    return items, periods, has_more


def _periods(own: tuple[str | None, str | None], of_items: list[tuple[str | None, str | None]]) -> Periods:
    start, end = own
    if end is None:
        start = None
        for item_start, item_end in of_items:
            if item_end is not None and (end is None or item_end > end):
                start, end = item_start, item_end
    starts = [item_start for item_start, _ in of_items if item_start is not None]
    return Periods(start, end, max(starts, default=start))


def _read_item(source: Mapping[str, Any], path: str, period_end: str | None) -> SubscriptionItem:
    for key in ("price", "plan"):
        price_id = optional_id(source, key, path)
        if price_id is None:
            continue
        details = source[key] if isinstance(source[key], dict) else {}
        where = f"{path}.{key}"
        recurring = optional_object(details, "recurring", where) or {}
        usage = optional_text(recurring, "usage_type", f"{where}.recurring") or optional_text(
            details, "usage_type", where
        )
        return SubscriptionItem(
            product_id=optional_id(details, "product", where),
            price_id=price_id,
            lookup_key=optional_text(details, "lookup_key", where) or None,
            quantity=optional_integer(source, "quantity", path),
            metered=usage == _METERED,
            period_end=period_end,
        )
    return SubscriptionItem(quantity=optional_integer(source, "quantity", path), period_end=period_end)


def _completed(item: SubscriptionItem, source: Mapping[str, Any], path: str) -> SubscriptionItem:
    """Give the only item what only the subscription tells: the shapes until 2018 have its plan there."""
    if item.price_id is not None and item.quantity is not None:
        return item
    whole = _read_item(source, path, item.period_end)
    if item.price_id is None:
        item = attrs.evolve(whole, quantity=item.quantity)
    return item if item.quantity is not None else attrs.evolve(item, quantity=whole.quantity)
