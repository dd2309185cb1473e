"""The truth about a world: whose each subscription is, in which state, and what its user's profile shows.

It is worked out from the book of what happened, and asks nothing of the library but its names of the view's
attributes. Where the events do not tell, there are several possible answers.
"""

import itertools
from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

import attrs

from stripe_subscription_handler.decisions.view import PAYMENT_VIEW, SUBSCRIPTION_VIEW
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.events.subscriptions import Subscription
from support.happenings import World
from support.true_owners import TrueOwners, Users
from support.walks import contenders, proven_end

RANKING = ("active trialing", "past_due", "a_future_word", "unpaid paused", "incomplete", "canceled")
"""Statuses from the best to the worst, as the app wants to see them."""
View = dict[str, Any]
_T = TypeVar("_T")


@attrs.frozen
class Truth:
    """The truth about a world as far as its events, and Stripe, can tell it.

    Attributes:
        key: Whether Stripe can be asked for what the events leave open.
        thin: Whether the events name only the object.
    """

    world: World
    key: bool = False
    thin: bool = False
    _found: dict[tuple[str, str], Any] = attrs.field(factory=dict, init=False, repr=False, eq=False)

    def _once(self, what: str, subscription_id: str, find: Callable[[str], _T]) -> _T:
        if (what, subscription_id) not in self._found:
            self._found[what, subscription_id] = find(subscription_id)
        found: _T = self._found[what, subscription_id]
        return found

    def subscriptions(self) -> list[str]:
        """Every subscription of which an event tells more than whose it is."""
        told = (fact for fact in self.world.facts if fact.new or fact.event.invoice)
        return sorted({str(fact.subscription_id) for fact in told})

    def owners(self, subscription_id: str) -> Users:
        """Who may own the subscription once everything is delivered; one alone where that is certain."""
        return self._once("owners", subscription_id, TrueOwners(self.world, self.key, self.thin).of)

    def is_guess(self, subscription_id: str) -> bool:
        """Whether nothing names the subscription's user but its customer's other subscriptions."""
        return not TrueOwners(self.world, self.key, self.thin).claimed(subscription_id)

    def states(self, subscription_id: str) -> list[Subscription]:
        """In which state the subscription may be shown; one alone where that is certain."""
        return self._once("states", subscription_id, self._states)

    def _states(self, subscription_id: str) -> list[Subscription]:
        rivals = contenders([fact for fact in self.world.facts_of(subscription_id) if fact.new])
        states = [fact.event.subscription for fact in rivals if fact.event.subscription]
        walks = ([(see(fact.old), see(fact.new)) for fact in rivals] for see in (_whole, _unlabelled))
        is_certain = self.key or all(proven_end(walk) is not None for walk in walks)
        return states[-1:] if is_certain else states

    def payment(self, subscription_id: str) -> StripeEvent | None:
        """The newest payment event of the subscription."""
        return self._once("payment", subscription_id, self._payment)

    def _payment(self, subscription_id: str) -> StripeEvent | None:
        own = self.world.facts_of(subscription_id)
        return max((fact.event for fact in own if fact.event.invoice), key=_recency, default=None)

    def views(self, owners: Mapping[str, str | None], user: str) -> list[View]:
        """What the profile of a user may show, if these are the owners; one alone where that is certain."""
        owned = (self.states(key) for key, owner in owners.items() if owner == user and self.states(key))
        found = []
        for states in itertools.product(*owned):
            shown = max(states, key=_standing, default=None)
            view = _view(shown, self.payment(shown.id)) if shown else {}
            found += [view] if view not in found else []
        return found


def seen(item: Mapping[str, Any]) -> View:
    """The view of a stored item."""
    return {name: value for name, value in item.items() if name in {*SUBSCRIPTION_VIEW, *PAYMENT_VIEW}}


def _whole(body: Mapping[str, Any] | None) -> Hashable:
    return repr(sorted(body.items())) if body else None


def _unlabelled(body: Mapping[str, Any] | None) -> Hashable:
    return _whole({**body, "metadata": {}}) if body else None


def _recency(payment: StripeEvent) -> tuple[str, str, bool, str]:
    # Payments of one second: the younger invoice, then the success, then (arbitrarily) the larger id.
    invoice_created = payment.invoice.created if payment.invoice else ""
    return payment.created, invoice_created, payment.type != "invoice.payment_failed", payment.id


def _standing(state: Subscription) -> tuple[int, str, str]:
    place = next(i for i, words in enumerate(RANKING) if state.status in words.split())
    return -place, state.ended or state.created, state.id


def _view(state: Subscription, payment: StripeEvent | None) -> View:
    view = {name: getattr(state, field) for name, field in SUBSCRIPTION_VIEW.items()}
    if payment is not None and payment.invoice is not None:
        succeeded = payment.type == "invoice.payment_succeeded"
        view["lastPaymentStatus"] = "succeeded" if succeeded else "failed"
        view["lastPaymentAt"] = payment.created
        view["lastPaymentInvoiceId"] = payment.invoice.id
        view["lastPaymentAmount"] = payment.invoice.amount_paid if succeeded else payment.invoice.amount_due
        view["lastPaymentCurrency"] = payment.invoice.currency
        view["lastPaymentAttemptCount"] = payment.invoice.attempt_count
    return {name: value for name, value in view.items() if value is not None}
