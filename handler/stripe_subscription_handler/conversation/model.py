"""A model of the world a conversation talks to: two DynamoDB tables and Stripe. Pure.

Every request is atomic. A comparison, commands and tests ask it what a handler would do with events.
"""

from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

import attrs

from stripe_subscription_handler.conversation.handling import handling
from stripe_subscription_handler.conversation.messages import (
    Answer,
    Blocked,
    CustomerUser,
    FetchCustomerUser,
    Fetched,
    FetchedInvoice,
    FetchInvoice,
    FetchSubscription,
    Handling,
    ItemSeen,
    Links,
    Outcome,
    Park,
    Parked,
    ReadLinks,
    ReadParked,
    Request,
    Unpark,
    WriteLink,
    Written,
)
from stripe_subscription_handler.conversation.owner_links import PARKED, USERS, link_value, owner_attribute
from stripe_subscription_handler.decisions.conditions import holds
from stripe_subscription_handler.decisions.decision import OwnerLink, ReadItem, Write
from stripe_subscription_handler.decisions.ledger import KNOWN
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.events.envelope import StripeEvent

FOREVER = "9999-12-31T23:59:59Z"
Asked = FetchSubscription | FetchInvoice


def nothing_at_stripe(asked: Asked) -> Fetched | FetchedInvoice:
    """A Stripe account without any objects."""
    return FetchedInvoice(None, FOREVER) if isinstance(asked, FetchInvoice) else Fetched(None, FOREVER)


@attrs.define
class Tables:
    """The two tables, and what Stripe answers.

    Attributes:
        profiles: Profile items by user id.
        links: Link items by customer id.
        parked: Customer id → event id → parked event.
        customer_users: Customer id → the user its metadata names.
    """

    profiles: MutableMapping[str, dict[str, Any]] = attrs.Factory(dict)
    links: MutableMapping[str, dict[str, Any]] = attrs.Factory(dict)
    parked: dict[str, dict[str, StripeEvent]] = attrs.Factory(dict)
    requests: int = 0
    policy: Policy = attrs.Factory(Policy)
    stripe: Callable[[Asked], Fetched | FetchedInvoice] = nothing_at_stripe
    customer_users: Mapping[str, str] = attrs.Factory(dict)

    def execute(self, request: Request, event: StripeEvent) -> Answer:  # noqa: PLR0911 - a table
        self.requests += 1
        match request:
            case Write():
                return self._write(request)
            case ReadItem(user_id):
                return ItemSeen(self.profiles.get(user_id))
            case ReadLinks(customer_id):
                return Links(self.links.get(customer_id))
            case WriteLink(link, moves):
                return self._link(link, moves=moves)
            case Park():
                return self._park(request, event)
            case ReadParked(customer_id):
                waiting = self.parked.get(customer_id, {})
                ids = self.links.get(customer_id, {}).get(PARKED, set())
                return Parked(tuple(waiting.values()), tuple(sorted(ids - waiting.keys())))
            case Unpark(customer_id, event_id):
                self.parked.get(customer_id, {}).pop(event_id, None)
                self._set_parked(customer_id, self.links[customer_id].get(PARKED, set()) - {event_id})
                return Written()
            case FetchSubscription() | FetchInvoice():
                return self.stripe(request)
            case FetchCustomerUser(customer_id):
                return CustomerUser(self.customer_users.get(customer_id))

    def _write(self, write: Write) -> Answer:
        item = self.profiles.get(write.user_id)
        if not holds(write.condition, item):
            return ItemSeen(item)
        link = write.link
        if link and not write.despite_parked and self.links.get(link.customer_id, {}).get(PARKED):
            return Blocked()
        self.profiles[write.user_id] = after_write(write, item)
        if link:
            self._link(link, moves=False)
        touched = (*write.set, *write.remove)
        return Written(old={name: item[name] for name in touched if item and name in item})

    def _link(self, link: OwnerLink, *, moves: bool) -> Answer:
        found = self.links.get(link.customer_id, {})
        name = owner_attribute(link.subscription_id)
        if moves and name in found and found[name]["version"] >= link.version:
            return ItemSeen(found)
        owner = link_value(link) if moves else found.get(name, link_value(link))
        users = {link.user_id} | found.get(USERS, set())
        self.links[link.customer_id] = {**found, name: owner, USERS: users}
        return Links(self.links[link.customer_id]) if moves else Written()

    def _park(self, park: Park, event: StripeEvent) -> Answer:
        found = self.links.get(park.customer_id, {})
        is_owned = park.subscription_id is not None and owner_attribute(park.subscription_id) in found
        if is_owned or (park.unless_users and found.get(USERS)):
            return ItemSeen(found)
        self.parked.setdefault(park.customer_id, {})[park.event_id] = event
        self._set_parked(park.customer_id, found.get(PARKED, set()) | {park.event_id})
        return Written()

    def _set_parked(self, customer_id: str, ids: set[str]) -> None:
        found = {name: value for name, value in self.links.get(customer_id, {}).items() if name != PARKED}
        self.links[customer_id] = {**found, PARKED: ids} if ids else found

    def deliver(self, event: StripeEvent) -> Outcome:
        return self.hold(handling(event, self.policy), event)

    def hold(self, conversation: Handling, event: StripeEvent) -> Outcome:
        """Hold an event's conversation to its end, alone."""
        try:
            request = next(conversation)
            while True:
                request = conversation.send(self.execute(request, event))
        except StopIteration as stop:
            outcome: Outcome = stop.value
            return outcome


def after_write(write: Write, item: Mapping[str, Any] | None) -> dict[str, Any]:
    """The item after a write whose condition held."""
    kept = {name: value for name, value in (item or {}).items() if name not in write.remove}
    known = {KNOWN: {write.known} | (item or {}).get(KNOWN, set())} if write.known else {}
    return kept | dict(write.set) | known
