"""The view: what the app reads off the profile. A pure function of the ledger."""

from collections.abc import Iterable, Mapping
from typing import Any

from stripe_subscription_handler.decisions.ledger import Ledger, Payment, Register, primary_key
from stripe_subscription_handler.events.subscriptions import Subscription

SUBSCRIPTION_VIEW = {
    "subscriptionId": "id",
    "subscriptionStatus": "status",
    "subscriptionPriceId": "price_id",
    "subscriptionProductId": "product_id",
    "subscriptionQuantity": "quantity",
    "subscriptionCurrentPeriodStart": "current_period_start",
    "subscriptionCurrentPeriodEnd": "current_period_end",
    "subscriptionTrialEnd": "trial_end",
    "subscriptionCancelAt": "cancel_at",
    "subscriptionCanceledAt": "canceled_at",
    "subscriptionCancelAtPeriodEnd": "cancel_at_period_end",
    "stripeCustomerId": "customer_id",
}
"""Item attribute → attribute of the primary `Subscription`."""

PAYMENT_VIEW = {
    "lastPaymentStatus": "status",
    "lastPaymentAt": "at",
    "lastPaymentInvoiceId": "invoice_id",
    "lastPaymentAmount": "amount",
    "lastPaymentCurrency": "currency",
    "lastPaymentAttemptCount": "attempt_count",
    "nextPaymentAttemptAt": "next_attempt_at",
}
"""Item attribute → attribute of the primary subscription's newest `Payment`."""

ENTITLEMENTS_SHOWN = "entitlements"
"""String set: the lookup keys of every feature that the user may use."""

VIEW = tuple(sorted({**SUBSCRIPTION_VIEW, **PAYMENT_VIEW, ENTITLEMENTS_SHOWN: ENTITLEMENTS_SHOWN}))
"""Names of every attribute of the view."""


def primary(registers: Iterable[Register]) -> Subscription | None:
    """The subscription the app sees: the highest primary key among the user's."""
    return max((register.subscription for register in registers), key=primary_key, default=None)


def subscription_view(subscription: Subscription | None) -> dict[str, Any]:
    """Every subscription attribute of the view; None stands for "not on the item"."""
    return _view(SUBSCRIPTION_VIEW, subscription)


def payment_view(payment: Payment | None) -> dict[str, Any]:
    """Every payment attribute of the view; None stands for "not on the item"."""
    return _view(PAYMENT_VIEW, payment)


def entitlements_view(ledger: Ledger) -> dict[str, Any]:
    """The lookup keys of all the user's customers together; None stands for "not on the item"."""
    return {ENTITLEMENTS_SHOWN: frozenset().union(*ledger.entitlements.values()) or None}


def _view(table: Mapping[str, str], source: Subscription | Payment | None) -> dict[str, Any]:
    return {name: getattr(source, field, None) for name, field in table.items()}


def changed_names(
    old: Mapping[str, Any], values: Mapping[str, Any], removed: Iterable[str]
) -> tuple[str, ...]:
    """Names of the view's attributes that a write of `values` and `removed` changes, sorted.

    `old` is the item before the write, or at least the old values of what it sets and removes.
    """
    gone = frozenset(removed)
    return tuple(
        name
        for name in VIEW
        if (name in values and old.get(name) != values[name]) or (name in gone and name in old)
    )


def view(ledger: Ledger) -> dict[str, Any]:
    """The whole view of a ledger; None stands for "not on the item"."""
    shown = primary(ledger.registers.values())
    payment = ledger.of(shown.id).payment if shown else None
    return subscription_view(shown) | payment_view(payment) | entitlements_view(ledger)
