"""The truth about a world: whose each subscription is, in which state, and what its user's profile shows.

It is worked out from the book of what happened, and asks nothing of the library. Where events do not tell,
there are several possible answers.
"""

import itertools
from collections.abc import Callable, Collection, Hashable, Mapping
from typing import Any, TypeVar

import attrs

from support.happenings import DEAD, Fact, World
from support.true_owners import TrueOwners, Users
from support.true_views import VIEW, Body, Paid, View, is_ours, listed, may_tell_of_ours, true_view
from support.walks import contenders, proven_end

_T = TypeVar("_T")
_READ = (
    "cancel_at",
    "cancel_at_period_end",
    "canceled_at",
    "current_period_end",
    "current_period_start",
    "ended_at",
    "pause_collection",
    "status",
    "trial_end",
)
"""What is told apart in a subscription, besides its items and its metadata."""


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
        return sorted({str(fact.subscription_id) for fact in self.world.facts if fact.is_of_subscription})

    def owners(self, subscription_id: str) -> Users:
        """Who may own the subscription once everything is delivered; one alone where that is certain."""
        return self._once("owners", subscription_id, TrueOwners(self.world, self.key, self.thin).of)

    def is_guess(self, subscription_id: str) -> bool:
        """Whether nothing names the subscription's user but its customer's other subscriptions."""
        return not TrueOwners(self.world, self.key, self.thin).claimed(subscription_id)

    def states(self, subscription_id: str) -> list[Body]:
        """In which state the subscription may be shown; one alone where that is certain."""
        return self._once("states", subscription_id, self._states)

    def _states(self, subscription_id: str) -> list[Body]:
        rivals = contenders([fact for fact in self.world.facts_of(subscription_id) if fact.new])
        states = [fact.new for fact in rivals if fact.new]
        walks = (
            [(see(fact.old), see(fact.new)) for fact in rivals] for see in (self._whole, self._unlabelled)
        )
        is_certain = self.key or all(proven_end(walk) is not None for walk in walks)
        return states[-1:] if is_certain else states

    def _whole(self, body: Body | None) -> Hashable:
        return (self._unlabelled(body), body["metadata"].get("userId")) if body else None

    def _unlabelled(self, body: Body | None) -> Hashable:
        if body is None:
            return None
        settings = self.world.settings
        tags = [body["metadata"].get(key) for key in settings.required_metadata]
        whole = body["items"]["data"] if settings.profile_attributes else listed(body)
        return repr(([body.get(name) for name in _READ], tags, whole))

    def lives(self, subscription_id: str) -> bool:
        """Whether the subscription certainly lives, and is ours."""
        states = self.states(subscription_id)
        return bool(states) and all(map(self._is_living, states))

    def may_live(self, subscription_id: str) -> bool:
        """Whether it may."""
        return any(map(self._is_living, self.states(subscription_id)))

    def _is_living(self, body: Body) -> bool:
        return body["status"] not in DEAD and is_ours(body, self.world.settings)

    def must_wait(self, fact: Fact) -> bool:
        """Whether an event of a subscription without an owner certainly waits until somebody is named.

        Stripe may be asked, for a thin event or for the subscription of an invoice, and say that another app
        sells it.
        """
        settings = self.world.settings
        is_asked = self.thin or (self.key and fact.new is None)
        has_filter = bool(settings.handled_product_ids or settings.required_metadata)
        return may_tell_of_ours(fact, settings) and not (has_filter and is_asked)

    def must_not_wait(self, fact: Fact) -> bool:
        """Whether it certainly does not, as another app sells the subscription and nobody is named."""
        return not may_tell_of_ours(fact, self.world.settings) and self.is_guess(str(fact.subscription_id))

    def payment(self, subscription_id: str) -> Paid | None:
        """The newest invoice of the subscription that asks for anything, as it was left."""
        return self._once("payment", subscription_id, self._payment)

    def _payment(self, subscription_id: str) -> Paid | None:
        own = [fact for fact in self.world.facts_of(subscription_id) if fact.payment]
        newest = max(own, key=lambda fact: _age(fact.payment), default=None)
        if newest is None:
            return None
        return Paid.told_by([fact for fact in own if _age(fact.payment) == _age(newest.payment)][-1])

    def views(self, owners: Mapping[str, str | None], user: str) -> list[View]:
        """What the profile of a user may show, if these are the owners; one alone where that is certain."""
        owned = [key for key, owner in owners.items() if owner == user and self.states(key)]
        found: list[View] = []
        for states in itertools.product(*map(self.states, owned)):
            held = [(state, self.payment(key)) for key, state in zip(owned, states, strict=True)]
            view = true_view(held, self.world.settings)
            found += [view] if view not in found else []
        return found


def seen(item: Mapping[str, Any], own: Collection[str] = ()) -> View:
    """The view of a stored item; `own` are the names that the app chose itself."""
    return {name: value for name, value in item.items() if name in VIEW or name in own}


def _age(bill: Body | None) -> tuple[int, str]:
    return (bill["created"], bill["id"]) if bill else (0, "")
