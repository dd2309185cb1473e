"""Subscriptions that a profile has lost: their link names its user, and it does not hold them. Reads only.

The two change in one transaction, so no event does that. What does is a `PutItem` of the app's, which
replaces the whole item, or an old copy of the item that somebody has put back.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Protocol

import attrs

from stripe_handler_cli.stack.stored.customers import CustomerRecord
from stripe_handler_cli.stack.stored.misplaced import sync_command
from stripe_handler_cli.stack.stored.records import UserRecord
from stripe_handler_cli.stack.stored.tables import LinkPage, OwnedLink
from stripe_subscription_handler.comparison.rehearsal import Item, LinkKey
from stripe_subscription_handler.conversation.links import OWNER
from stripe_subscription_handler.decisions.compaction import is_closed
from stripe_subscription_handler.decisions.ledger import Ledger


class Profiles(Protocol):
    """Reads profile items and links."""

    def profiles(self, user_ids: Iterable[str]) -> Mapping[str, Item]: ...

    def links(self, keys: Iterable[LinkKey]) -> Mapping[LinkKey, Item]: ...

    def scan_links(self, after: Mapping[str, Any] | None = None) -> LinkPage: ...


@attrs.frozen(order=True)
class Lost:
    """A subscription that its owner's profile does not hold any more."""

    subscription_id: str
    user_id: str
    customer_id: str

    @property
    def sentence(self) -> str:
        """What is wrong, for people."""
        return f"{self.subscription_id} is {self.user_id}'s by its link, but the profile has lost it."

    def repair(self, stack_options: str = "") -> str:
        """The command that restores it; the customer is named, because the profile may not know of it."""
        return sync_command(self.user_id, f"{stack_options} --customer {self.customer_id}")

    def as_json(self, stack_options: str = "") -> dict[str, Any]:
        return attrs.asdict(self) | {"repair": self.repair(stack_options)}


def lost(tables: Profiles, links: Collection[OwnedLink]) -> tuple[Lost, ...]:
    """Those of the links' subscriptions that an item has lost; a user without an item has lost nothing.

    What the app deletes with its user is the app's own affair.
    """
    items = tables.profiles({link.owner for link in links})
    ledgers = {user_id: Ledger.from_item(item) for user_id, item in items.items()}
    return tuple(
        sorted(
            Lost(link.subscription_id, link.owner, link.customer_id)
            for link in links
            if link.owner in ledgers and not _holds(ledgers[link.owner], link.subscription_id)
        )
    )


def lost_by(record: UserRecord, customers: Iterable[CustomerRecord]) -> tuple[Lost, ...]:
    """What one user's profile has lost, as far as these customers tell."""
    if record.profile is None:
        return ()
    return tuple(
        Lost(subscription_id, owner, customer.customer_id)
        for customer in customers
        for subscription_id, owner in customer.owners.items()
        if owner == record.user_id and not _holds(record.ledger, subscription_id)
    )


def find_lost(tables: Profiles) -> tuple[Lost, ...]:
    """Go through all links, and look at what is found once more: a subscription may move meanwhile."""
    found: list[Lost] = []
    after, is_over = None, False
    while not is_over:
        page = tables.scan_links(after)
        found += lost(tables, page.links)
        after = page.after
        is_over = after is None
    return confirmed(tables, found)


def confirmed(tables: Profiles, found: Collection[Lost]) -> tuple[Lost, ...]:
    """Those whose link still names the user, and whose profile still does not hold them."""
    links = tables.links({(one.customer_id, one.subscription_id) for one in found})
    owned = (OwnedLink(str(link.get(OWNER)), *key) for key, link in links.items())
    return tuple(one for one in lost(tables, list(owned)) if one in found)


def _holds(ledger: Ledger, subscription_id: str) -> bool:
    # Beyond the floor even the ids of dead ones are dropped.
    return subscription_id in ledger.held or is_closed(ledger, subscription_id) or ledger.floor is not None
