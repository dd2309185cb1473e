"""What Stripe can do to a subscription or an invoice: each function is one step at `life.now`.

Scenarios are built from these. Nothing here waits, except by being a generator (`Steps`).
"""

from collections.abc import Mapping, Sequence

import attrs

from stripe_handler_cli.lab.simulator.calendar_time import DAY, HOUR, add_months
from stripe_handler_cli.lab.simulator.catalogue import MAIN_MONTHLY, MAIN_YEARLY, PRO_YEARLY, Price
from stripe_handler_cli.lab.simulator.life import Life, Steps
from stripe_handler_cli.lab.simulator.naming import metadata_of
from stripe_handler_cli.lab.simulator.state import Invoice, Item, Line, Subscription

RETRY_DAYS = (3, 5, 7)
"""Days between the attempts to collect an invoice."""


def sold(life: Life, price: Price) -> Price:
    """The price as the account has it: lookup keys came with prices."""
    return price if life.version.has_prices else attrs.evolve(price, lookup_key=None)


def new_item(life: Life, price: Price, quantity: int = 1) -> Item:
    """An item that begins now, with a period of its own."""
    end = add_months(life.now, price.months, life.now)
    return Item(
        life.new_id("si"), sold(life, price), None if price.metered else quantity, life.now, life.now, end
    )


def new_subscription(
    life: Life,
    status: str,
    *,
    price: Price | None = None,
    user: str | None = None,
    named: bool = True,
    metadata: Mapping[str, str] | None = None,
) -> Subscription:
    """A subscription that begins now; Stripe has told nobody yet.

    Unless given, the price is drawn, and the owner is the life's first user. Only with `named` does the
    metadata name the owner, if it does so in this life; `metadata` is another app's own.
    """
    if price is None:
        price = PRO_YEARLY if life.chance(0.1) else life.rng.choice(MAIN_MONTHLY)
    owner = user or life.user
    return Subscription(
        id=life.new_id("sub"),
        customer=life.customer,
        owner=owner,
        created=life.now,
        status=status,
        items=[new_item(life, price, life.rng.choice((1, 1, 1, 2, 5)))],
        anchor=life.now,
        flexible=life.version.has_flexible_billing and life.chance(0.8),
        changed_plan_at=life.now,
        metadata=metadata_of(life, owner, named=named) if metadata is None else dict(metadata),
    )


def bill(
    life: Life,
    subscription: Subscription,
    reason: str,
    items: Sequence[Item] | None = None,
    *,
    free: bool = False,
    credits_it: bool = False,
) -> Invoice:
    """Make an invoice for items (all unless given); it becomes the subscription's latest one.

    It is `free` in a trial, and while a coupon takes all of it; a credit is below zero. What asks for nothing
    is paid at once.
    """
    proration = reason == "subscription_update"
    free = free or life.now < subscription.free_until
    sign = -1 if credits_it else 1
    lines = tuple(
        Line(
            id=life.new_id("il"),
            price=item.price,
            amount=0 if free else sign * _amount(life, item, proration=proration),
            quantity=item.quantity,
            start=item.period_start,
            end=item.period_end,
            proration=proration,
            item_id=item.id,
            subscription_id=subscription.id,
        )
        for item in (subscription.items if items is None else items)
    )
    invoice = _invoice(life, subscription, reason, lines)
    subscription.latest_invoice = invoice.id
    return invoice


def _amount(life: Life, item: Item, *, proration: bool) -> int:
    if item.quantity is None:
        return item.price.amount * life.rng.randrange(2_000)
    whole = item.price.amount * item.quantity
    return life.rng.randrange(1, whole + 1) if proration else whole


def bill_one_off(life: Life, subscription: Subscription | None = None) -> Invoice:
    """Make a one-off invoice; a subscription may have caused its line, and still it bills none."""
    price = life.rng.choice(MAIN_MONTHLY)
    line = Line(
        id=life.new_id("il"),
        price=price,
        amount=price.amount,
        quantity=1,
        start=life.now,
        end=life.now,
        proration=subscription is not None,
        subscription_id=subscription.id if subscription else None,
    )
    return _invoice(life, None, "manual", (line,))


