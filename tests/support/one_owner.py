"""One owner at a time: an item holds a subscription only while its link names the item's user."""

from collections.abc import Mapping
from typing import Any

from stripe_subscription_handler.decisions.ledger import (
    KNOWN,
    claim_attribute,
    payment_attribute,
    register_attribute,
)
from support.model import Tables

_MARKS = (register_attribute(""), payment_attribute(""), claim_attribute(""))


def held(item: Mapping[str, Any]) -> set[str]:
    """Subscriptions of which an item holds a register, a payment or a claim."""
    return {name.removeprefix(mark) for name in item for mark in _MARKS if name.startswith(mark)}


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
    """Look at both tables as they are now.

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
        assert held(item) == set(item.get(KNOWN, ())), f"the item of {user} knows other ids than it holds"
        shown = item.get("subscriptionId")
        assert shown is None or register_attribute(shown) in item, f"{user} is shown what the item lacks"
