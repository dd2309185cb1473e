"""The items that some events are about: read together, and kept up with what repairs write. Asks `Items`."""

from collections.abc import Iterable, Mapping
from typing import Protocol

import attrs

from stripe_subscription_handler.comparison.rehearsal import Item, LinkKey, Named, Rehearsed
from stripe_subscription_handler.conversation.links import OWNER
from stripe_subscription_handler.conversation.links import REVISION as CUSTOMER_REVISION
from stripe_subscription_handler.conversation.messages import Links
from stripe_subscription_handler.decisions.ledger import REVISION
from stripe_subscription_handler.events.envelope import StripeEvent


@attrs.frozen
class Together:
    """Items that were read together, where there are any."""

    profiles: Mapping[str, Item]
    links: Mapping[LinkKey, Item]
    customers: Mapping[str, Item]


class Items(Protocol):
    """Reads the items of users, of subscriptions and of customers, where there are any."""

    def profiles(self, user_ids: Iterable[str]) -> Mapping[str, Item]: ...

    def links(self, keys: Iterable[LinkKey]) -> Mapping[LinkKey, Item]: ...

    def customers(self, customer_ids: Iterable[str]) -> Mapping[str, Item]: ...

    def together(
        self, user_ids: Iterable[str], keys: Iterable[LinkKey], customer_ids: Iterable[str]
    ) -> Together: ...

    def links_of(self, customer_id: str) -> Links: ...


@attrs.define
class Batch:
    """Some events and the items they are about, which are read together."""

    items: Items
    stripe: Named
    events: Iterable[StripeEvent]
    _profiles: dict[str, Item | None] = attrs.Factory(dict)
    _links: dict[LinkKey, Item | None] = attrs.Factory(dict)
    _customers: dict[str, Item | None] = attrs.Factory(dict)
    _right: dict[str, Item | None] = attrs.Factory(dict)

    def __attrs_post_init__(self) -> None:
        customers = {event.customer_id for event in self.events if event.customer_id is not None}
        keys = {
            (event.customer_id, event.subscription_id)
            for event in self.events
            if event.customer_id is not None and event.subscription_id is not None
        }
        users = {event.user_id for event in self.events if event.user_id is not None}
        found = self.items.together(users, keys, customers)
        self._links = {key: found.links.get(key) for key in keys}
        self._customers = {customer: found.customers.get(customer) for customer in customers}
        self._profiles = {user: found.profiles.get(user) for user in users}
        owners = {link[OWNER] for link in found.links.values() if OWNER in link} - users
        if owners:
            profiles = self.items.profiles(owners)
            self._profiles |= {user: profiles.get(user) for user in owners}

    def profile(self, user_id: str) -> Item | None:
        """The item as it is, or as it should be by its own ledger, once that was looked at."""
        return self._right[user_id] if user_id in self._right else self.stored_profile(user_id)

    def stored_profile(self, user_id: str) -> Item | None:
        if user_id not in self._profiles:
            self._profiles[user_id] = self.items.profiles([user_id]).get(user_id)
        return self._profiles[user_id]

    def suppose(self, user_id: str, item: Item | None, *, is_written: bool) -> None:
        """Go on with the item as it should be by its own ledger, which has been written, or has not."""
        self._right[user_id] = item
        if is_written:
            self._profiles[user_id] = item

    def users_of(self, event: StripeEvent) -> set[str]:
        """Whoever owns the event's subscription, or is named by it."""
        link = self._links.get((event.customer_id or "", event.subscription_id or "")) or {}
        return {user for user in (event.user_id, link.get(OWNER)) if user is not None}

    def link(self, key: LinkKey) -> Item | None:
        if key not in self._links:
            self._links[key] = self.items.links([key]).get(key)
        return self._links[key]

    def customer(self, customer_id: str) -> Item | None:
        if customer_id not in self._customers:
            self._customers[customer_id] = self.items.customers([customer_id]).get(customer_id)
        return self._customers[customer_id]

    def subscriptions_of(self, customer_id: str) -> Iterable[str]:
        return self.items.links_of(customer_id).links

    def marks_of(self, customer_id: str) -> frozenset[str]:
        return self.items.links_of(customer_id).marks

    def forget(self, rehearsal: Rehearsed) -> None:
        """Have what a repair has changed read again."""
        for user_id in rehearsal.profiles:
            self._profiles.pop(user_id, None)
            self._right.pop(user_id, None)
        for key in rehearsal.links:
            self._links.pop(key, None)
        for customer_id in rehearsal.customers:
            self._customers.pop(customer_id, None)

    def learn(self, rehearsal: Rehearsed, revision: str) -> None:
        """Take over what a repair has written, which was just as rehearsed."""
        for user_id, (_, after) in rehearsal.profiles.items():
            self._profiles[user_id] = {**after, REVISION: revision}
            self._right.pop(user_id, None)
        for key, (_, link) in rehearsal.links.items():
            self._links[key] = link
        for customer_id, (_, record) in rehearsal.customers.items():
            self._customers[customer_id] = {**record, CUSTOMER_REVISION: revision}
