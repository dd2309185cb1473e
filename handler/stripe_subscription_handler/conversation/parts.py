"""What of a customer is one user's, and what is others': read off links, record and what waits. Pure."""

import attrs

from stripe_subscription_handler.conversation.known import Known
from stripe_subscription_handler.conversation.messages import Moved
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.value import Value

Waiting = StripeEvent | Moved
NONE: frozenset[str] = frozenset()


@attrs.define(repr=False)
class Part(Value):
    """A user's part in a customer, as it was read.

    Attributes:
        user_id: None: whoever has a part in it.
        held: Ids of subscriptions of the customer that the user's item holds.
        waiting: What is parked, by its id.
        unreadable: Ids of what is parked and cannot be read.
    """

    known: Known
    user_id: str | None
    held: frozenset[str]
    waiting: dict[str, Waiting]
    unreadable: frozenset[str]

    @property
    def others(self) -> frozenset[str]:
        """Users who have a part in the customer besides this one."""
        return NONE if self.user_id is None else self._named() - {self.user_id}

    def _named(self) -> frozenset[str]:
        """Everybody whom the links and the record name."""
        customer, links = self.known.customer, self.known.links.values()
        named = {link.owner or link.claim.user_id for link in links if link is not None}
        if customer is not None and customer.claim is not None:
            named.add(customer.claim.user_id)
        shown_to = customer.entitlements.shown_to if customer and customer.entitlements else None
        return frozenset(named | ({shown_to} if shown_to is not None else set()))

    def has_part(self) -> bool:
        """Whether anything here is the user's: most of what waits under a customer names nobody."""
        is_named = any(map(self._is_users, self._named())) or any(map(self.names, self.waiting))
        return is_named or bool(self.held) or self.user_id is None

    def names(self, event_id: str) -> bool:
        """Whether what waits under an id names the user."""
        one = self.waiting.get(event_id)
        if isinstance(one, Moved):
            return one.held.claim is not None and self._is_users(one.held.claim.user_id)
        return one is not None and one.user_id is not None and self._is_users(one.user_id)

    def has_record(self) -> bool:
        """Whether there is anything to leave a mark of; most customers of an account are nobody's here."""
        customer, known = self.known.customer, self.known
        is_known = known.revision is not None or bool(known.links or self.held)
        return is_known and not (customer is not None and customer.is_forgotten)

    def claims(self) -> bool:
        """Whether the customer's metadata claims something for the user."""
        customer = self.known.customer
        return customer is not None and customer.claim is not None and self._is_users(customer.claim.user_id)

    def _is_users(self, user_id: str | None) -> bool:
        return self.user_id is None or user_id == self.user_id

    def subscriptions(self) -> set[str]:
        """Subscriptions that are the user's, or are going to be, or of which the item alone tells."""
        links = self.known.links.items()
        linked = {
            key
            for key, link in links
            if link is not None and self._is_users(link.owner or link.claim.user_id)
        }
        unlinked = {
            key for key in self.held if self.known.links.get(key) is None and not self.known.is_forgotten(key)
        }
        return linked | unlinked

    def parked(self) -> frozenset[str]:
        """Ids of what waits for the user; where nobody else has a part, of all that waits."""
        if not self.others:
            return self.unreadable | self.waiting.keys()
        return frozenset(filter(self._is_meant, self.waiting))

    def _is_meant(self, event_id: str) -> bool:
        """Whether what waits under a customer of several users is about this one."""
        about = _about(self.waiting[event_id])
        if about is not None and (about in self.subscriptions() or self.known.is_forgotten(about)):
            return True
        if about is not None and self.known.links.get(about) is not None:
            return False
        return self.names(event_id)

    def parked_subscriptions(self, parked: list[str]) -> set[str]:
        """Subscriptions that only what waits tells of."""
        found = {_about(self.waiting[key]) for key in parked if key in self.waiting}
        return {
            key
            for key in found
            if key is not None and self.known.links.get(key) is None and not self.known.is_forgotten(key)
        }


def _about(one: Waiting) -> str | None:
    """The subscription that something waits for; a thin event about another object names none."""
    if isinstance(one, Moved) or one.subscription_id is not None:
        return one.subscription_id
    return None if one.is_about_invoice else one.related_id
