"""The newest known state of one subscription, as it stands on the profile item. Pure."""

from collections.abc import Mapping
from typing import Any

import attrs

from stripe_subscription_handler.events.event_types import Rank
from stripe_subscription_handler.events.subscription_items import SubscriptionItem
from stripe_subscription_handler.events.subscriptions import Subscription
from stripe_subscription_handler.value import Value

FIELDS = {
    "userId": "user_id",
    "customerId": "customer_id",
    "status": "status",
    "created": "created",
    "ended": "ended",
    "items": "items",
    "currentPeriodStart": "current_period_start",
    "currentPeriodEnd": "current_period_end",
    "latestPeriodStart": "latest_period_start",
    "trialEnd": "trial_end",
    "cancelAt": "cancel_at",
    "canceledAt": "canceled_at",
    "cancelAtPeriodEnd": "cancel_at_period_end",
    "pauseCollection": "pause_collection",
    "pauseResumesAt": "pause_resumes_at",
    "metadata": "metadata",
    "own": "own",
}
"""Stored field name → attribute of `Subscription`. The id is in the register's attribute name."""

ITEM_FIELDS = {
    "productId": "product_id",
    "priceId": "price_id",
    "lookupKey": "lookup_key",
    "quantity": "quantity",
    "metered": "metered",
    "currentPeriodEnd": "period_end",
}
"""Stored field name → attribute of `SubscriptionItem`."""

LOWEST_SECOND = "0000-00-00T00:00:00Z"


def subscription_version(subscription: Subscription, second: str, rank: Rank) -> str:
    """Version of a subscription's state: terminal first, then the second, then the rank inside it.

    Terminal beats every non-terminal event because Stripe may stamp an update a second after the deletion it
    preceded. A `created` is older than anything else, whatever its stamp: stamps of one action can invert.
    The event's id is left out on purpose: two updates of one second have the same version, and their order is
    settled by what they changed.
    """
    if rank is Rank.CREATED:
        return f"0 {LOWEST_SECOND} {int(rank)}"
    return f"{int(subscription.is_terminal)} {second} {int(rank)}"


@attrs.frozen(repr=False)
class Candidate(Value):
    """An `updated` event of a register's newest second: an edge from one state to another.

    Attributes:
        before: None where `previous_attributes` told nothing.
    """

    after: Subscription
    before: Subscription | None


@attrs.frozen(repr=False)
class Register(Value):
    """The newest known state of one subscription.

    Attributes:
        version: See `subscription_version`.
        second: When the state was reported, ISO-8601 UTC.
        subscription: The state; its `user_id` is the label, whoever the owner is.
        candidates: Event id → candidate; every `updated` event of the version's second, else empty.
    """

    version: str
    second: str
    subscription: Subscription
    candidates: Mapping[str, Candidate] = attrs.Factory(dict)

    def to_attribute(self) -> dict[str, Any]:
        """Return the DynamoDB map (plain Python values)."""
        attribute: dict[str, Any] = {
            "version": self.version,
            "second": self.second,
            "fields": _stored(self.subscription),
        }
        if self.candidates:
            attribute["candidates"] = {
                event_id: self._candidate_attribute(candidate)
                for event_id, candidate in self.candidates.items()
            }
        return attribute

    def _candidate_attribute(self, candidate: Candidate) -> dict[str, Any]:
        attribute: dict[str, Any] = {}
        after = _stored(candidate.after)
        if len(self.candidates) > 1:
            attribute["after"] = after
        if candidate.before is not None:
            before = _stored(candidate.before)
            attribute["before"] = {
                name: before.get(name) for name in FIELDS if before.get(name) != after.get(name)
            }
        return attribute

    @classmethod
    def from_attribute(cls, subscription_id: str, attribute: Mapping[str, Any]) -> "Register":
        fields = attribute["fields"]
        candidates = {}
        for event_id, stored in attribute.get("candidates", {}).items():
            after = stored.get("after", fields)
            before = _read(subscription_id, {**after, **stored["before"]}) if "before" in stored else None
            candidates[event_id] = Candidate(_read(subscription_id, after), before)
        subscription = _read(subscription_id, fields)
        return cls(attribute["version"], attribute["second"], subscription, candidates)


def _stored(subscription: Subscription) -> dict[str, Any]:
    stored = {name: getattr(subscription, field) for name, field in FIELDS.items()}
    stored["items"] = [_stored_item(item) for item in subscription.items]
    stored["metadata"] = dict(subscription.metadata)
    if subscription.latest_period_start == subscription.current_period_start:
        stored["latestPeriodStart"] = None
    return {name: value for name, value in stored.items() if value is not None and value not in ([], {})}


def _stored_item(item: SubscriptionItem) -> dict[str, Any]:
    values = ((name, getattr(item, field)) for name, field in ITEM_FIELDS.items())
    return {name: value for name, value in values if value is not None and value is not False}


def _read(subscription_id: str, stored: Mapping[str, Any]) -> Subscription:
    values: dict[str, Any] = {field: stored.get(name) for name, field in FIELDS.items()}
    values["items"] = tuple(_read_item(item) for item in stored.get("items") or ())
    values["metadata"] = tuple(sorted((stored.get("metadata") or {}).items()))
    if values["latest_period_start"] is None:
        values["latest_period_start"] = values["current_period_start"]
    return Subscription(id=subscription_id, **values)


def _read_item(stored: Mapping[str, Any]) -> SubscriptionItem:
    values: dict[str, Any] = {field: stored.get(name) for name, field in ITEM_FIELDS.items()}
    if values["quantity"] is not None:
        values["quantity"] = int(values["quantity"])  # DynamoDB's numbers come back as Decimal
    return SubscriptionItem(**values | {"metered": bool(values["metered"])})
