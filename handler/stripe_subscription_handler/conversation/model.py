"""A model of the world a conversation talks to: two DynamoDB tables and Stripe. Pure.

Every request is atomic. A comparison, commands and tests ask it what a handler would do with events.
"""

from collections.abc import Callable, Generator, Iterable, Mapping, MutableMapping
from typing import Any, TypeVar

import attrs

from stripe_subscription_handler.conversation.handling import handling
from stripe_subscription_handler.conversation.links import (
    CLAIM,
    DELETED,
    ENTITLEMENTS,
    EVERYTHING,
    FORGOTTEN,
    PARKED,
    REVISION,
    Customer,
    Link,
    digest,
    is_mark,
)
from stripe_subscription_handler.conversation.messages import (
    Answer,
    Commit,
    CustomerChange,
    Delete,
    Fetch,
    Fetched,
    FetchedEvent,
    FetchEvent,
    Guard,
    ItemSeen,
    LinkChange,
    Links,
    Moved,
    Outcome,
    Parked,
    ReadLink,
    ReadLinks,
    ReadParked,
    Refused,
    Request,
    Written,
)
from stripe_subscription_handler.decisions.conditions import holds
from stripe_subscription_handler.decisions.decision import ReadItem, Write
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.decisions.writes import after_write
from stripe_subscription_handler.errors import HandlerError
from stripe_subscription_handler.events.envelope import StripeEvent

FOREVER = "9999-12-31T23:59:59Z"
Item = Mapping[str, Any]
_Told = TypeVar("_Told")
"""What a conversation comes to: an event's outcome, say."""


def nothing_at_stripe(_asked: Fetch) -> Fetched:
    """A Stripe account without any objects."""
    return Fetched(None, FOREVER)


def no_event_at_stripe(_asked: FetchEvent) -> FetchedEvent:
    """A Stripe account without any events."""
    return FetchedEvent(None)


