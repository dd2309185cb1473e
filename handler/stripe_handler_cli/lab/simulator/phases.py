"""Phases of a subscription: how it begins, and what can happen in it, period by period.

Scenarios are built from these steps.
"""

from collections.abc import Callable, Mapping

import attrs

from stripe_handler_cli.lab.simulator.calendar_time import DAY, HOUR, MINUTE
from stripe_handler_cli.lab.simulator.catalogue import ADD_ON_YEARLY, SEAT, SEAT_WITH_SUPPORT, USAGE, Price
from stripe_handler_cli.lab.simulator.life import Life, Naming, Steps
from stripe_handler_cli.lab.simulator.naming import complete_session, has_own_page
from stripe_handler_cli.lab.simulator.operations import (
    advance,
    bill,
    finalized,
    new_item,
    new_subscription,
    other_price,
    pay,
    renew,
    request_cancellation,
    settle,
    swap_price,
    until,
)
from stripe_handler_cli.lab.simulator.state import Invoice, Subscription

Change = Callable[[Life, Subscription], Steps[None]]

_TRIAL_DAYS = (2, 7, 14, 30)
_NOTICE_DAYS = 3
"""Stripe announces the end of a trial so many days before, or at once when it is shorter."""


def checkout(
    life: Life,
    *,
    user: str | None = None,
    named: bool = True,
    by: Naming = "customer",
    price: Price | None = None,
    metadata: Mapping[str, str] | None = None,
) -> Steps[Subscription]:
    """Bought and paid.

    Since 2025-03-31 Checkout makes the subscription after the payment: it is `active` from the beginning, and
    its invoice may count no attempt. An app's own page makes it `incomplete`, and so did Checkout before;
    mostly it is `active` in the same second. Before 2019 nothing is `incomplete`.

    Source: https://docs.stripe.com/changelog/basil/2025-03-31/checkout-legacy-subscription-upgrade

    Where it is not `named` as all in this life are, `by` is what names the user. With `metadata` of its own
    it is another app's.
    """
    naming = life.naming if named else by
    paid_first = life.version.checkout_charges_first and not has_own_page(life, naming)
    awaits = life.version.has_modern_subscriptions and not paid_first
    subscription = new_subscription(
        life, "incomplete" if awaits else "active", price=price, user=user, named=named, metadata=metadata
    )
    invoice = bill(life, subscription, "subscription_create")
    if paid_first:
        subscription.default_payment_method = life.new_id("pm")
        settle(life, invoice, attempts=0 if life.chance(0.7) else 1)
    life.tell("created", subscription)
    yield life.rng.randrange(20, 10 * MINUTE) if awaits and life.chance(0.1) else life.soon()
    pay(life, invoice)
    if awaits:
        life.update(subscription, status="active", default_payment_method=life.new_id("pm"))
    complete_session(life, subscription, naming)
    return subscription


def trial(life: Life, *, at_end_without_payment_method: str = "create_invoice") -> Steps[Subscription]:
    """A trial begins and its end is announced; returns when it is over (not yet told)."""
    days = life.rng.choice(_TRIAL_DAYS)
    subscription = new_subscription(life, "trialing")
    subscription.missing_payment_method = at_end_without_payment_method
    subscription.trial_start, subscription.trial_end = life.now, life.now + days * DAY
    subscription.anchor = subscription.trial_end
    for item in subscription.items:
        item.period_end = subscription.trial_end
    invoice = bill(life, subscription, "subscription_create", free=True)
    life.tell("created", subscription)
    yield life.soon()
    pay(life, invoice)
    complete_session(life, subscription, life.naming)
    yield until(life, subscription.trial_end - _NOTICE_DAYS * DAY)
    if not subscription.is_over:
        life.tell("trial_will_end", subscription)
    yield until(life, subscription.trial_end) + life.rng.randrange(4)
    return subscription


def trial_turns_paid(life: Life, subscription: Subscription) -> Steps[Invoice]:
    """The trial is over and the first paid period begins; returns its invoice, to be collected."""
    with life.updating(subscription):
        subscription.status = "active"
        invoice = bill(life, subscription, "subscription_cycle", advance(life, subscription))
    return (yield from finalized(life, subscription, invoice))


def resume(life: Life, subscription: Subscription) -> Steps[None]:
    """A paused subscription goes on, with a new period from now."""
    with life.updating(subscription):
        subscription.status = "active"
        subscription.default_payment_method = life.new_id("pm")
        subscription.anchor = life.now
        for item in subscription.items:
            item.period_start = item.period_end = life.now
        invoice = bill(life, subscription, "subscription_cycle", advance(life, subscription))
    life.tell("resumed", subscription)
    yield life.soon()
    pay(life, invoice)


def nothing(life: Life, subscription: Subscription) -> Steps[None]:  # noqa: ARG001 - one of many
    """A quiet period."""
    yield 0


def detail(life: Life, subscription: Subscription) -> Steps[None]:
    """Something no profile shows: a new card, a description, other metadata."""
    _change_detail(life, subscription)
    yield life.soon()


def _change_detail(life: Life, subscription: Subscription) -> None:
    kind = life.rng.choice(("card", "metadata", "description"))
    if kind == "card":
        life.update(subscription, default_payment_method=life.new_id("pm"))
    elif kind == "metadata":
        team = life.rng.choice(("blue", "green"))
        life.update(subscription, metadata={**subscription.metadata, "team": team})
    else:
        told = life.rng.choice((None, "Paid by the team", "Paid by the club"))
        life.update(subscription, description=told)


def price_swap(life: Life, subscription: Subscription) -> Steps[None]:
    """An upgrade or a downgrade; billed at once where there is something to bill."""
    invoice = swap_price(life, subscription, other_price(life, subscription))
    yield life.soon()
    if invoice is not None:
        pay(life, invoice)


