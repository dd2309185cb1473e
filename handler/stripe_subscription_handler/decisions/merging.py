"""Puts together what two places know of one subscription, or two events of one second. Pure."""

from collections.abc import Mapping

import attrs

from stripe_subscription_handler.decisions.claims import strongest
from stripe_subscription_handler.decisions.ledger import Held
from stripe_subscription_handler.decisions.payments import Payment
from stripe_subscription_handler.decisions.registers import Candidate, Register
from stripe_subscription_handler.decisions.ties import walks_end
from stripe_subscription_handler.events.subscriptions import Subscription

MOST_CANDIDATES = 20
"""Updates of one second kept side by side; beyond that Stripe is asked."""


def settle(candidates: Mapping[str, Candidate]) -> tuple[Subscription, bool]:
    """Find the final state of the updates of one second, and whether what they changed proves it."""
    steps = {key: (one.before, one.after) for key, one in candidates.items() if one.before is not None}
    places = {key: one.after for key, one in candidates.items() if one.before is None}
    return walks_end(steps, places)


def merged(one: Held, other: Held) -> Held:
    """Keep the newer of what two places hold of one subscription, as if one item had seen every event.

    What is still to be done for it stays what it is for the first.
    """
    verdict = strongest((one.claim, other.claim))
    return Held(
        _newer_register(one.register, other.register),
        _newer_payment(one.payment, other.payment),
        verdict.claim if verdict else None,
        one.linked,
    )


def _newer_register(one: Register | None, other: Register | None) -> Register | None:
    if one is None or other is None:
        return one or other
    if one.version != other.version:
        return max(one, other, key=lambda register: register.version)
    candidates = {**one.candidates, **other.candidates}
    if not candidates:
        return one
    return attrs.evolve(one, subscription=settle(candidates)[0], candidates=candidates)


def _newer_payment(one: Payment | None, other: Payment | None) -> Payment | None:
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda payment: payment.version)
