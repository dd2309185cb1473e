"""Whose events an event destination sends: what Stripe's `events_from` says, and what is missing there. Pure.

It is set when a destination is made, and never changes.

Source: https://docs.stripe.com/api/v2/core/event-destinations/object
"""

import enum
from collections.abc import Iterable
from typing import Final

from stripe_subscription_handler.decisions.policy import ConnectEvents

OWN: Final = "@self"
"""The account that has the destination; Stripe's default."""
CONNECTED: Final = "@accounts"
"""Its connected accounts."""
_OTHERS_CONNECTED: Final = frozenset({CONNECTED, "@organization_members/@accounts"})


class Lack(enum.StrEnum):
    """What a destination never sends, in words that follow what it sends."""

    OWN_EVENTS = "those of the account itself never come"
    HANDLED_EVENTS = 'each names the account it is of, and connect_events = "skip" skips such events'
    CONNECTED_EVENTS = 'connect_events = "handle", but those of connected accounts never come'


def wanted_scopes(connect_events: str) -> tuple[str, ...]:
    """Say what a new destination should name, given what becomes of other accounts' events."""
    return (OWN, CONNECTED) if connect_events == ConnectEvents.HANDLE else (OWN,)


def lack_of(events_from: Iterable[str], connect_events: str) -> Lack | None:
    """Say what is missing; with `CONNECTED_EVENTS` everything else works.

    What is not one of Stripe's words is taken for the id of the account itself.
    """
    scopes = frozenset(events_from)
    if scopes <= _OTHERS_CONNECTED:
        return Lack.OWN_EVENTS
    if connect_events != ConnectEvents.HANDLE:
        return None if OWN in scopes else Lack.HANDLED_EVENTS
    return Lack.CONNECTED_EVENTS if scopes == {OWN} else None


def told(events_from: Iterable[str]) -> str:
    """Name the scopes for people."""
    return " and ".join(sorted(events_from))
