"""One owner at a time: an item holds a subscription only while its link names the item's user."""

from collections.abc import Mapping
from typing import Any

from stripe_subscription_handler.decisions.compaction import is_closed
from stripe_subscription_handler.decisions.ledger import (
    FLOOR,
    Ledger,
    known_ids,
    subscription_attribute,
)
from support.model import Tables

_MARK = subscription_attribute("")


def held(item: Mapping[str, Any]) -> set[str]:
    """Subscriptions of which an item holds a register, a payment or a claim."""
    return {name.removeprefix(_MARK) for name in item if name.startswith(_MARK)}


def holders(tables: Tables) -> dict[str, set[str]]:
    """Subscription → users whose item holds something of it."""
    found: dict[str, set[str]] = {}
    for user, item in tables.profiles.items():
        for subscription_id in held(item):
            found.setdefault(subscription_id, set()).add(user)
    return found


def linked_owners(tables: Tables) -> dict[str, str | None]:
    """Subscription → the owner whom its link names."""
    return {key: link.get("owner") for (_, key), link in tables.links.items()}


def check_one_owner(tables: Tables) -> None:
    """An item holds, or remembers as closed, exactly the subscriptions whose link names its user.

    Raises:
        AssertionError: A subscription is in an item and not linked to its user, or the other way round.
    """
    check_nobody_elses(tables)
    for subscription_id, owner in linked_owners(tables).items():
        item = tables.profiles.get(owner or "", {})
        is_there = subscription_id in held(item) or is_closed(Ledger.from_item(item), subscription_id)
        # Of those that were dropped for space even from the closed ids, nothing is left but the link.
        assert owner is None or is_there or FLOOR in item, f"{subscription_id} is not in the item of {owner}"


def check_nobody_elses(tables: Tables) -> None:
    """The half of it that still holds when the app deletes profiles.

    Raises:
        AssertionError: A subscription is in two items, or in one whose user its link does not name.
    """
    owners = linked_owners(tables)
    for subscription_id, users in holders(tables).items():
        assert users == {owners.get(subscription_id)}, (
            f"{subscription_id} is in the items of {sorted(users)}, its link names "
            f"{owners.get(subscription_id)}"
        )
    for user, item in tables.profiles.items():
        assert held(item) == known_ids(item), f"the item of {user} knows other ids than it holds"
        shown = item.get("subscriptionId")
        assert shown is None or "r" in item.get(subscription_attribute(shown), {}), (
            f"{user} is shown what the item lacks"
        )
