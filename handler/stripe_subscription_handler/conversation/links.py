"""What the sync table says of a customer's subscriptions: values, and how they are stored. Pure.

A subscription has a link: its owner, and the claim by which it is the owner's (or is going to be somebody's,
while no profile holds it). A customer has a record: what its own metadata claims, the ids of the events that
wait for it, the newest summary of its entitlements, and a revision.

Stripe's ids are online identifiers of a person. They go by their digests, so that the mark which is left of a
forgotten subscription or customer can be found by whoever brings the id, and names nobody by itself.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import attrs

from stripe_subscription_handler.decisions.claims import Claim
from stripe_subscription_handler.decisions.entitlements import Entitlements
from stripe_subscription_handler.value import Value

OWNER = "owner"
CLAIM = "claim"
PARKED = "parked"
REVISION = "revision"
ENTITLEMENTS = "entitlements"
FORGOTTEN = "forgotten"
DELETED = "deleted"
EVERYTHING = "~"
"""What `Customer.forgotten` says of a whole customer; it sorts after the key of every claim."""

_DIGEST_CHARACTERS = 24
"""96 bits: the chance that two of a thousand million ids share them is one to a hundred thousand million."""


def digest(stripe_id: str) -> str:
    """What an id goes by in the sync table: the first 96 bits of its SHA-256, in hexadecimal."""
    return hashlib.sha256(stripe_id.encode(errors="surrogatepass")).hexdigest()[:_DIGEST_CHARACTERS]


def is_mark(item: Mapping[str, Any]) -> bool:
    """Whether what is stored at a link's place is the mark of a forgotten subscription."""
    return FORGOTTEN in item


@attrs.frozen(repr=False)
class Link(Value):
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


@attrs.frozen(repr=False)
class Customer(Value):
    """What concerns all subscriptions of a customer.

    Attributes:
        claim: What the customer's own metadata says.
        parked: Ids of the events that wait for somebody to say whose they are.
        revision: A random token that every new owner, move, claim of the customer, summary, and parking sets
            anew; None where nothing was ever written.
        entitlements: The newest summary, and whose item shows it; None where there never was one.
        forgotten: The key of the newest claim of the customer's that was forgotten; `EVERYTHING` where the
            customer was, as a whole; None where nothing was.
        deleted: When Stripe deleted the customer, ISO-8601 UTC; None where no event has told that.
    """

    claim: Claim | None = None
    parked: frozenset[str] = frozenset()
    revision: str | None = None
    entitlements: Entitlements | None = None
    forgotten: str | None = None
    deleted: str | None = None

    @property
    def is_forgotten(self) -> bool:
        """Whether it was forgotten as a whole: only what names a user for a subscription itself counts."""
        return self.forgotten == EVERYTHING

    def has_forgotten(self, claim: Claim) -> bool:
        """Whether a claim of the customer's metadata is one that was forgotten, or an older one."""
        return self.forgotten is not None and claim.key <= self.forgotten

    @classmethod
    def from_attributes(cls, item: Mapping[str, Any] | None) -> "Customer":
        found = item or {}
        claim, entitlements = found.get(CLAIM), found.get(ENTITLEMENTS)
        return cls(
            Claim.from_attribute(claim) if claim else None,
            frozenset(found.get(PARKED, ())),
            found.get(REVISION),
            Entitlements.from_attribute(entitlements) if entitlements else None,
            found.get(FORGOTTEN),
            found.get(DELETED),
        )
