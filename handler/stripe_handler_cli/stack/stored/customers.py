"""What the sync table has of a customer, as values. Pure."""

from collections.abc import Mapping
from typing import Any

import attrs

from stripe_handler_cli.stack.stored.owners import Ownership, claim_as_json
from stripe_handler_cli.stack.stored.parked import ParkedEvent
from stripe_subscription_handler.conversation.messages import Links
from stripe_subscription_handler.decisions.claims import Claim
from stripe_subscription_handler.decisions.ledger import Ledger

_TOLD_OF_PARKED = attrs.filters.exclude("account", "customer_id")


@attrs.frozen
class CustomerRecord:
    """Whose a customer's subscriptions are, and what waits.

    Attributes:
        claim: What the customer's own metadata says.
        contents: What each of the parked ones holds, whole, by its id; None where it cannot be read.
        deleted: When Stripe deleted it, ISO-8601 UTC; None where nothing tells that.
        is_forgotten: Whether it was forgotten as a whole: what only the customer names is skipped.
        forgotten_subscriptions: How many of its subscriptions were forgotten; nothing tells which.
        ownerships: One for each subscription that has a link, by its id.
        parked: What waits, the oldest first.
        lost: Ids of events that should wait and whose content is gone: they waited too long.
    """

    customer_id: str
    ownerships: tuple[Ownership, ...] = ()
    parked: tuple[ParkedEvent, ...] = ()
    lost: tuple[str, ...] = ()
    claim: Claim | None = None
    contents: Mapping[str, Any] = attrs.field(factory=dict, repr=False)
    deleted: str | None = None
    is_forgotten: bool = False
    forgotten_subscriptions: int = 0

    @classmethod
    def of(
        cls,
        customer_id: str,
        found: Links,
        profiles: Mapping[str, Mapping[str, Any]],
        parked: tuple[ParkedEvent, ...],
        contents: Mapping[str, Any] | None = None,
    ) -> "CustomerRecord":
        """Put together the customer's partition and the profile items of the owners, by user id."""
        ledgers = {user_id: Ledger.from_item(item) for user_id, item in profiles.items()}
        waiting = {event.event_id for event in parked}
        return cls(
            customer_id=customer_id,
            ownerships=tuple(
                Ownership.of(key, link, ledgers.get(link.owner or "", Ledger()).of(key).claim)
                for key, link in sorted(found.links.items())
            ),
            parked=parked,
            lost=tuple(sorted(found.customer.parked - waiting)),
            claim=found.customer.claim,
            contents=contents or {},
            deleted=found.customer.deleted,
            is_forgotten=found.customer.is_forgotten,
            forgotten_subscriptions=len(found.marks),
        )

    @property
    def owners(self) -> dict[str, str]:
        """Subscription id → user, where it has an owner."""
        return {one.subscription_id: one.owner for one in self.ownerships if one.owner is not None}

    @property
    def users(self) -> tuple[str, ...]:
        """Everybody who owns one of the subscriptions."""
        return tuple(sorted(set(self.owners.values())))

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.customer_id,
            "claim": claim_as_json(self.claim),
            "users": list(self.users),
            "owners": self.owners,
            "links": [one.as_json() for one in self.ownerships],
            "parked": [
                attrs.asdict(one, filter=_TOLD_OF_PARKED) | {"event": self.contents.get(one.event_id)}
                for one in self.parked
            ],
            "lost": list(self.lost),
            "deleted": self.deleted,
            "is_forgotten": self.is_forgotten,
            "forgotten_subscriptions": self.forgotten_subscriptions,
        }
