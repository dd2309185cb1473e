"""What a user may use, and until when. Pure: no clock is asked."""

from collections.abc import Sequence
from typing import Any

import attrs

from stripe_handler_cli.lab.simulator.book import PaymentFact
from stripe_handler_cli.lab.simulator.calendar_time import DAY, HOUR, iso
from stripe_handler_cli.lab.simulator.state import Item
from stripe_handler_cli.lab.simulator.truth.sight import Sight

_NONE = frozenset({"incomplete", "incomplete_expired", "unpaid", "paused", "canceled"})
_RENEWS = frozenset({"active", "trialing", "past_due"})


@attrs.frozen
class Living:
    """A subscription that lives and is ours, with its newest payment."""

    sight: Sight
    payment: PaymentFact | None = None

    def until(self, item: Item) -> int | None:
        """The second until which an item gives access; None if it gives none."""
        state, settings = self.sight.state, self.sight.settings
        if state.status in _NONE:
            return None
        if self.sight.is_collection_paused and not settings.access_while_collection_paused:
            return None
        grace = settings.access_renewal_grace_hours * HOUR if state.status in _RENEWS else 0
        ends = [item.period_end + grace]
        if self.sight.cancel_at is not None:
            ends.append(self.sight.cancel_at)
        elif state.cancel_at_period_end:
            ends.append(item.period_end)
        if state.status == "past_due" and settings.access_past_due_days is not None:
            if settings.access_past_due_days == 0:
                return None
            ends.append(self._billed() + settings.access_past_due_days * DAY)
        return min(ends)

    def _billed(self) -> int:
        """When a period began last, or the newest invoice was made if its payment failed."""
        seconds = [item.period_start for item in self.sight.state.items]
        if self.payment is not None and self.payment.status == "failed":
            seconds.append(self.payment.invoice.created)
        return max(seconds)


def access_attributes(living: Sequence[Living], primary: Sight) -> dict[str, Any]:
    """The attributes that answer the app's question; `living` has the best subscription first."""
    if not living:
        is_canceled = primary.state.status == "canceled"
        ended = primary.state.ended_at if is_canceled else None
        return {"subscriptionAccessUntil": None if ended is None else iso(ended)}
    ends: list[int] = []
    products: dict[str, dict[str, Any]] = {}
    for one in living:
        for item in one.sight.state.items:
            until = one.until(item)
            if until is None:
                continue
            ends.append(until)
            product_id = one.sight.product(item)
            if product_id is not None:
                # The best subscription comes first, and its answer stays but for the time.
                entry = products.setdefault(product_id, _entry(one.sight, product_id))
                entry["accessUntil"] = max(entry.get("accessUntil", ""), iso(until))
    return {
        "subscriptionAccessUntil": iso(max(ends)) if ends else None,
        "subscriptionProducts": products or None,
    }


def _entry(sight: Sight, product_id: str) -> dict[str, Any]:
    item = sight.plan_item(product_id)
    entry = {
        "status": sight.state.status,
        "subscriptionId": sight.state.id,
        "priceId": item.price.id,
        "lookupKey": item.price.lookup_key if sight.version.has_prices else None,
        "quantity": item.quantity,
    }
    return {name: value for name, value in entry.items() if value is not None}
