"""What would handling an event change? Played on a model that is loaded with the real items. Pure.

The comparison is the decision itself: nothing here knows how a profile should look. So what is reported is
exactly what a repair by the same decision would change.
"""

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any, TypeVar

import attrs

from stripe_handler_cli.in_memory import Asked, Tables
from stripe_subscription_handler.conversation import Fetched, FetchedInvoice, Handling, Outcome
from stripe_subscription_handler.envelope import StripeEvent
from stripe_subscription_handler.policy import Policy

Item = Mapping[str, Any]
_Value = TypeVar("_Value")


class AskedStripeError(Exception):
    """The events do not tell, and the handling would ask Stripe."""


def ask_stripe(_asked: Asked) -> Fetched | FetchedInvoice:
    """Answer a question to Stripe: a rehearsal ends where it would be asked.

    Raises:
        AskedStripeError: Always.
    """
    raise AskedStripeError


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
        """The newest value."""
        if key in self.after:
            return self.after[key]
        if key not in self.before:
            self.before[key] = self.load(key)
        value = self.before[key]
        if value is None:
            raise KeyError(key)
        return value

    def __setitem__(self, key: str, value: _Value) -> None:
        """Write over a value."""
        self.get(key)
        self.after[key] = value

    def __delitem__(self, key: str) -> None:
        """Nothing that is rehearsed deletes an item."""
        raise NotImplementedError(key)

    def __iter__(self) -> Iterator[str]:
        """The keys seen so far."""
        return iter({**self.before, **self.after})

    def __len__(self) -> int:
        """How many were seen so far."""
        return len({**self.before, **self.after})


@attrs.frozen
class Source:
    """Where a rehearsal finds things.

    Attributes:
        profile: A user's profile item, plain Python values; None where there is none.
        links: A customer's link item.
        customer_user: The user that a customer's metadata names at Stripe.
    """

    profile: Callable[[str], dict[str, Any] | None]
    links: Callable[[str], dict[str, Any] | None]
    customer_user: Callable[[str], str | None]


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


def rehearsed(conversation: Handling, event: StripeEvent, policy: Policy, source: Source) -> Rehearsed:
    """Hold an event's conversation with a model of the tables; nothing is written.

    Raises:
        HandlerError: As the conversation says.
    """
    profiles, links = Loaded(source.profile), Loaded(source.links)
    tables = Tables(
        profiles=profiles,
        links=links,
        policy=policy,
        stripe=ask_stripe,
        customer_users=Loaded(source.customer_user),
    )
    outcome: Outcome | None
    try:
        outcome = tables.hold(conversation, event)
    except AskedStripeError:
        outcome = None
    return Rehearsed(
        outcome,
        {user: (profiles.before[user], item) for user, item in profiles.after.items()},
        {customer: (links.before[customer], item) for customer, item in links.after.items()},
        profiles.before,
    )
