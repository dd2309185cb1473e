"""The demo's story: what Stripe would send for one subscription, and in what order it arrives. Pure."""

from typing import Any

import attrs

from stripe_handler_cli.lab.simulator.api_versions import CURRENT
from stripe_handler_cli.lab.simulator.catalogue import Price
from stripe_handler_cli.lab.simulator.render_invoices import invoice_object
from stripe_handler_cli.lab.simulator.render_subscriptions import customer_object, subscription_object
from stripe_handler_cli.lab.simulator.state import Customer, Invoice, Item, Json, Line, Subscription

USER_ID = "user_42"
_START = 1_793_440_800  # 2026-10-31T10:00:00Z
_DAY = 86_400
_MONTH = 30 * _DAY
_SEATS_BOUGHT = _START + 12 * _DAY
_END = _START + 2 * _MONTH
BACK = _END + 5 * _DAY
"""When the customer comes back."""
_BASIC = Price("price_basic_monthly", "Basic", "prod_DemoBasic", 1500)
_PRO = Price("price_pro_monthly", "Pro", "prod_DemoPro", 4900, lookup_key="pro")
_SEAT = Price("price_seat_monthly", "Seat", "prod_DemoSeat", 900, lookup_key="seat", is_add_on=True)
PLANS = (_PRO.product_id, _BASIC.product_id)
"""The demo's products that are plans, the best first."""
_SEATS = 5
_TOTAL = _PRO.amount + _SEATS * _SEAT.amount
_CUSTOMER = Customer("cus_DemoCustomer", _START, 42)
_METADATA = {"userId": USER_ID}


@attrs.frozen
class Delivery:
    """One arrival of an event.

    Attributes:
        title: What happened, for a person.
        kind: `""`, `duplicate` or `late`: how it arrived.
        decision: What the handler must make of it: `write`, `skip` or `error`.
        asks_at: When the app asks the profile afterwards, if it does, Unix seconds.
    """

    title: str
    event: Json
    kind: str = ""
    decision: str = "write"
    asks_at: int | None = None


def _state(now: int, price: Price, start: int, seats: int = 0, **changes: Any) -> Subscription:
    items = [Item("si_DemoItem", price, 1, _START, start, start + _MONTH)]
    if seats:
        # Stripe's list may have an add-on before the plan.
        items.insert(0, Item("si_DemoSeats", _SEAT, seats, _SEATS_BOUGHT, start, start + _MONTH))
    fields: dict[str, Any] = {
        "id": "sub_1QDemoSubscription",
        "customer": _CUSTOMER,
        "owner": USER_ID,
        "created": _START,
        "status": "active",
        "items": items,
        "anchor": _START,
        "flexible": True,
        "changed_plan_at": _START,
        "metadata": _METADATA,
        "default_payment_method": "pm_1QDemoCard",
        "latest_invoice": f"in_1QDemo{now}",
    }
    return Subscription(**fields | changes)


def _subscription(now: int, *, price: Price = _BASIC, start: int = _START, **changes: Any) -> Json:
    return subscription_object(_state(now, price, start, **changes), CURRENT)


def _invoice(created: int, price: Price, amount: int | None = None, **changes: Any) -> Json:
    subscription = _state(created, price, created)
    line = Line(
        id="il_1QDemo",
        price=price,
        amount=price.amount if amount is None else amount,
        quantity=1,
        start=created,
        end=created + _MONTH,
        item_id="si_DemoItem",
        subscription_id=subscription.id,
    )
    fields: dict[str, Any] = {"status": "paid", "attempt_count": 1, "paid_at": created} | changes
    invoice = Invoice(
        id=f"in_1QDemo{created}",
        number=1,
        customer=_CUSTOMER,
        subscription=subscription,
        created=created,
        reason="subscription_cycle",
        lines=(line,),
        metadata=_METADATA,
        **fields,
    )
    return invoice_object(invoice, CURRENT)


def _event(name: str, event_type: str, created: int, body: Json, previous: Json | None = None) -> Json:
    data: Json = {"object": body}
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


def _updated(name: str, now: int, body: Json, previous: Json) -> Json:
    return _event(name, "customer.subscription.updated", now, body, previous)


def _stopped_paying(now: int) -> tuple[Json, Json]:
    start = _START + _MONTH
    failed = _invoice(now, _PRO, _TOTAL, status="open", next_attempt=now + 3 * _DAY, paid_at=None)
    lapsed = _subscription(now, price=_PRO, seats=_SEATS, status="past_due", start=start)
    return (
        _event("RenewalFailed", "invoice.payment_failed", now, failed),
        _updated("PastDue", now, lapsed, {"status": "active"}),
    )


