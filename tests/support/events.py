"""Builders of raw Stripe events in today's shape, for tests that need many of them."""

from collections.abc import Sequence
from typing import Any

T0 = 1_763_800_000
"""2025-11-22T08:26:40Z."""


def subscription(**changes: Any) -> dict[str, Any]:
    """A Stripe subscription object; `price`, `quantity`, `user`, period and every field can be changed."""
    price = changes.pop("price", "price_basic")
    quantity = changes.pop("quantity", 1)
    start = changes.pop("period_start", T0)
    end = changes.pop("period_end", T0 + 2_592_000)
    user = changes.pop("user", "user_1")
    return {
        "id": "sub_1",
        "object": "subscription",
        "created": T0,
        "customer": "cus_1",
        "status": "active",
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "ended_at": None,
        "trial_end": None,
        "metadata": {} if user is None else {"userId": user},
        "items": {
            "object": "list",
            "data": [
                {
                    "id": "si_1",
                    "object": "subscription_item",
                    "price": {"id": price, "object": "price", "product": "prod_1"},
                    "quantity": quantity,
                    "current_period_start": start,
                    "current_period_end": end,
                }
            ],
        },
        **changes,
    }


def invoice(**changes: Any) -> dict[str, Any]:
    """A Stripe invoice object of a subscription; `sub` and `user` name what the parent tells."""
    user = changes.pop("user", "user_1")
    subscription_id = changes.pop("sub", "sub_1")
    details = {
        "subscription": subscription_id,
        "metadata": {} if user is None else {"userId": user},
    }
    return {
        "id": "in_1",
        "object": "invoice",
        "created": T0,
        "customer": "cus_1",
        "amount_due": 2000,
        "amount_paid": 2000,
        "currency": "usd",
        "attempt_count": 1,
        "next_payment_attempt": None,
        "status_transitions": {"paid_at": None},
        "parent": {"type": "subscription_details", "subscription_details": details},
        **changes,
    }


def session(**changes: Any) -> dict[str, Any]:
    """A completed Stripe checkout session; `sub` is what it made, and `user` stands in its metadata."""
    user = changes.pop("user", "user_1")
    return {
        "id": "cs_1",
        "object": "checkout.session",
        "client_reference_id": None,
        "created": T0,
        "customer": "cus_1",
        "metadata": {} if user is None else {"userId": user},
        "mode": "subscription",
        "status": "complete",
        "subscription": changes.pop("sub", "sub_1"),
        **changes,
    }


def customer(**changes: Any) -> dict[str, Any]:
    """A Stripe customer object; `user` stands in its metadata."""
    user = changes.pop("user", "user_1")
    return {
        "id": "cus_1",
        "object": "customer",
        "created": T0,
        "metadata": {} if user is None else {"userId": user},
        **changes,
    }


def summary(*keys: str, **changes: Any) -> dict[str, Any]:
    """A Stripe summary of active entitlements; `has_more` says that there are more than these."""
    customer_id, has_more = changes.pop("customer", "cus_1"), changes.pop("has_more", False)
    return {
        "object": "entitlements.active_entitlement_summary",
        "customer": customer_id,
        "entitlements": {
            "object": "list",
            "data": [entitlement(key) for key in keys],
            "has_more": has_more,
            "url": f"/v1/customer/{customer_id}/entitlements",
        },
        "livemode": False,
        **changes,
    }


def entitlement(key: str) -> dict[str, Any]:
    """One of a customer's active entitlements."""
    return {
        "id": f"ent_{key}",
        "object": "entitlements.active_entitlement",
        "feature": f"feat_{key}",
        "livemode": False,
        "lookup_key": key,
    }


def event(
    event_type: str,
    body: dict[str, Any],
    *,
    event_id: str = "evt_1",
    created: int = T0,
    previous: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A bare Stripe event around an object."""
    data: dict[str, Any] = {"object": body}
    if previous is not None:
        data["previous_attributes"] = previous
    return {
        "id": event_id,
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": created,
        "livemode": False,
        "type": event_type,
        "data": data,
    }


def created(body: dict[str, Any], **rest: Any) -> dict[str, Any]:
    """A `customer.subscription.created` event."""
    return event("customer.subscription.created", body, **rest)


def updated(body: dict[str, Any], **rest: Any) -> dict[str, Any]:
    """A `customer.subscription.updated` event."""
    return event("customer.subscription.updated", body, **rest)


def deleted(body: dict[str, Any], **rest: Any) -> dict[str, Any]:
    """A `customer.subscription.deleted` event."""
    return event("customer.subscription.deleted", body, **rest)


def paid(body: dict[str, Any], **rest: Any) -> dict[str, Any]:
    """An `invoice.payment_succeeded` event."""
    return event("invoice.payment_succeeded", body, **rest)


def failed(body: dict[str, Any], **rest: Any) -> dict[str, Any]:
    """An `invoice.payment_failed` event."""
    return event("invoice.payment_failed", body, **rest)


def completed(body: dict[str, Any], **rest: Any) -> dict[str, Any]:
    """A `checkout.session.completed` event."""
    return event("checkout.session.completed", body, **rest)


def entitled(body: dict[str, Any], *, before: Sequence[str] | None = None, **rest: Any) -> dict[str, Any]:
    """An `entitlements.active_entitlement_summary.updated` event; `before` are the keys it replaced."""
    listed = None if before is None else {"data": [entitlement(key) for key in before]}
    previous = None if listed is None else {"entitlements": listed}
    return event("entitlements.active_entitlement_summary.updated", body, previous=previous, **rest)


def envelope(
    stripe_event: dict[str, Any], source: str = "aws.partner/stripe.com/ed_test_1"
) -> dict[str, Any]:
    """The EventBridge envelope around a Stripe event."""
    return {
        "version": "0",
        "id": "7bf73129-1428-4cd3-a780-95db273d1602",
        "detail-type": stripe_event["type"],
        "source": source,
        "account": "123456789012",
        "time": "2025-11-22T08:26:41Z",
        "region": "us-east-1",
        "resources": [],
        "detail": stripe_event,
    }


def billed(invoice: dict[str, Any]) -> str | None:
    """The subscription that an invoice bills; None where it is a one-off."""
    parent = invoice.get("parent")
    return parent["subscription_details"]["subscription"] if parent else None
