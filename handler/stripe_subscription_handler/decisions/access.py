"""Until when a user may use what. Pure: a function of the subscriptions and of settings, never of a clock."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import attrs

from stripe_subscription_handler.decisions.payments import Payment
from stripe_subscription_handler.decisions.ranking import plan_item, primary_key
from stripe_subscription_handler.decisions.view_settings import ViewSettings
from stripe_subscription_handler.events.subscription_items import SubscriptionItem
from stripe_subscription_handler.events.subscriptions import Subscription
from stripe_subscription_handler.value import Value

FOR_EVER = "9999-12-31T23:59:59Z"
"""What is said where the object names no end of a period."""
ACCESS_UNTIL = "subscriptionAccessUntil"
PRODUCTS = "subscriptionProducts"
ACCESS_VIEW = (ACCESS_UNTIL, PRODUCTS)
_GOES_ON = frozenset({"active", "trialing", "past_due"})
"""A renewal follows the period's end, so its event is waited for."""
_GIVES_NOTHING = frozenset({"incomplete", "unpaid", "paused", "canceled", "incomplete_expired"})


@attrs.frozen(repr=False)
class Access(Value):
    """A subscription that lives and is ours, and its newest payment."""

    subscription: Subscription
    payment: Payment | None = None

    def until(self, item: SubscriptionItem, shows: ViewSettings) -> str | None:
        """Until when an item gives access, ISO-8601 UTC; None if it gives none.

        Source: https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses, and
        https://docs.stripe.com/billing/subscriptions/pause-payment: a customer keeps the service.
        """
        subscription = self.subscription
        if subscription.status in _GIVES_NOTHING:
            return None
        if subscription.pause_collection is not None and not shows.access_while_collection_paused:
            return None
        end = item.period_end or subscription.current_period_end
        cancel = subscription.cancel_at or (end if subscription.cancel_at_period_end else None)
        grace = shows.access_renewal_grace_hours if subscription.status in _GOES_ON else 0
        limits = [cancel, later(end, hours=grace) if end else FOR_EVER]
        if subscription.status == "past_due" and shows.access_past_due_days is not None:
            if not shows.limits_past_due:
                return None
            limits.append(later(self._last_billed(), days=shows.access_past_due_days))
        return min(limit for limit in limits if limit is not None)

    def _last_billed(self) -> str:
        """When a period began last, or the newest failed invoice was made."""
        failed = self.payment.invoice_created if self.payment and self.payment.has_failed else None
        times = (self.subscription.latest_period_start, failed)
        return max((time for time in times if time is not None), default=self.subscription.created)


def later(time: str, *, days: int = 0, hours: int = 0) -> str:
    """Add to a time, ISO-8601 UTC, not beyond the year 9999."""
    try:
        moment = datetime.fromisoformat(time) + timedelta(days=days, hours=hours)
    except OverflowError:
        return FOR_EVER
    return moment.replace(tzinfo=None).isoformat() + "Z"


def access_view(living: Sequence[Access], shown: Subscription | None, shows: ViewSettings) -> dict[str, Any]:
    """The attributes that answer what the user may do; None stands for "not on the item".

    `shown` is the primary subscription. Where none lives, it tells since when there is nothing any more.
    """
    products: dict[str, Any] = {}
    latest: str | None = None
    for access in sorted(living, key=lambda one: primary_key(one.subscription, shows), reverse=True):
        given = [(item, until) for item in access.subscription.items if (until := access.until(item, shows))]
        for item, until in given:
            latest = max(latest or until, until)
            if item.product_id is None:
                continue
            if item.product_id not in products:
                same = [one for one, _ in given if one.product_id == item.product_id]
                products[item.product_id] = _product(access.subscription, same, until, shows)
            entry = products[item.product_id]
            entry["accessUntil"] = max(entry["accessUntil"], until)
    if not living and shown is not None and shown.status == "canceled":
        latest = shown.ended
    return {ACCESS_UNTIL: latest, PRODUCTS: products or None}


def _product(
    subscription: Subscription, items: list[SubscriptionItem], until: str, shows: ViewSettings
) -> dict[str, Any]:
    item = plan_item(items, shows) or items[0]
    values = {
        "accessUntil": until,
        "status": subscription.status,
        "subscriptionId": subscription.id,
        "priceId": item.price_id,
        "lookupKey": item.lookup_key,
        "quantity": item.quantity,
    }
    return {name: value for name, value in values.items() if value is not None}
