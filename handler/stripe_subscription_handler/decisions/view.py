"""The view: what the app reads off the profile. A pure function of the ledger and of settings."""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from stripe_subscription_handler.decisions.access import ACCESS_VIEW, Access, access_view
from stripe_subscription_handler.decisions.ledger import PREFIX, Ledger
from stripe_subscription_handler.decisions.payments import Payment
from stripe_subscription_handler.decisions.ranking import plan_item, primary_key
from stripe_subscription_handler.decisions.view_settings import ViewSettings
from stripe_subscription_handler.events.subscriptions import Subscription

SUBSCRIPTION_VIEW = {
    "subscriptionId": "id",
    "subscriptionStatus": "status",
    "subscriptionCurrentPeriodStart": "current_period_start",
    "subscriptionCurrentPeriodEnd": "current_period_end",
    "subscriptionTrialEnd": "trial_end",
    "subscriptionCancelAt": "cancel_at",
    "subscriptionCanceledAt": "canceled_at",
    "subscriptionCancelAtPeriodEnd": "cancel_at_period_end",
    "subscriptionPauseCollection": "pause_collection",
    "subscriptionPauseResumesAt": "pause_resumes_at",
    "stripeCustomerId": "customer_id",
}
"""Item attribute → attribute of the primary `Subscription`."""

PLAN_VIEW = {
    "subscriptionPriceId": "price_id",
    "subscriptionProductId": "product_id",
    "subscriptionQuantity": "quantity",
}
"""Item attribute → attribute of the primary subscription's plan, a `SubscriptionItem`."""

NEXT_ATTEMPT = "nextPaymentAttemptAt"
PAYMENT_VIEW = {
    "lastPaymentStatus": "status",
    "lastPaymentAt": "at",
    "lastPaymentInvoiceId": "invoice_id",
    "lastPaymentAmount": "amount",
    "lastPaymentCurrency": "currency",
    "lastPaymentAttemptCount": "attempt_count",
    NEXT_ATTEMPT: "next_attempt_at",
}
"""Item attribute → attribute of the primary subscription's newest `Payment`."""

ENTITLEMENTS_SHOWN = "entitlements"
"""String set: the lookup keys of every feature that the user may use."""

VIEW = tuple(sorted({*ACCESS_VIEW, *SUBSCRIPTION_VIEW, *PLAN_VIEW, *PAYMENT_VIEW, ENTITLEMENTS_SHOWN}))
"""Names of every attribute of the view but the app's own."""


def reserved_names(names: Iterable[str]) -> frozenset[str]:
    """Those of some attributes' names that this library's own attributes have."""
    return frozenset(name for name in names if name in VIEW or name.startswith(PREFIX))


def primary(subscriptions: Iterable[Subscription], shows: ViewSettings) -> Subscription | None:
    """The subscription the app sees: the highest primary key among those of the user that are ours."""
    return max(subscriptions, key=lambda one: primary_key(one, shows), default=None)


def shown_of(ledger: Ledger, shows: ViewSettings) -> Subscription | None:
    """The subscription of a ledger that the app sees."""
    return primary(ledger.ours(shows).values(), shows)


def subscription_view(subscription: Subscription | None, shows: ViewSettings) -> dict[str, Any]:
    """Every attribute that tells of the primary subscription; None stands for "not on the item"."""
    plan = plan_item(subscription.items, shows) if subscription else None
    return (
        {name: getattr(subscription, field, None) for name, field in SUBSCRIPTION_VIEW.items()}
        | {name: getattr(plan, field, None) for name, field in PLAN_VIEW.items()}
        | _own_view(subscription, shows)
    )


def entitlements_view(ledger: Ledger) -> dict[str, Any]:
    """The lookup keys of all the user's customers together; None stands for "not on the item"."""
    return {ENTITLEMENTS_SHOWN: frozenset().union(*ledger.entitlements.values()) or None}


def _own_view(subscription: Subscription | None, shows: ViewSettings) -> dict[str, Any]:
    if not shows.profile_attributes:
        return {}
    text = subscription.own if subscription else None
    values = json.loads(text, parse_float=Decimal) if text else {}
    return {name: values.get(name) for name in shows.profile_attributes}


def payment_view(payment: Payment | None, *, is_live: bool) -> dict[str, Any]:
    """Every payment attribute of the view; None stands for "not on the item".

    For a subscription that has ended, Stripe tries no more.
    """
    view = {name: getattr(payment, field, None) for name, field in PAYMENT_VIEW.items()}
    return view if is_live else view | {NEXT_ATTEMPT: None}


def alone_view(subscription: Subscription, shows: ViewSettings) -> dict[str, Any]:
    """The view without payments of a primary subscription beside which none of ours lives.

    Only while it is past due, its payment may matter to the rest; see `ViewSettings.limits_past_due`.
    """
    living = [] if subscription.is_terminal else [Access(subscription)]
    return subscription_view(subscription, shows) | access_view(living, subscription, shows)


def changed_names(
    old: Mapping[str, Any], values: Mapping[str, Any], removed: Iterable[str]
) -> tuple[str, ...]:
    """Names of the app's attributes that a write of `values` and `removed` changes, sorted.

    `old` is the item before the write, or at least the old values of what it sets and removes.
    """
    changed = {name for name, value in values.items() if old.get(name) != value}
    changed |= {name for name in removed if name in old}
    return tuple(sorted(name for name in changed if not name.startswith(PREFIX)))


def view(ledger: Ledger, shows: ViewSettings) -> dict[str, Any]:
    """The whole view of a ledger; None stands for "not on the item"."""
    shown = shown_of(ledger, shows)
    living = ledger.living(shows)
    payments = ledger.payments
    payment = payments.get(shown.id) if shown else None
    return (
        subscription_view(shown, shows)
        | access_view([Access(one, payments.get(one.id)) for one in living.values()], shown, shows)
        | payment_view(payment, is_live=shown is not None and shown.id in living)
        | entitlements_view(ledger)
    )