def _invoice(life: Life, subscription: Subscription | None, reason: str, lines: tuple[Line, ...]) -> Invoice:
    invoice = Invoice(
        id=life.new_id("in"),
        number=len(life.book.invoices) + 1,
        customer=life.customer,
        subscription=subscription,
        created=life.now,
        reason=reason,
        lines=lines,
        metadata=dict(subscription.metadata) if subscription else {},
    )
    if invoice.total <= 0:
        invoice.status, invoice.paid_at = "paid", life.now
    life.book.note(invoice, life.now)
    return invoice


def settle(life: Life, invoice: Invoice, *, attempts: int = 1) -> None:
    """The invoice is paid after so many more attempts; nobody has been told yet."""
    invoice.status = "paid"
    invoice.attempt_count += attempts
    invoice.next_attempt = None
    invoice.paid_at = max(invoice.created, life.now - life.rng.choice((0, 0, 1, 2)))
    life.book.note(invoice, life.now)


def pay(life: Life, invoice: Invoice, *, out_of_band: bool = False) -> None:
    """The invoice is paid; out of band means outside Stripe, of which only `invoice.paid` tells."""
    if invoice.status != "paid":
        invoice.out_of_band = out_of_band
        settle(life, invoice, attempts=0 if out_of_band else 1)
    if not out_of_band:
        life.tell_payment("invoice.payment_succeeded", invoice)
    life.tell_payment("invoice.paid", invoice)


def fail(life: Life, invoice: Invoice, next_attempt: int | None) -> None:
    invoice.attempt_count += 1
    invoice.next_attempt = next_attempt
    life.tell_payment("invoice.payment_failed", invoice)


def void(life: Life, invoice: Invoice) -> None:
    """The invoice is no longer owed, as if it had never been."""
    invoice.status = "void"
    invoice.voided_at = life.now
    invoice.next_attempt = None
    life.tell_payment("invoice.voided", invoice)


def write_off(life: Life, invoice: Invoice) -> None:
    """Nobody expects any more that the invoice is paid; it still may be."""
    invoice.status = "uncollectible"
    invoice.uncollectible_at = life.now
    invoice.next_attempt = None
    life.tell_payment("invoice.marked_uncollectible", invoice)


def collect(life: Life, subscription: Subscription, invoice: Invoice) -> None:
    """The invoice is paid; while collection is paused, what that says is done with it instead."""
    if invoice.status == "paid" or subscription.pause_behavior is None:
        pay(life, invoice)
    elif subscription.pause_behavior == "void":
        void(life, invoice)
    elif subscription.pause_behavior == "mark_uncollectible":
        write_off(life, invoice)


def advance(life: Life, subscription: Subscription) -> list[Item]:
    """Move the items whose period is over into their next one; returns them.

    Deleted items are no longer listed from then on.
    """
    subscription.gone.clear()
    due = [item for item in subscription.items if item.period_end <= life.now]
    for item in due:
        item.period_start = item.period_end
        item.period_end = add_months(item.period_end, item.price.months, subscription.anchor)
    return due


def until(life: Life, second: int) -> int:
    """Seconds to wait until a moment, and none when it is past."""
    return max(0, second - life.now)


def next_period(life: Life, subscription: Subscription) -> Steps[Invoice]:
    """The next period begins. Returns its invoice, a draft for about an hour."""
    yield until(life, subscription.next_renewal) + life.rng.randrange(9)
    with life.updating(subscription):
        return bill(life, subscription, "subscription_cycle", advance(life, subscription))


def finalized(life: Life, subscription: Subscription, invoice: Invoice) -> Steps[Invoice]:
    """About an hour after its period began an invoice is to be collected. Returns the invoice."""
    yield HOUR + life.rng.randrange(60)
    invoice.metadata = dict(subscription.metadata)
    return invoice


