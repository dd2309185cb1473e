"""How a subscription begins: bought at a checkout, or tried first. Steps that scenarios are built from."""

from stripe_handler_cli.lab.simulator.calendar_time import DAY, MINUTE
from stripe_handler_cli.lab.simulator.catalogue import Price
from stripe_handler_cli.lab.simulator.life import Life, Steps
from stripe_handler_cli.lab.simulator.operations import (
    advance,
    bill,
    finalized,
    new_subscription,
    pay,
    until,
)
from stripe_handler_cli.lab.simulator.state import Invoice, Subscription

_TRIAL_DAYS = (2, 7, 14, 30)
_NOTICE_DAYS = 3
"""Stripe announces the end of a trial so many days before, or at once when it is shorter."""


def checkout(
    life: Life, *, user: str | None = None, named: bool = True, price: Price | None = None
) -> Steps[Subscription]:
    """Bought and paid: `incomplete`, and mostly in the same second `active`; `active` at once before 2019."""
    awaits = life.version.has_modern_subscriptions
    subscription = new_subscription(
        life, "incomplete" if awaits else "active", price=price, user=user, named=named
    )
    invoice = bill(life, subscription, "subscription_create")
    life.tell("created", subscription)
    yield life.rng.randrange(20, 10 * MINUTE) if awaits and life.chance(0.1) else life.soon()
    pay(life, invoice)
    if awaits:
        with life.updating(subscription):
            subscription.status = "active"
            subscription.default_payment_method = life.new_id("pm")
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