@attrs.define
class Tables:
    """Both tables, and the Stripe that is asked.

    Attributes:
        profiles: User id → profile item.
        links: (customer id, subscription id) → link item, or the mark of a forgotten one.
        customers: Customer id → the customer's record.
        parked: Customer id → event id → what waits, in the order in which it was first parked and expires.
        requests: How many were executed.
    """

    profiles: MutableMapping[str, Item] = attrs.Factory(dict)
    links: MutableMapping[tuple[str, str], Item] = attrs.Factory(dict)
    customers: MutableMapping[str, Item] = attrs.Factory(dict)
    parked: dict[str, dict[str, StripeEvent | Moved]] = attrs.Factory(dict)
    requests: int = 0
    policy: Policy = attrs.Factory(Policy)
    stripe: Callable[[Fetch], Fetched] = nothing_at_stripe
    stripe_events: Callable[[FetchEvent], FetchedEvent] = no_event_at_stripe
    _writes: int = 0

    def execute(self, request: Request, event: StripeEvent | None = None) -> Answer:  # noqa: PLR0911 - a table
        self.requests += 1
        match request:
            case Write():
                return self._write(request)
            case ReadItem(user_id):
                return ItemSeen(self.profiles.get(user_id))
            case ReadLink(customer_id, subscription_id):
                wanted = [subscription_id]
                links, marks = self._links(customer_id, wanted), self._marks(customer_id, wanted)
                return Links(self._customer(customer_id), links, marks)
            case ReadLinks(customer_id):
                links, marks = self._links(customer_id), self.marks_of(customer_id)
                return Links(self._customer(customer_id), links, marks)
            case ReadParked(customer_id):
                customer, links = self._customer(customer_id), self._links(customer_id)
                waiting = dict(self.parked.get(customer_id, {}))
                return Parked(customer, links, waiting, self.marks_of(customer_id))
            case Commit():
                return self._commit(request, event)
            case Delete():
                return self._delete(request)
            case Fetch():
                return self.stripe(request)
            case FetchEvent():
                return self.stripe_events(request)

    def subscriptions_of(self, customer_id: str) -> Iterable[str]:
        """Every subscription of a customer that has a link."""
        return [subscription for customer, subscription in self.links if customer == customer_id]

    def marks_of(self, customer_id: str) -> frozenset[str]:
        """Digests of every subscription of a customer that was forgotten."""
        return self._marks(customer_id, self.subscriptions_of(customer_id))

    def _customer(self, customer_id: str) -> Customer:
        return Customer.from_attributes(self.customers.get(customer_id))

    def _links(self, customer_id: str, wanted: Iterable[str] | None = None) -> dict[str, Link]:
        items = self._link_items(customer_id, wanted).items()
        return {one: Link.from_attributes(item) for one, item in items if not is_mark(item)}

    def _marks(self, customer_id: str, wanted: Iterable[str]) -> frozenset[str]:
        items = self._link_items(customer_id, wanted).items()
        return frozenset(digest(one) for one, item in items if is_mark(item))

    def _link_items(self, customer_id: str, wanted: Iterable[str] | None) -> dict[str, Item]:
        ids = self.subscriptions_of(customer_id) if wanted is None else wanted
        items = ((one, self.links.get((customer_id, one))) for one in ids)
        return {one: item for one, item in items if item is not None}

    def _write(self, write: Write) -> Answer:
        item = self.profiles.get(write.user_id)
        if not holds(write.condition, item):
            return ItemSeen(item)
        revision = self._revision()
        self.profiles[write.user_id] = after_write(write, item, revision)
        touched = (*write.set, *write.remove)
        return Written(revision, {name: item[name] for name in touched if item and name in item})

    def _commit(self, commit: Commit, event: StripeEvent | None) -> Answer:
        refused = self._refused(commit)
        if refused != Refused():
            return refused
        revision = self._revision()
        for write in commit.writes:
            if not write.only_checks:
                item = self.profiles.get(write.user_id)
                self.profiles[write.user_id] = after_write(write, item, revision)
        link = commit.link
        if link is not None and (link.forgets or link.to is not None):
            becomes = {FORGOTTEN: True} if link.to is None else link.to.to_attributes()
            self.links[commit.customer_id, link.subscription_id] = becomes
        if commit.customer is not None and not commit.customer.only_checks:
            self._change(commit.customer_id, commit.customer, revision)
        waiting = self.parked.setdefault(commit.customer_id, {})
        if commit.parks is not None:
            waiting[commit.parks.id] = (
                commit.parks if isinstance(commit.parks, Moved) else event or commit.parks
            )
        waiting.pop(commit.unparks or "", None)
        return Written(revision)

    def _refused(self, commit: Commit) -> Refused:
        items: dict[str, Item | None] = {
            write.user_id: self.profiles.get(write.user_id)
            for write in commit.writes
            if not holds(write.condition, self.profiles.get(write.user_id))
        }
        if commit.absent is not None and self.profiles.get(commit.absent) is not None:
            items[commit.absent] = self.profiles[commit.absent]
        links, marks = {}, frozenset[str]()
        if commit.link is not None:
            links = self._other_link(commit.customer_id, commit.link)
            marks = self._marks(commit.customer_id, [commit.link.subscription_id])
        customer = self._customer(commit.customer_id)
        change = commit.customer
        is_other = change is not None and not _is_as_asked(customer, change)
        waiting = self.parked.get(commit.customer_id, {})
        unparked = commit.unparks is not None and commit.unparks not in waiting
        return Refused(items, links, customer if is_other else None, unparked, marks)

    def _other_link(self, customer_id: str, change: LinkChange) -> dict[str, Link | None]:
        found = self._links(customer_id, [change.subscription_id]).get(change.subscription_id)
        return {} if found == change.seen else {change.subscription_id: found}

    def _change(self, customer_id: str, change: CustomerChange, revision: str) -> None:
        found = dict(self.customers.get(customer_id, {}))
        parked = set(found.pop(PARKED, ())) - change.unparks | ({change.parks} if change.parks else set())
        if change.claim is not None:
            found[CLAIM] = change.claim.to_attribute()
        if change.entitlements is not None:
            found[ENTITLEMENTS] = change.entitlements.to_attribute()
        if change.deleted is not None:
            found[DELETED] = change.deleted
        if change.forgets is not None:
            found = {} if change.forgets == EVERYTHING else found
            parked = set() if change.forgets == EVERYTHING else parked
            found.pop(CLAIM, None)
            found[FORGOTTEN] = change.forgets
        waiting = {PARKED: parked} if parked else {}
        self.customers[customer_id] = found | waiting | {REVISION: revision}

    def _delete(self, request: Delete) -> Answer:
        item = self.profiles.get(request.user_id)
        if not holds(request.condition, item):
            return ItemSeen(item)
        del self.profiles[request.user_id]
        return Written("")

    def _revision(self) -> str:
        self._writes += 1
        return f"revision {self._writes}"

    def deliver(self, event: StripeEvent) -> Outcome:
        return self.hold(handling(event, self.policy), event)

    def hold(
        self, conversation: Generator[Request, Answer, _Told], event: StripeEvent | None = None
    ) -> _Told:
        """Hold a conversation to its end, alone; an event's, or one without any."""
        try:
            request = next(conversation)
            while True:
                try:
                    answer = self.execute(request, event)
                except HandlerError as error:
                    request = conversation.throw(error)
                else:
                    request = conversation.send(answer)
        except StopIteration as stop:
            told: _Told = stop.value
            return told


def _is_as_asked(customer: Customer, change: CustomerChange) -> bool:
    match change.guard:
        case Guard.AS_SEEN:
            return customer.revision == change.revision
        case Guard.NOTHING_KEPT:
            return not customer.parked and customer.entitlements is None
        case Guard.NO_SUMMARY:
            return customer.entitlements is None
        case Guard.NONE:
            return True