def renewal(life: Life, subscription: Subscription) -> Steps[Invoice]:
    """The next period begins, and its invoice is to be collected. Returns the invoice."""
    return (yield from finalized(life, subscription, (yield from next_period(life, subscription))))


def renew(life: Life, subscription: Subscription) -> Steps[None]:
    collect(life, subscription, (yield from renewal(life, subscription)))


def request_cancellation(life: Life, subscription: Subscription) -> None:
    """The customer cancels at the period's end, in the way of the subscription's billing mode."""
    feedback = life.rng.choice(("unused", "too_expensive", None))
    ends_early = subscription.flexible and life.chance(0.3)
    life.update(
        subscription,
        canceled_at=life.now,
        cancel_reason="cancellation_requested",
        cancel_feedback=feedback,
        cancel_at=subscription.next_renewal if ends_early else subscription.period_end,
        cancel_at_period_end=not subscription.flexible,
    )


def delete(life: Life, subscription: Subscription, reason: str, ended_at: int | None = None) -> None:
    """The subscription ends, now unless given."""
    subscription.status = "canceled"
    subscription.ended_at = life.now if ended_at is None else ended_at
    subscription.canceled_at = subscription.canceled_at or subscription.ended_at
    subscription.cancel_reason = subscription.cancel_reason or reason
    life.tell("deleted", subscription)


def run_out(life: Life, subscription: Subscription) -> Steps[None]:
    """A requested cancellation comes true; items with shorter periods renew until then."""
    end = subscription.cancel_at or subscription.period_end
    while subscription.next_renewal < end:
        yield from renew(life, subscription)
    yield until(life, end) + life.rng.randrange(4)
    delete(life, subscription, "cancellation_requested", end)


def swap_price(life: Life, subscription: Subscription, price: Price) -> Invoice | None:
    """The plan gets another price. A new interval starts a new period and is billed; less may be credited."""
    item = subscription.plan
    new_period = price.months != item.price.months
    credits_it = not new_period and price.amount < item.price.amount and life.chance(0.5)
    with life.updating(subscription):
        item.price = sold(life, price)
        subscription.changed_plan_at = life.now
        if price.metered or item.quantity is None:
            item.quantity = None if price.metered else 1
        if new_period:
            subscription.anchor = life.now
            item.period_start, item.period_end = life.now, add_months(life.now, price.months, life.now)
        bills = new_period or life.chance(0.5)
        if not bills:
            return None
        return bill(life, subscription, "subscription_update", [item], credits_it=credits_it)


def other_price(life: Life, subscription: Subscription) -> Price:
    current = subscription.plan.price
    choices = [price for price in (*MAIN_MONTHLY, *MAIN_YEARLY) if price.id != current.id]
    if len(subscription.items) > 1:
        # Items of one interval stay so: before 2025 they all share one period.
        choices = [price for price in choices if price.months == current.months]
    return life.rng.choice(choices)


def dun(life: Life, subscription: Subscription, invoice: Invoice, attempts: int, outcome: str) -> Steps[None]:
    """Collecting the invoice fails so many times until the outcome.

    That is `active` (paid at last), `past_due`, `unpaid` or `canceled`. What asks for nothing cannot fail.
    """
    if invoice.total <= 0:
        pay(life, invoice)
        return
    for attempt in range(attempts):
        gives_up = attempt + 1 == attempts and outcome != "active"
        days = RETRY_DAYS[min(attempt, len(RETRY_DAYS) - 1)]
        next_attempt = None if gives_up else life.now + days * DAY
        fail(life, invoice, next_attempt)
        yield life.soon()
        if subscription.status != "past_due":
            life.update(subscription, status="past_due")
        if next_attempt is not None:
            yield until(life, next_attempt)
    if outcome == "active":
        pay(life, invoice)
        yield life.soon()
    if outcome in {"active", "unpaid"}:
        life.update(subscription, status=outcome)
    elif outcome == "canceled":
        delete(life, subscription, "payment_failed")
