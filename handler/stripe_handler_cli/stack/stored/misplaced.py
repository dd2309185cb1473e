"""Subscriptions that a profile holds although their link does not name its user. Reads tables only.

A link has one owner, so of two profiles that hold one subscription at least one does not own it.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Protocol

import attrs

from stripe_handler_cli.common.user_command import as_argument
from stripe_subscription_handler.comparison.rehearsal import Item, LinkKey
from stripe_subscription_handler.conversation.links import OWNER
from stripe_subscription_handler.decisions.ledger import Ledger


def sync_command(user_id: str, stack_options: str = "") -> str:
    """The command that brings a user's profile up to date; `stack_options` has a space before each option."""
    user = as_argument(user_id)
    is_last = user.startswith("--")
    return (
        f"stripe-handler sync{stack_options} {user}"
        if is_last
        else f"stripe-handler sync {user}{stack_options}"
    )


class Items(Protocol):
    """Reads profile items and links, where there are any."""

    def profiles(self, user_ids: Iterable[str]) -> Mapping[str, Item]: ...

    def links(self, keys: Iterable[LinkKey]) -> Mapping[LinkKey, Item]: ...


@attrs.frozen(order=True)
class Misplaced:
    """A subscription in a profile that does not own it.

    Attributes:
        user_id: Whose profile holds it.
        owner: Who owns it; None where no link names anybody.
        customer_id: None where the profile knows a payment alone; such a one is held by another profile too.
    """

    subscription_id: str
    user_id: str
    owner: str | None = attrs.field(eq=False)
    customer_id: str | None = attrs.field(eq=False)

    @property
    def told(self) -> str:
        """What is wrong, for people, as the end of a sentence."""
        if self.owner is not None:
            return f"it belongs to {self.owner}"
        return "no link names its owner" if self.customer_id else "another profile holds it too"

    @property
    def sentence(self) -> str:
        return f"{self.subscription_id} is held by {self.user_id}, but {self.told}."

    def repair(self, stack_options: str = "") -> str:
        """The command that repairs it; the options lead it to the same stack, each with a space before it."""
        return sync_command(self.user_id, stack_options)

    def as_json(self, stack_options: str = "") -> dict[str, Any]:
        return attrs.asdict(self) | {"repair": self.repair(stack_options)}


@attrs.frozen
class Holdings:
    """What some profiles hold.

    Attributes:
        misplaced: What they hold and do not own.
        open: Subscription id → users, where a profile knows a payment alone: no customer, so no link.
    """

    misplaced: tuple[Misplaced, ...]
    open: Mapping[str, frozenset[str]]


def holdings(tables: Items, user_ids: Iterable[str]) -> Holdings:
    """Hold what these users' profiles have against the links."""
    profiles = tables.profiles(user_ids)
    ledgers = {user_id: Ledger.from_item(item) for user_id, item in profiles.items()}
    customers = {
        (user_id, key): register.subscription.customer_id
        for user_id, ledger in ledgers.items()
        for key, register in ledger.registers.items()
    }
    # What only shows is the app's own, from before a migration say, unless somebody else has it by its link.
    only_shown = {
        (user_id, item["subscriptionId"]): item["stripeCustomerId"]
        for user_id, item in profiles.items()
        if {"subscriptionId", "stripeCustomerId"} <= item.keys()
        and item["subscriptionId"] not in ledgers[user_id].held
    }
    customers |= only_shown
    links = tables.links({(customer, key) for (_, key), customer in customers.items()})
    found = []
    for (user_id, key), customer in customers.items():
        owner = links.get((customer, key), {}).get(OWNER)
        if owner != user_id and (owner is not None or (user_id, key) not in only_shown):
            found.append(Misplaced(key, user_id, owner, customer))
    open_ones: dict[str, frozenset[str]] = {}
    for user_id, ledger in ledgers.items():
        for key in ledger.held.keys() - ledger.registers.keys():
            open_ones[key] = open_ones.get(key, frozenset()) | {user_id}
    return Holdings(tuple(sorted(found)), open_ones)


def confirmed(tables: Items, found: Collection[Misplaced]) -> tuple[Misplaced, ...]:
    """Those that are found again: a subscription may have moved between the reads of profile and link."""
    again = holdings(tables, {one.user_id for one in found}).misplaced
    return tuple(one for one in again if one in found)
