"""Subscriptions that a profile holds although their link does not name its user. Reads tables only.

A link has one owner, so of two profiles that hold one subscription at least one does not own it.
"""

import shlex
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import attrs

from stripe_subscription_handler.comparison.tables import Tables
from stripe_subscription_handler.conversation.links import OWNER
from stripe_subscription_handler.decisions.ledger import Ledger

Item = Mapping[str, Any]


@attrs.frozen(order=True)
class Misplaced:
    """A subscription in a profile that does not own it.

    Attributes:
        user_id: Whose profile holds it.
        owner: Who owns it; None where it has no link, or the link has no owner yet.
        customer_id: None where the profile knows a payment alone; such a one is held by another profile too.
    """

    subscription_id: str
    user_id: str
    owner: str | None = attrs.field(order=False)
    customer_id: str | None = attrs.field(order=False)

    @property
    def told(self) -> str:
        """What is wrong, for people."""
        if self.owner is not None:
            return f"belongs to {self.owner}"
        return "no owner link"

    def repair(self, stack_options: str = "") -> str:
        """The command that repairs it; the options lead it to the same stack, each with a space before it."""
        return f"stripe-handler sync {shlex.quote(self.user_id)}{stack_options}"

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


def holdings(tables: Tables, user_ids: Iterable[str]) -> Holdings:
    """Hold what these users' profiles have against the links."""
    profiles = tables.profiles(user_ids)
    ledgers = {user_id: Ledger.from_item(item) for user_id, item in profiles.items()}
    customers = {
        (user_id, key): register.subscription.customer_id
        for user_id, ledger in ledgers.items()
        for key, register in ledger.registers.items()
    }
    links = tables.links({(customer, key) for (_, key), customer in customers.items()})
    found, open_ones = [], dict[str, frozenset[str]]()
    for user_id, ledger in ledgers.items():
        for key in ledger.held:
            customer = customers.get((user_id, key))
            if customer is None:
                open_ones[key] = open_ones.get(key, frozenset()) | {user_id}
                continue
            owner = links.get((customer, key), {}).get(OWNER)
            if owner != user_id:
                found.append(Misplaced(key, user_id, owner, customer))
    return Holdings(tuple(sorted(found)), open_ones)


def confirmed(tables: Tables, found: Collection[Misplaced]) -> tuple[Misplaced, ...]:
    """Those that are found again: a subscription may have moved between the reads of profile and link."""
    again = holdings(tables, {one.user_id for one in found}).misplaced
    return tuple(one for one in again if one in found)