def _leaving(leave: int) -> Json:
    renewal = _START + _MONTH
    return _subscription(leave, price=_PRO, seats=_SEATS, start=renewal, cancel_at=_END, canceled_at=leave)


def _ended(leaving: Json) -> Json:
    return {**leaving, "status": "canceled", "ended_at": _END}


def stripes_side() -> list[Json]:
    """What Stripe has after the customer came back: the customer, the ended subscription and a new one."""
    new = _subscription(BACK, price=_PRO, start=BACK, id="sub_1QDemoComeback", anchor=BACK, created=BACK)
    customer = customer_object(_CUSTOMER)
    return [customer, _ended(_leaving(_START + _MONTH + 10 * _DAY)), new]


def story() -> list[Delivery]:
    """Every delivery of the life, in the order of arrival."""
    upgrade, renewal = _START + 9 * _DAY, _START + _MONTH
    recovery, leave = renewal + 3 * _DAY, renewal + 10 * _DAY
    # Checkout makes the subscription after the payment, of which its invoice counts no attempt.
    created = _event("Created", "customer.subscription.created", _START, _subscription(_START))
    first_invoice = _invoice(_START, _BASIC, attempt_count=0)
    first_paid = _event("FirstPaid", "invoice.payment_succeeded", _START, first_invoice)
    upgraded = _updated(
        "Upgraded",
        upgrade,
        _subscription(upgrade, price=_PRO),
        {"items": _subscription(_START)["items"], "latest_invoice": f"in_1QDemo{_START}"},
    )
    seats = _updated(
        "Seats",
        _SEATS_BOUGHT,
        _subscription(_SEATS_BOUGHT, price=_PRO, seats=_SEATS),
        {"items": _subscription(upgrade, price=_PRO)["items"], "latest_invoice": f"in_1QDemo{upgrade}"},
    )
    credit = _event(
        "Credit",
        "invoice.payment_succeeded",
        _SEATS_BOUGHT + 2,
        _invoice(_SEATS_BOUGHT, _PRO, 0, attempt_count=0),
    )
    renewal_failed, past_due = _stopped_paying(renewal + 3600)
    recovered_invoice = _invoice(renewal + 3600, _PRO, _TOTAL, attempt_count=2, paid_at=recovery)
    recovery_paid = _event("RecoveryPaid", "invoice.payment_succeeded", recovery, recovered_invoice)
    recovered = _updated(
        "Recovered",
        recovery,
        _subscription(recovery, price=_PRO, seats=_SEATS, start=renewal),
        {"status": "past_due"},
    )
    leaving = _leaving(leave)
    cancels = _updated("Cancels", leave, leaving, {"cancel_at": None, "canceled_at": None})
    deleted = _event("Deleted", "customer.subscription.deleted", _END, _ended(leaving))
    straggler = _updated("Straggler", _END + 1, leaving, {"default_payment_method": None})
    return [
        Delivery("Checkout was paid: an active subscription", created),
        Delivery("its first invoice is paid, in the same second", first_paid),
        Delivery("the same payment, delivered twice", first_paid, "duplicate", "skip"),
        Delivery("upgrade from Basic to Pro", upgraded),
        Delivery("`created` arrives again, after the upgrade", created, "late", "skip"),
        Delivery("five seats beside the plan, which Stripe lists first", seats, asks_at=_SEATS_BOUGHT),
        Delivery("their invoice asks for nothing this month: no payment", credit, "", "skip"),
        Delivery("renewal: the card is refused", renewal_failed),
        Delivery("Stripe marks the subscription past due", past_due, asks_at=renewal + _DAY),
        Delivery("the customer's new card works", recovery_paid),
        Delivery("the subscription is active again", recovered),
        Delivery("`past_due` arrives again, after the recovery", past_due, "late", "skip"),
        Delivery("portal: cancel at the period's end", cancels, asks_at=leave),
        Delivery("the period ends", deleted),
        Delivery("an update stamped a second after the end", straggler, "late", "skip"),
        Delivery("the failed payment arrives again, too late", renewal_failed, "late", "skip"),
    ]


def poison() -> Delivery:
    """An event nobody can apply: its subscription has no status."""
    body = {**_subscription(_START), "status": None}
    event = _event("Poison", "customer.subscription.updated", _START, body, {})
    return Delivery("a malformed event", event, "poison", "error")
