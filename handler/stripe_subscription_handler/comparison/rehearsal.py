"""Plays what handling an event would change, on a model that is loaded with the real items. Pure.

The comparison is the decision itself: nothing here knows how a profile should look. So what is reported is
exactly what a repair by the same decision would change.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, MutableMapping
from typing import Any, Protocol, TypeVar

import attrs

from stripe_subscription_handler.conversation.messages import (
    Answer,
    Commit,
    Fetch,
    Fetched,
    Handling,
    Outcome,
    Request,
    Written,
)
from stripe_subscription_handler.conversation.model import Tables
from stripe_subscription_handler.decisions.decision import Write
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.events.envelope import StripeEvent

Item = Mapping[str, Any]
LinkKey = tuple[str, str]
"""Customer id and subscription id."""
_Key = TypeVar("_Key", bound=Hashable)


class AskedStripeError(Exception):
    """The events do not tell their order, and the handling would ask Stripe for a state."""


@attrs.define
class Loaded(MutableMapping[_Key, Item]):
    """Items that are loaded when they are first looked at, and what has been written over them.

    Attributes:
        load: Loads one; None where there is none.
        before: What was loaded.
        after: What has been written.
    """

    load: Callable[[_Key], Item | None]
    before: dict[_Key, Item | None] = attrs.Factory(dict)
    after: dict[_Key, Item] = attrs.Factory(dict)

    def __getitem__(self, key: _Key) -> Item:
        if key in self.after:
            return self.after[key]
        if key not in self.before:
            self.before[key] = self.load(key)
        value = self.before[key]
        if value is None:
            raise KeyError(key)
        return value

    def __setitem__(self, key: _Key, value: Item) -> None:
        self.get(key)
        self.after[key] = value

    def __delitem__(self, key: _Key) -> None:
        raise NotImplementedError(key)

    def changed(self) -> dict[_Key, tuple[Item | None, Item]]:
        """Key → (value before, value after), where they differ."""
        pairs = {key: (self.before[key], value) for key, value in self.after.items()}
        return {key: (before, after) for key, (before, after) in pairs.items() if before != after}

    def __iter__(self) -> Iterator[_Key]:
        return iter({**self.before, **self.after})

    def __len__(self) -> int:
        return len({**self.before, **self.after})


class Named(Protocol):
    """Says whose a subscription or a customer is in Stripe."""

    def current(self, asked: Fetch) -> Fetched:
        """A subscription or a customer as it is now."""


class Source(Protocol):
    """Where a rehearsal finds items (plain Python values), and what Stripe says."""

    stripe: Named

    def profile(self, user_id: str) -> Item | None: ...

    def link(self, key: LinkKey) -> Item | None: ...

    def customer(self, customer_id: str) -> Item | None: ...

    def subscriptions_of(self, customer_id: str) -> Iterable[str]: ...

    def marks_of(self, customer_id: str) -> frozenset[str]: ...


@attrs.frozen
class Rehearsed:
    """What came of a rehearsal.

    Attributes:
        outcome: Of the conversation; None where it would have asked Stripe.
        profiles: User id → (item before, item after), where it would be written.
        links: (customer id, subscription id) → the same of the links.
        customers: Customer id → the same of the customers' records.
        seen: User id → item before, of every profile it looked at.
        writes: What it wrote, in order.
    """

    outcome: Outcome | None
    profiles: Mapping[str, tuple[Item | None, Item]]
    links: Mapping[LinkKey, tuple[Item | None, Item]]
    customers: Mapping[str, tuple[Item | None, Item]]
    seen: Mapping[str, Item | None]
    writes: tuple[Write | Commit, ...] = ()

    @property
    def only_write(self) -> Write | Commit | None:
        """The write that is all there is to do; None where there are several, or none.

        It can be sent as it is: its conditions name what was seen, and no model's revision.
        """
        return self.writes[0] if len(self.writes) == 1 else None


@attrs.define
class _Stage(Tables):
    """The model of the tables on which a conversation is rehearsed."""

    source: Source = attrs.field(kw_only=True)
    written: list[Write | Commit] = attrs.field(factory=list, kw_only=True)

    def execute(self, request: Request, event: StripeEvent | None = None) -> Answer:
        answer = super().execute(request, event)
        if isinstance(answer, Written) and isinstance(request, Write | Commit):
            self.written.append(request)
        return answer

    def subscriptions_of(self, customer_id: str) -> Iterable[str]:
        return {*self.source.subscriptions_of(customer_id), *super().subscriptions_of(customer_id)}

    def marks_of(self, customer_id: str) -> frozenset[str]:
        return self.source.marks_of(customer_id) | super().marks_of(customer_id)


def rehearse(conversation: Handling, event: StripeEvent, policy: Policy, source: Source) -> Rehearsed:
    """Hold an event's conversation with a model of the tables; nothing is written.

    Raises:
        HandlerError: As the conversation says.
    """
    profiles, links = Loaded(source.profile), Loaded(source.link)
    customers = Loaded(source.customer)
    tables = _Stage(
        profiles=profiles,
        links=links,
        customers=customers,
        policy=policy,
        stripe=lambda asked: _answered(asked, source.stripe),
        source=source,
    )
    try:
        outcome: Outcome | None = tables.hold(conversation, event)
    except AskedStripeError:
        outcome = None
    changed = profiles.changed(), links.changed(), customers.changed()
    return Rehearsed(outcome, *changed, profiles.before, tuple(tables.written))


def _answered(asked: Fetch, stripe: Named) -> Fetched:
    if asked.not_before is None:
        # Then only the owner matters, and no state is taken from the answer.
        return stripe.current(asked)
    raise AskedStripeError
