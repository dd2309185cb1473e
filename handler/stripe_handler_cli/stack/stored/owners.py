"""Whose a subscription is, why and since when, as a value and in words for people. Pure."""

from typing import Any

import attrs

from stripe_subscription_handler.conversation.links import Link
from stripe_subscription_handler.decisions.claims import Claim, Kind, strongest
from stripe_subscription_handler.decisions.short_forms import LOWEST_SECOND

CLAIM_WORDS = {
    Kind.GUESS: "a guess: the customer's only user",
    Kind.CUSTOMER: "the customer's metadata or a checkout session",
    Kind.INVOICE: "an invoice's label",
    Kind.LABEL: "its own label",
}
"""Kind of a claim → who names the user."""
_PLACE_OF_SECOND = {Kind.CUSTOMER: 0, Kind.INVOICE: 0, Kind.LABEL: 1}
"""Kind of a claim → which word of its version is Stripe's second; the version of a guess is empty."""


def claim_second(claim: Claim) -> str | None:
    """Stripe's second of what the claim was read from, ISO-8601 UTC.

    None for a guess, and for what an object had when it was created.
    """
    place = _PLACE_OF_SECOND.get(claim.kind)
    second = None if place is None else claim.version.split(" ")[place]
    return None if second == LOWEST_SECOND else second


def since_words(claim: Claim) -> str:
    """Since when the user is named, as far as the claim tells: "" or words that follow "since"."""
    second = claim_second(claim)
    if second is None:
        return "" if claim.kind is Kind.GUESS else "its creation"
    return second if _is_exact(claim) else f"{second} or before"


def claim_as_json(claim: Claim | None) -> dict[str, Any] | None:
    """`second` is Stripe's; `is_exact` says whether the user was named in just that second."""
    if claim is None:
        return None
    return {
        "user": claim.user_id,
        "kind": claim.kind.name.lower(),
        "why": CLAIM_WORDS[claim.kind],
        "second": claim_second(claim),
        "is_exact": _is_exact(claim),
        "former_user": former_user(claim),
    }


def former_user(claim: Claim) -> str | None:
    """Whom the label named before, where the claim was read from the event that changed it."""
    into = sorted(
        old for old, new in claim.steps.values() if new == claim.user_id and old not in {None, new} and old
    )
    return into[-1] if into else None


def _is_exact(claim: Claim) -> bool:
    return any(new == claim.user_id for _, new in claim.steps.values())


@attrs.frozen
class Ownership:
    """Whose a subscription is, and why.

    Attributes:
        owner: The user whose profile alone may hold it; None while none does.
        claim: The best claim there is, of the link's and the owner's profile's.
        came: The claim by which it came to its owner, or is going to: the link's.
    """

    subscription_id: str
    owner: str | None
    claim: Claim
    came: Claim

    @classmethod
    def of(cls, subscription_id: str, link: Link, held: Claim | None) -> "Ownership":
        """Read it out of the link and of what the owner's profile says."""
        best = strongest((link.claim, held))
        return cls(subscription_id, link.owner, best.claim if best else link.claim, link.claim)

    @property
    def why(self) -> str:
        return CLAIM_WORDS[self.claim.kind]

    @property
    def since(self) -> str:
        return since_words(self.came)

    @property
    def former_user(self) -> str | None:
        return former_user(self.came)

    def as_json(self) -> dict[str, Any]:
        return {
            "subscription": self.subscription_id,
            "owner": self.owner,
            "claim": claim_as_json(self.claim),
            "came_by": claim_as_json(self.came),
        }
