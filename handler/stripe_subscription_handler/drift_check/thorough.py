"""What a pass does besides comparing subscriptions, where its key may: newest payments, and missed events.

The function's own key need not be allowed to read invoices and events. What it may not read is left out of
the pass, and its line says so.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

import attrs

from stripe_subscription_handler.comparison.comparer import Comparer
from stripe_subscription_handler.comparison.differences import Kind
from stripe_subscription_handler.comparison.walk import Stripe
from stripe_subscription_handler.comparison.wiring import Work
from stripe_subscription_handler.drift_check.checkpoint import PassCheckpoint
from stripe_subscription_handler.stripe_side.api import Page, Plural

WANTED: tuple[Plural, ...] = ("invoices", "events")
_INTERVALS = 3
_LEAST_REACH_SECONDS = 3 * 86_400
"""So far back events are gone through at least: a table may have been set back to an old copy."""
ON_ITS_WAY_SECONDS = 900
"""A younger event may still be on its way. More than Lambda's three attempts take."""
_NOT_TOLD_TWICE = frozenset({Kind.UNMAPPED, Kind.UNREADABLE})
"""The walk tells these, of the subscription itself."""


class Thorough(Protocol):
    """Stripe and the comparer, as far as this asks."""

    def may_read(self, plural: Plural) -> bool:
        """Whether the key is allowed to read a list."""

    def with_payments(self) -> tuple[Stripe, Comparer]:
        """What compares newest payments too."""

    def events(self, since: int, after: str | None) -> Iterable[Page]:
        """Every event that is handled, newest first, back to a second; only those older than `after`."""


@attrs.frozen
class Connected:
    """The same of a comparison that is wired (`Thorough`)."""

    work: Work

    def may_read(self, plural: Plural) -> bool:
        return self.work.stripe.api.may_read(plural)

    def with_payments(self) -> tuple[Stripe, Comparer]:
        more = self.work.with_payments()
        return more.stripe, more.comparer

    def events(self, since: int, after: str | None) -> Iterable[Page]:
        return self.work.stripe.events(since, after)


@attrs.frozen
class MissedEvents:
    """Goes through the events that Stripe still lists, and handles those that never were as live events.

    So it heals what no object shows: whose a session said a subscription is, what a customer is entitled to,
    when an attempt failed.

    How far back it goes is counted from the moment of Stripe's first answer: three intervals, so that two
    passes may fail to come to their end, and three days at least.

    Attributes:
        comparer: Compares, tells, and repairs where it may; its tally counts.
        interval_seconds: From one pass's beginning to the next one's.
    """

    stripe: Thorough
    checkpoint: PassCheckpoint
    comparer: Comparer
    interval_seconds: float

    def run(self) -> None:
        """Go through them, or through what is left of them.

        Raises:
            SliceEndedError: Time is up.
            StripeUnavailableError: Stripe did not tell; the next slice can go on.
        """
        comparer = attrs.evolve(self.comparer, held_back=_NOT_TOLD_TWICE)
        tally, place = comparer.tally, self.checkpoint.read("events")
        for page in self.stripe.events(0, place["after"] if place else None):
            # By Stripe's clock, as the events are.
            now = place["now"] if place else int(datetime.fromisoformat(page.as_of).timestamp())
            reach = max(_LEAST_REACH_SECONDS, _INTERVALS * self.interval_seconds)
            since, until = now - reach, now - ON_ITS_WAY_SECONDS
            bodies = [one for one in page.objects if since <= one["created"] <= until]
            comparer.listed_events(bodies)
            tally.events += len(bodies)
            if not page.objects or page.objects[-1]["created"] < since:
                break
            place = {"now": now, "after": page.objects[-1]["id"]}
            self.checkpoint.note(state={"events": place, "believed": tally.as_json()})
        self.checkpoint.note(state={"events_done": True, "believed": tally.as_json()})
