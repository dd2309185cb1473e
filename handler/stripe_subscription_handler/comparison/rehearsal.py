"""Plays what handling an event would change, on a model that is loaded with the real items. Pure.

The comparison is the decision itself: nothing here knows how a profile should look. So what is reported is
exactly what a repair by the same decision would change.
"""

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any, Protocol, TypeVar

import attrs

from stripe_subscription_handler.conversation.messages import (
    Fetched,
    FetchedInvoice,
    FetchSubscription,
    Handling,
    Outcome,
)
from stripe_subscription_handler.conversation.model import Asked, Tables
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.events.subscriptions import Subscription

Item = Mapping[str, Any]
_Value = TypeVar("_Value")


class AskedStripeError(Exception):
    """The events do not tell their order, and the handling would ask Stripe for a state."""


@attrs.define
class Loaded(MutableMapping[str, _Value]):
    """Items that are loaded when they are first looked at, and what has been written over them.

    Attributes:
        load: Loads one; None where there is none.
        before: What was loaded.
        after: What has been written.
    """

    load: Callable[[str], _Value | None]
    before: dict[str, _Value | None] = attrs.Factory(dict)
    after: dict[str, _Value] = attrs.Factory(dict)

    def __getitem__(self, key: str) -> _Value:
        if key in self.after:
            return self.after[key]
        if key not in self.before:
            self.before[key] = self.load(key)
        value = self.before[key]
        if value is None:
            raise KeyError(key)
        return value

    def __setitem__(self, key: str, value: _Value) -> None:
        self.get(key)
        self.after[key] = value

    def __delitem__(self, key: str) -> None:
        raise NotImplementedError(key)

    def changed(self) -> dict[str, tuple[_Value | None, _Value]]:
        """Key → (value before, value after), where they differ."""
        pairs = {key: (self.before[key], value) for key, value in self.after.items()}
        return {key: (before, after) for key, (before, after) in pairs.items() if before != after}

    def __iter__(self) -> Iterator[str]:
        return iter({**self.before, **self.after})

    def __len__(self) -> int:
        return len({**self.before, **self.after})


class Named(Protocol):
    """Says whose a subscription or a customer is in Stripe."""

    def customer_user(self, customer_id: str) -> str | None:
        """The user that a customer's metadata names."""

    def current(self, subscription_id: str) -> Subscription | None:
        """A subscription as it is now."""


class Source(Protocol):
    """Where a rehearsal finds profile items, link items (plain Python values), and what Stripe says."""

    stripe: Named

    def profile(self, user_id: str) -> dict[str, Any] | None: ...

    def links(self, customer_id: str) -> dict[str, Any] | None: ...


@attrs.frozen
class Rehearsed:
    """What came of a rehearsal.

    Attributes:
        outcome: Of the conversation; None where it would have asked Stripe.
        profiles: User id → (item before, item after), where it would be written.
        links: Customer id → the same of the link items.
        seen: User id → item before, of every profile it looked at.
    """

    outcome: Outcome | None
    profiles: Mapping[str, tuple[Item | None, Item]]
    links: Mapping[str, tuple[Item | None, Item]]
    seen: Mapping[str, Item | None]


def rehearse(conversation: Handling, event: StripeEvent, policy: Policy, source: Source) -> Rehearsed:
    """Hold an event's conversation with a model of the tables; nothing is written.

    Raises:
        HandlerError: As the conversation says.
    """
    profiles, links = Loaded(source.profile), Loaded(source.links)
    tables = Tables(
        profiles=profiles,
        links=links,
        policy=policy,
        stripe=lambda asked: _answered(asked, source.stripe),
        customer_users=Loaded(source.stripe.customer_user),
    )
    try:
        outcome: Outcome | None = tables.hold(conversation, event)
    except AskedStripeError:
        outcome = None
    return Rehearsed(outcome, profiles.changed(), links.changed(), profiles.before)


def _answered(asked: Asked, stripe: Named) -> Fetched | FetchedInvoice:
    if isinstance(asked, FetchSubscription) and asked.not_before is None:
        # Then only the owner matters, and no state is taken from the answer.
        return Fetched(stripe.current(asked.subscription_id), "")
    raise AskedStripeError
