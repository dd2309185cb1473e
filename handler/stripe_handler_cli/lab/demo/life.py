"""The demo's story: what Stripe would send for one subscription, and in what order it arrives. Pure."""

from typing import Any

import attrs

USER_ID = "user_42"
CUSTOMER_ID = "cus_DemoCustomer"
_START = 1_793_440_800  # 2026-10-31T10:00:00Z
_DAY = 86_400
_MONTH = 30 * _DAY
_END = _START + 2 * _MONTH
BACK = _END + 5 * _DAY
"""When the customer comes back."""
_PRICES = {"basic": ("price_basic_monthly", 1500), "pro": ("price_pro_monthly", 4900)}


@attrs.frozen
class Delivery:
    """One arrival of an event.

    Attributes:
        kind: `""`, `duplicate` or `late`: how it arrived.
        decision: What the handler must make of it: `write`, `skip` or `error`.
    """

    title: str
    event: dict[str, Any]
    kind: str = ""
    decision: str = "write"


def _subscription(now: int, *, price: str = "basic", **changes: Any) -> dict[str, Any]:
    price_id, amount = _PRICES[price]
    start = changes.pop("period_start", _START)
    return {
        "id": "sub_1QDemoSubscription",
        "object": "subscription",
        "application": None,
        "automatic_tax": {"enabled": False, "liability": None},
        "billing_cycle_anchor": _START,
        "billing_mode": {"type": "flexible"},
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "collection_method": "charge_automatically",
        "created": _START,
        "currency": "usd",
        "customer": CUSTOMER_ID,
        "default_payment_method": "pm_1QDemoCard",
        "discounts": [],
        "ended_at": None,
        "items": {
            "object": "list",
            "data": [
                {
                    "id": "si_DemoItem",
                    "object": "subscription_item",
                    "created": _START,
                    "current_period_end": start + _MONTH,
                    "current_period_start": start,
                    "metadata": {},
                    "price": {
                        "id": price_id,
                        "object": "price",
                        "active": True,
                        "currency": "usd",
                        "product": f"prod_Demo{price.capitalize()}",
                        "recurring": {"interval": "month", "interval_count": 1, "usage_type": "licensed"},
                        "type": "recurring",
                        "unit_amount": amount,
                        "unit_amount_decimal": str(amount),
                    },
                    "quantity": 1,
                    "subscription": "sub_1QDemoSubscription",
                    "tax_rates": [],
                }
            ],
            "has_more": False,
            "total_count": 1,
            "url": "/v1/subscription_items?subscription=sub_1QDemoSubscription",
        },
        "latest_invoice": f"in_1QDemo{now}",
        "livemode": False,
        "metadata": {"userId": USER_ID},
        "start_date": _START,
        "status": "active",
        "trial_end": None,
        "trial_start": None,
        **changes,
    }


def _invoice(created: int, amount: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"in_1QDemo{created}",
        "object": "invoice",
        "amount_due": amount,
        "amount_paid": amount,
        "amount_remaining": 0,
        "attempt_count": 1,
        "attempted": True,
        "billing_reason": "subscription_cycle",
        "collection_method": "charge_automatically",
        "created": created,
        "currency": "usd",
        "customer": CUSTOMER_ID,
        "livemode": False,
        "metadata": {},
        "next_payment_attempt": None,
        "parent": {
            "quote_details": None,
            "subscription_details": {
                "metadata": {"userId": USER_ID},
                "subscription": "sub_1QDemoSubscription",
            },
            "type": "subscription_details",
        },
        "status": "paid",
        "status_transitions": {
            "finalized_at": created,
            "marked_uncollectible_at": None,
            "paid_at": created,
            "voided_at": None,
        },
        **changes,
    }


def _event(
    name: str, event_type: str, created: int, body: dict[str, Any], previous: dict[str, Any] | None = None
) -> dict[str, Any]:
    data: dict[str, Any] = {"object": body}
    if previous is not None:
        data["previous_attributes"] = previous
    return {
        "id": f"evt_1QDemo{name}",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": created,
        "data": data,
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": event_type,
    }


def _updated(name: str, now: int, body: dict[str, Any], previous: dict[str, Any]) -> dict[str, Any]:
    return _event(name, "customer.subscription.updated", now, body, previous)


