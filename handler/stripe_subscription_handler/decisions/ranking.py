"""Which item of a subscription is its plan, and which subscription of a user is the primary one. Pure."""

from collections.abc import Iterable
from typing import Any

from stripe_subscription_handler.decisions.view_settings import ViewSettings
from stripe_subscription_handler.events.subscription_items import SubscriptionItem
from stripe_subscription_handler.events.subscriptions import Subscription

STATUS_CLASSES = {
    "active": 4,
    "trialing": 4,
    "past_due": 4,
    "unpaid": 2,
    "paused": 2,
    "incomplete": 1,
    "canceled": 0,
    "incomplete_expired": 0,
}
"""The higher, the better. So the plan does not give way to an add-on while it is past due."""
UNKNOWN_STATUS_CLASS = 3
"""A word Stripe may invent: the user keeps what another subscription gives."""
_STATUS_RANKS = {"active": 3, "trialing": 2, "past_due": 1}
_PAUSED_RANK = 0


def plan_item(items: Iterable[SubscriptionItem], shows: ViewSettings) -> SubscriptionItem | None:
    """Find the plan: by its place in `plan_product_ids`, then licensed before metered, then the first."""
    return min(items, key=lambda item: (shows.place(item.product_id), item.metered), default=None)


def primary_key(subscription: Subscription, shows: ViewSettings) -> tuple[Any, ...]:
    """Sort key for "which subscription does the app see"; the highest wins.

    Among the living the creation stands near the end, never the current period's start, which would flip
    between two monthly subscriptions. Among the dead the end of their lives stands before all else.
    """
    plan = plan_item(subscription.items, shows)
    place = -shows.place(plan.product_id if plan else None)
    if subscription.is_terminal:
        end = subscription.ended or subscription.created
        return 0, subscription.status == "canceled", end, place, subscription.id
    return (
        STATUS_CLASSES.get(subscription.status, UNKNOWN_STATUS_CLASS),
        place > -len(shows.plan_product_ids),
        _status_rank(subscription),
        place,
        subscription.created,
        subscription.id,
    )


def _status_rank(subscription: Subscription) -> int:
    if subscription.pause_collection is not None and subscription.status in {"active", "trialing"}:
        return _PAUSED_RANK
    return _STATUS_RANKS.get(subscription.status, _PAUSED_RANK)
