"""What the sync table says of a customer's subscriptions: values, and how they are stored. Pure.

A subscription has a link: its owner, and the claim by which it is the owner's (or is going to be somebody's,
while no profile holds it). A customer has a record: what its own metadata claims, the ids of the events that
wait for it, the newest summary of its entitlements, and a revision.
"""

from collections.abc import Mapping
from typing import Any

import attrs

from stripe_subscription_handler.decisions.claims import Claim
from stripe_subscription_handler.decisions.entitlements import Entitlements

OWNER = "owner"
CLAIM = "claim"
PARKED = "parked"
REVISION = "revision"
ENTITLEMENTS = "entitlements"


@attrs.frozen
class Link:
    """Whose a subscription is.

    Attributes:
        owner: The user whose item alone may hold it; None while no item does.
        claim: Why. The owner's item may know a newer one.
    """

    owner: str | None
    claim: Claim

    def to_attributes(self) -> dict[str, Any]:
        owner = {} if self.owner is None else {OWNER: self.owner}
        return owner | {CLAIM: self.claim.to_attribute()}

    @classmethod
    def from_attributes(cls, item: Mapping[str, Any]) -> "Link":
        return cls(item.get(OWNER), Claim.from_attribute(item[CLAIM]))


@attrs.frozen
class Customer:
    """What concerns all subscriptions of a customer.

    Attributes:
        claim: What the customer's own metadata says.
        parked: Ids of the events that wait for somebody to say whose they are.
        revision: A random token that every new owner, move, claim of the customer, summary, and parking sets
            anew; None where nothing was ever written.
        entitlements: The newest summary, and whose item shows it; None where there never was one.
    """

    claim: Claim | None = None
    parked: frozenset[str] = frozenset()
    revision: str | None = None
    entitlements: Entitlements | None = None

    @classmethod
    def from_attributes(cls, item: Mapping[str, Any] | None) -> "Customer":
        found = item or {}
        claim, entitlements = found.get(CLAIM), found.get(ENTITLEMENTS)
        return cls(
            Claim.from_attribute(claim) if claim else None,
            frozenset(found.get(PARKED, ())),
            found.get(REVISION),
            Entitlements.from_attribute(entitlements) if entitlements else None,
        )
