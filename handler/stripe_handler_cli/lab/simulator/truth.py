"""The oracle: what each user's profile must say in the end, from what the simulator itself knows. Pure.

Written against section 3 of the design, on purpose without the library's own ledger, decisions and views, so
that the two can be compared. Whose a subscription is, `owners` says.
"""

from typing import Any

from stripe_handler_cli.lab.simulator.api_versions import ApiVersion
from stripe_handler_cli.lab.simulator.book import Book, PaymentFact
from stripe_handler_cli.lab.simulator.calendar_time import iso
from stripe_handler_cli.lab.simulator.owners import owner_of
from stripe_handler_cli.lab.simulator.state import Subscription

_BEST_FIRST: tuple[set[str], ...] = (
    {"active", "trialing"},
    {"past_due"},
    set(),  # words Stripe may invent; the simulator has none
    {"unpaid", "paused"},
    {"incomplete"},
    {"canceled"},
    {"incomplete_expired"},
)


def true_profile(book: Book, user: str, version: ApiVersion) -> dict[str, Any]:
    """The view of one user's profile; empty when no subscription is theirs.

    What the account's API version does not tell (a product before 2018, say) is not on the profile.
    """
    owned = [states[-1][1] for key, states in book.subscriptions.items() if owner_of(book, key) == user]
    if not owned:
        return {}
    shown = min(owned, key=lambda subscription: _preference(subscription, version))
    newest = None
    for fact in book.payments:
        if fact.subscription_id == shown.id:  # payments go along with a subscription that is handed on
            newest = fact
    facts = _subscription_facts(shown, version) | (_payment_facts(newest, version) if newest else {})
    return {name: value for name, value in facts.items() if value is not None}


def _preference(subscription: Subscription, version: ApiVersion) -> tuple[int, int, tuple[int, ...]]:
    rank = next(index for index, words in enumerate(_BEST_FIRST) if subscription.status in words)
    since = subscription.created if version.has_created else subscription.changed_plan_at
    moment = subscription.ended_at or since if subscription.is_over else since
    return rank, -moment, tuple(-ord(letter) for letter in subscription.id)


def _subscription_facts(subscription: Subscription, version: ApiVersion) -> dict[str, Any]:
    first = subscription.items[0]
    tells_cancel_at = version.has_modern_subscriptions
    ends_with_period = tells_cancel_at and subscription.cancel_at == subscription.period_end
    return {
        "subscriptionId": subscription.id,
        "subscriptionStatus": subscription.status,
        "subscriptionPriceId": first.price.id,
        "subscriptionProductId": first.price.product_id if version.has_products else None,
        "subscriptionQuantity": first.quantity,
        "subscriptionCurrentPeriodStart": iso(subscription.period_start),
        "subscriptionCurrentPeriodEnd": iso(subscription.period_end),
        "subscriptionTrialEnd": _time(subscription.trial_end),
        "subscriptionCancelAt": _time(subscription.cancel_at) if tells_cancel_at else None,
        "subscriptionCanceledAt": _time(subscription.canceled_at),
        "subscriptionCancelAtPeriodEnd": subscription.cancel_at_period_end or ends_with_period,
        "stripeCustomerId": subscription.customer.id,
    }


def _payment_facts(fact: PaymentFact, version: ApiVersion) -> dict[str, Any]:
    told = fact.invoice.paid_at if fact.succeeded and version.has_modern_subscriptions else None
    return {
        "lastPaymentStatus": "succeeded" if fact.succeeded else "failed",
        "lastPaymentAt": iso(fact.second if told is None else told),
        "lastPaymentInvoiceId": fact.invoice.id,
        "lastPaymentAmount": fact.invoice.total,
        "lastPaymentCurrency": "usd",
        "lastPaymentAttemptCount": fact.invoice.attempt_count,
        "nextPaymentAttemptAt": None if fact.succeeded else _time(fact.invoice.next_attempt),
    }


def _time(second: int | None) -> str | None:
    return None if second is None else iso(second)
