"""What a conversation has seen so far of items, links and the customer. No I/O.

Whatever is written on the strength of it carries conditions: what has changed since is refused, and learned.
"""

import attrs

from stripe_subscription_handler.conversation.links import EVERYTHING, Customer, Link, digest
from stripe_subscription_handler.conversation.messages import (
    Answer,
    Commit,
    CustomerChange,
    Item,
    ItemSeen,
    Links,
    Parked,
    ReadLink,
    Refused,
    Request,
    Written,
)
from stripe_subscription_handler.decisions.decide import UNREAD, Unread
from stripe_subscription_handler.decisions.decision import ReadItem, Write
from stripe_subscription_handler.decisions.ledger import Ledger
from stripe_subscription_handler.decisions.writes import after_write
from stripe_subscription_handler.value import Value


@attrs.define(repr=False)
class Known(Value):
    """What is known of one customer's subscriptions, and of the profiles they are shown in.

    Attributes:
        customer_id: None where the event names no customer.
        items: User id → profile item, None where there is none.
        links: Subscription id → link, None where there is none.
        customer: The customer's record; None: it was not read.
        has_all_links: Whether there are no other links.
        marks: Digests of forgotten subscriptions, as far as they were seen.
    """

    customer_id: str | None
    items: dict[str, Item | None] = attrs.Factory(dict)
    links: dict[str, Link | None] = attrs.Factory(dict)
    customer: Customer | None = None
    has_all_links: bool = False
    marks: frozenset[str] = frozenset()

    def item(self, user_id: str) -> Item | Unread | None:
        return self.items.get(user_id, UNREAD)

    def link(self, subscription_id: str) -> Link | Unread | None:
        absent = None if self.has_all_links else UNREAD
        return self.links.get(subscription_id, absent)

    def is_forgotten(self, subscription_id: str) -> bool:
        """Whether nothing but a mark is left of a subscription, as far as it was seen."""
        return bool(self.marks) and digest(subscription_id) in self.marks

    @property
    def revision(self) -> str | None:
        """That of the customer's record, as it was seen; None where there was none, or it was not read."""
        return self.customer.revision if self.customer else None

    @property
    def parked(self) -> frozenset[str]:
        """Ids of the customer's parked events, as far as that is known."""
        return self.customer.parked if self.customer else frozenset()

    @property
    def owners(self) -> frozenset[str]:
        """Everybody who owns a subscription of the customer now."""
        return frozenset(link.owner for link in self.links.values() if link and link.owner is not None)

    def is_unlinked(self, user_id: str | None, subscription_id: str) -> bool:
        """Whether parked events are still to be applied before a subscription is done with."""
        item = self.items.get(user_id) if user_id is not None else None
        return not Ledger.from_item(item).of(subscription_id).linked

    def learn(self, request: Request, answer: Answer) -> None:
        """Take over what an answer tells."""
        match answer:
            case Links() | Parked():
                self.customer = answer.customer
                if isinstance(request, ReadLink):
                    self.links[request.subscription_id] = answer.links.get(request.subscription_id)
                    self.marks |= answer.marks
                else:
                    self.links, self.marks = dict(answer.links), answer.marks
                    self.has_all_links = True
            case ItemSeen() if isinstance(request, ReadItem | Write):
                self.items[request.user_id] = answer.item
            case Refused() if isinstance(request, Commit):
                self._refused(request, answer)
            case Written() if isinstance(request, Write):
                self._wrote(request, answer.revision)
            case Written() if isinstance(request, Commit):
                self._committed(request, answer.revision)

    def _refused(self, request: Commit, answer: Refused) -> None:
        if request.link is not None:
            self.links[request.link.subscription_id] = request.link.seen
        self.items.update(answer.items)
        self.links.update(answer.links)
        self.marks |= answer.marks
        if answer.customer is not None:
            # Others may have come to the customer meanwhile.
            self.customer, self.has_all_links = answer.customer, False

    def _committed(self, request: Commit, revision: str) -> None:
        for write in request.writes:
            self._wrote(write, revision)
        if request.link is not None:
            link = request.link
            self.links[link.subscription_id] = None if link.forgets else link.to or link.seen
            self.marks |= {digest(link.subscription_id)} if link.forgets else frozenset()
        change = request.customer
        if change is not None and self.customer is not None and not change.only_checks:
            self.customer = _changed(self.customer, change, revision)

    def _wrote(self, write: Write, revision: str) -> None:
        if write.user_id in self.items and not write.only_checks:
            self.items[write.user_id] = after_write(write, self.items[write.user_id], revision)


def _changed(customer: Customer, change: CustomerChange, revision: str) -> Customer:
    parks = frozenset() if change.parks is None else frozenset({change.parks})
    if change.forgets == EVERYTHING:
        return Customer(revision=revision, forgotten=EVERYTHING)
    return Customer(
        None if change.forgets else change.claim or customer.claim,
        (customer.parked | parks) - change.unparks,
        revision,
        change.entitlements or customer.entitlements,
        change.forgets or customer.forgotten,
        change.deleted or customer.deleted,
    )
