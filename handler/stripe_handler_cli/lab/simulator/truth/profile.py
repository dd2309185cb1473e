"""One user's true profile. Whose a subscription is, `owners` says."""

from collections.abc import Mapping
from typing import Any

import jmespath

from stripe_handler_cli.lab.simulator.api_versions import ApiVersion
from stripe_handler_cli.lab.simulator.book import Book
from stripe_handler_cli.lab.simulator.calendar_time import iso
from stripe_handler_cli.lab.simulator.owners import entitled_user, owner_of
from stripe_handler_cli.lab.simulator.render_subscriptions import subscription_object
from stripe_handler_cli.lab.simulator.truth.access import Living, access_attributes
from stripe_handler_cli.lab.simulator.truth.payments import newest_payment, payment_attributes
from stripe_handler_cli.lab.simulator.truth.ranking import best_first
from stripe_handler_cli.lab.simulator.truth.settings import DEFAULTS, Settings
from stripe_handler_cli.lab.simulator.truth.sight import Sight

ATTRIBUTES = (
    *("subscriptionAccessUntil", "subscriptionProducts"),
    *("subscriptionId", "subscriptionStatus"),
    *("subscriptionPriceId", "subscriptionProductId", "subscriptionQuantity"),
    *("subscriptionCurrentPeriodStart", "subscriptionCurrentPeriodEnd", "subscriptionTrialEnd"),
    *("subscriptionCancelAt", "subscriptionCanceledAt", "subscriptionCancelAtPeriodEnd"),
    *("subscriptionPauseCollection", "subscriptionPauseResumesAt", "stripeCustomerId"),
    *("lastPaymentStatus", "lastPaymentAt", "lastPaymentInvoiceId", "lastPaymentAmount"),
    *("lastPaymentCurrency", "lastPaymentAttemptCount", "nextPaymentAttemptAt", "entitlements"),
)
"""Every attribute of a profile that is about Stripe, but for those that the settings add."""


def true_profile(book: Book, user: str, version: ApiVersion, settings: Settings = DEFAULTS) -> dict[str, Any]:
    """What one user's profile says; empty when no subscription is theirs.

    What the account's API version does not tell (a product before 2018, say) is not on the profile. The
    string set of entitlements is a sorted list here.
    """
    owned = [
        Sight(states[-1][1], version, settings)
        for key, states in book.subscriptions.items()
        if owner_of(book, key) == user
    ]
    profile: dict[str, Any] = {"entitlements": _entitlements(book, user)}
    ours = best_first([sight for sight in owned if sight.is_ours])
    if ours:
        primary = ours[0]
        living = [Living(one, newest_payment(book, one.state.id)) for one in ours if not one.is_over]
        profile |= _subscription_attributes(primary) | access_attributes(living, primary)
        # Payments go along with a subscription that is handed on.
        payment = newest_payment(book, primary.state.id)
        if payment is not None:
            profile |= payment_attributes(payment, version, lives=not primary.is_over)
    return {name: value for name, value in profile.items() if value is not None}


def told_by(item: Mapping[str, Any], settings: Settings = DEFAULTS) -> dict[str, Any]:
    """What an item says of the same, to be compared; all else on it is the app's or the ledger's."""
    told = {name: item[name] for name in (*ATTRIBUTES, *settings.profile_attributes) if name in item}
    return told | ({"entitlements": sorted(told["entitlements"])} if "entitlements" in told else {})


def _entitlements(book: Book, user: str) -> list[str] | None:
    of_theirs = (
        states[-1][1] for key, states in book.entitlements.items() if entitled_user(book, key) == user
    )
    return sorted({key for told in of_theirs for key in told.lookup_keys}) or None


def _subscription_attributes(sight: Sight) -> dict[str, Any]:
    state, version = sight.state, sight.version
    plan = sight.plan_item()
    ends_with_period = sight.cancel_at is not None and sight.cancel_at == state.period_end
    body = subscription_object(state, version)
    own = {name: jmespath.search(path, body) for name, path in sight.settings.profile_attributes.items()}
    return own | {
        "subscriptionId": state.id,
        "subscriptionStatus": state.status,
        "subscriptionPriceId": plan.price.id,
        "subscriptionProductId": sight.product(plan),
        "subscriptionQuantity": plan.quantity,
        "subscriptionCurrentPeriodStart": iso(state.period_start),
        "subscriptionCurrentPeriodEnd": iso(state.period_end),
        "subscriptionTrialEnd": _time(state.trial_end),
        "subscriptionCancelAt": _time(sight.cancel_at),
        "subscriptionCanceledAt": _time(state.canceled_at),
        "subscriptionCancelAtPeriodEnd": state.cancel_at_period_end or ends_with_period,
        "subscriptionPauseCollection": sight.pause_behavior,
        "subscriptionPauseResumesAt": _time(sight.pause_resumes_at),
        "stripeCustomerId": state.customer.id,
    }


def _time(second: int | None) -> str | None:
    return None if second is None else iso(second)
