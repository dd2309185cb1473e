"""Whose events an event destination gets: Stripe's words of `events_from`, and what they stand for. Pure.

Stripe lets an account take its own events and its connected accounts', and an organization its own, its
members' and those of their connected accounts.

Source: https://docs.stripe.com/changelog/dahlia/2026-03-25/updates-eventsfrom-parameter-on-event-destinations
"""

from collections.abc import Collection, Mapping
from typing import Any, Final

OWN: Final = "@self"
CONNECTED: Final = "@accounts"
MEMBERS: Final = "@organization_members"
MEMBERS_CONNECTED: Final = "@organization_members/@accounts"
_OLDER_WORDS: Final[Mapping[str, str]] = {"self": OWN, "other_accounts": CONNECTED}
"""Still taken; what is told are the words of today."""
_OF_AN_ACCOUNT: Final = frozenset({OWN, CONNECTED})
_OF_AN_ORGANIZATION: Final = frozenset({OWN, MEMBERS, MEMBERS_CONNECTED})


def read_scopes(given: Any) -> list[str] | None:
    """Read `events_from` as it was given; None where Stripe would refuse it."""
    if given is None:
        return [OWN]
    if not (isinstance(given, list) and given and all(isinstance(word, str) for word in given)):
        return None
    scopes: list[str] = [_OLDER_WORDS.get(word, word) for word in given]
    is_known = _OF_AN_ACCOUNT.issuperset(scopes) or _OF_AN_ORGANIZATION.issuperset(scopes)
    return scopes if is_known else None


def covers(scopes: Collection[str], snapshot: Mapping[str, Any]) -> bool:
    """Whether a snapshot event is of an account that the scopes name.

    One with an `account` is a connected account's, one with a `context` alone is of an organization's member.
    """
    if snapshot.get("account"):
        return not {CONNECTED, MEMBERS_CONNECTED}.isdisjoint(scopes)
    return (MEMBERS if snapshot.get("context") else OWN) in scopes