def quantity(life: Life, subscription: Subscription) -> Steps[None]:
    """More seats or fewer, of the plan or of what is sold beside it."""
    licensed = [item for item in subscription.items if item.quantity is not None]
    if licensed:
        item = life.rng.choice(licensed)
        with life.updating(subscription):
            item.quantity = life.rng.choice([count for count in range(1, 9) if count != item.quantity])
    yield life.soon()


def add_item(life: Life, subscription: Subscription) -> Steps[None]:
    """An add-on, which Stripe may list before the plan; since 2025 it may have a period of its own."""
    have = {item.price.id for item in subscription.items}
    main = subscription.plan
    offers = [SEAT, SEAT_WITH_SUPPORT, *([USAGE] if life.version.has_modern_subscriptions else [])]
    offers = [price for price in (*offers, ADD_ON_YEARLY) if price.id not in have]
    if not life.version.has_parents:
        offers = [price for price in offers if price.months == main.price.months]
    if offers and life.version.has_items:
        item = new_item(life, life.rng.choice(offers), life.rng.randrange(1, 5))
        if item.price.months == main.price.months:
            item.period_start, item.period_end = main.period_start, main.period_end
        with life.updating(subscription):
            subscription.items.insert(0 if life.chance(0.35) else len(subscription.items), item)
            invoice = bill(life, subscription, "subscription_update", [item])
        yield life.soon()
        pay(life, invoice)


def remove_item(life: Life, subscription: Subscription) -> Steps[None]:
    """One item less; Stripe may go on listing it, as deleted."""
    if len(subscription.items) > 1:
        with life.updating(subscription):
            item = subscription.items.pop(life.rng.randrange(len(subscription.items)))
            if life.version.has_modern_subscriptions and life.chance(0.4):
                subscription.gone.append(item)
    yield life.soon()


def recreate_item(life: Life, subscription: Subscription) -> Steps[None]:
    """An item is deleted and made again: another id, mostly at the end of the list."""
    if life.version.has_items:
        with life.updating(subscription):
            item = subscription.items.pop(life.rng.randrange(len(subscription.items)))
            again = attrs.evolve(item, id=life.new_id("si"), created=life.now)
            subscription.items.insert(life.rng.choice((0, *[len(subscription.items)] * 3)), again)
    yield life.soon()


def cancel_and_stay(life: Life, subscription: Subscription) -> Steps[None]:
    """A cancellation, undone some time later."""
    request_cancellation(life, subscription)
    yield life.rng.randrange(2, 5 * DAY)
    nothing_planned = dict.fromkeys(("cancel_at", "canceled_at", "cancel_reason", "cancel_feedback"))
    life.update(subscription, cancel_at_period_end=False, **nothing_planned)


def pause_collection(life: Life, subscription: Subscription) -> Steps[None]:
    """Collection stops for some days, sometimes over a renewal; the status stays."""
    if not life.version.has_modern_subscriptions:
        yield 0
        return
    begin_pause(life, subscription)
    if life.chance(0.3):
        yield from renew(life, subscription)
    yield until(life, subscription.pause_resumes_at or life.now + life.rng.randrange(HOUR, 5 * DAY))
    life.update(subscription, pause_behavior=None, pause_resumes_at=None)


def begin_pause(life: Life, subscription: Subscription) -> None:
    """Collection stops, until a day that is told or for good."""
    resumes_at = life.now + life.rng.randrange(HOUR, 5 * DAY) if life.chance(0.4) else None
    behavior = life.rng.choice(("void", "mark_uncollectible", "keep_as_draft"))
    life.update(subscription, pause_behavior=behavior, pause_resumes_at=resumes_at)


def same_second(life: Life, subscription: Subscription) -> Steps[None]:
    """Several updates in one second, each from where the one before ended.

    Old versions get two at most: with a piece missing, a handler would look at today's API, which tells more.
    """
    length = life.rng.randrange(2, 6) if life.version.reads_like_the_current_one else 2
    may_swap = True
    for _ in range(length):
        item = subscription.plan
        if may_swap and life.chance(0.25):
            may_swap = False
            swap_price(life, subscription, other_price(life, subscription))
        elif life.chance(0.25) or item.quantity is None:
            _change_detail(life, subscription)
        else:
            with life.updating(subscription):
                item.quantity += 1
    cycles = life.options.same_second_cycles and life.version.reads_like_the_current_one
    if cycles and life.chance(0.3):
        yield 1
        item = subscription.plan
        before = item.quantity
        for value in () if before is None else (before + 1, before):
            with life.updating(subscription):
                item.quantity = value
    yield 0


_ALL: tuple[tuple[Change, int], ...] = (
    (nothing, 6),
    (detail, 2),
    (price_swap, 3),
    (quantity, 3),
    (cancel_and_stay, 2),
    (pause_collection, 1),
    (add_item, 1),
    (remove_item, 1),
    (recreate_item, 1),
    (same_second, 2),
)
"""Changes any subscription can go through, with their weights."""


def some(life: Life, most: int) -> list[Change]:
    """Up to so many changes of any kind."""
    kinds, weights = zip(*_ALL, strict=True)
    return life.rng.choices(kinds, weights, k=life.rng.randrange(most + 1))


def part_of_period(life: Life, subscription: Subscription) -> int:
    """A wait that ends well inside the running period."""
    left = subscription.next_renewal - life.now
    return max(0, int(left * life.rng.uniform(0.05, 0.7)))


def periods(life: Life, subscription: Subscription, *happen: Change) -> Steps[None]:
    """Live through one period per change, each ending with a paid renewal."""
    for change in happen:
        yield part_of_period(life, subscription)
        yield from change(life, subscription)
        yield from renew(life, subscription)