def _stopped_paying(now: int) -> tuple[dict[str, Any], dict[str, Any]]:
    start = _START + _MONTH
    renewal = _invoice(
        now,
        4900,
        amount_paid=0,
        amount_remaining=4900,
        next_payment_attempt=now + 3 * _DAY,
        status="open",
        status_transitions={"finalized_at": now, "paid_at": None},
    )
    lapsed = _subscription(now, price="pro", status="past_due", period_start=start)
    return (
        _event("RenewalFailed", "invoice.payment_failed", now, renewal),
        _updated("PastDue", now, lapsed, {"status": "active"}),
    )


def _leaving(leave: int) -> dict[str, Any]:
    renewal = _START + _MONTH
    return _subscription(leave, price="pro", period_start=renewal, cancel_at=_END, canceled_at=leave)


def _ended(leaving: dict[str, Any]) -> dict[str, Any]:
    return {**leaving, "status": "canceled", "ended_at": _END}


def stripes_side() -> list[dict[str, Any]]:
    """What Stripe has after the customer came back: the customer, the ended subscription and a new one."""
    new = _subscription(
        BACK,
        price="pro",
        period_start=BACK,
        id="sub_1QDemoComeback",
        billing_cycle_anchor=BACK,
        created=BACK,
        start_date=BACK,
    )
    customer = {"id": CUSTOMER_ID, "object": "customer", "created": _START, "livemode": False, "metadata": {}}
    return [customer, _ended(_leaving(_START + _MONTH + 10 * _DAY)), new]


def story() -> list[Delivery]:
    """Every delivery of the life, in the order of arrival."""
    upgrade, renewal = _START + 9 * _DAY, _START + _MONTH
    recovery, leave = renewal + 3 * _DAY, renewal + 10 * _DAY
    created = _event(
        "Created", "customer.subscription.created", _START, _subscription(_START, status="incomplete")
    )
    activated = _updated("Activated", _START, _subscription(_START), {"status": "incomplete"})
    first_paid = _event("FirstPaid", "invoice.payment_succeeded", _START + 2, _invoice(_START, 1500))
    upgraded = _updated(
        "Upgraded",
        upgrade,
        _subscription(upgrade, price="pro"),
        {"items": _subscription(_START)["items"], "latest_invoice": f"in_1QDemo{_START}"},
    )
    renewal_failed, past_due = _stopped_paying(renewal + 3600)
    pro: dict[str, Any] = {"price": "pro", "period_start": renewal}
    recovered_invoice = _invoice(renewal + 3600, 4900, attempt_count=2)
    recovered_invoice["status_transitions"]["paid_at"] = recovery
    recovery_paid = _event("RecoveryPaid", "invoice.payment_succeeded", recovery, recovered_invoice)
    recovered = _updated("Recovered", recovery, _subscription(recovery, **pro), {"status": "past_due"})
    leaving = _leaving(leave)
    cancels = _updated("Cancels", leave, leaving, {"cancel_at": None, "canceled_at": None})
    deleted = _event("Deleted", "customer.subscription.deleted", _END, _ended(leaving))
    straggler = _updated("Straggler", _END + 1, leaving, {"default_payment_method": None})
    return [
        Delivery("checkout opens the subscription", created),
        Delivery("card accepted, in the same second", activated),
        Delivery("`created` arrives again, after the activation", created, "late", "skip"),
        Delivery("first invoice is paid", first_paid),
        Delivery("the same payment, delivered twice", first_paid, "duplicate", "skip"),
        Delivery("upgrade from Basic to Pro", upgraded),
        Delivery("renewal: the card is refused", renewal_failed),
        Delivery("Stripe marks the subscription past due", past_due),
        Delivery("the customer's new card works", recovery_paid),
        Delivery("the subscription is active again", recovered),
        Delivery("`past_due` arrives again, after the recovery", past_due, "late", "skip"),
        Delivery("portal: cancel at the period's end", cancels),
        Delivery("the period ends", deleted),
        Delivery("an update stamped a second after the end", straggler, "late", "skip"),
        Delivery("the failed payment arrives again, too late", renewal_failed, "late", "skip"),
    ]


def poison() -> Delivery:
    """An event nobody can apply: its subscription has no status."""
    body = {**_subscription(_START), "status": None}
    event = _event("Poison", "customer.subscription.updated", _START, body, {})
    return Delivery("a malformed event", event, "poison", "error")
