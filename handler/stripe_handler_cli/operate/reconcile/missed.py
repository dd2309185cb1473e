"""Goes through the events Stripe still lists, and handles those that were missed as live events."""

from collections.abc import Iterable
from typing import Protocol

import attrs

from stripe_handler_cli.operate.reconcile.checkpoint import Checkpoint
from stripe_subscription_handler.comparison.comparer import Comparer
from stripe_subscription_handler.comparison.walk import Progress
from stripe_subscription_handler.stripe_side.api import Page


class Events(Protocol):
    """Stripe's list of events."""

    def events(self, since: int, after: str | None) -> Iterable[Page]:
        """Every event that is handled, newest first, from a second on; on from one."""


@attrs.frozen
class Missed:
    """A run.

    Attributes:
        since: The first second asked for, Unix time.
        progress: Shows how far it is: seconds of Stripe's time gone through, and how many there are.
    """

    stripe: Events
    since: int
    checkpoint: Checkpoint
    comparer: Comparer
    progress: Progress = lambda _what, _done, _about: None

    def run(self) -> None:
        """Go through all of them, or through what is left.

        Raises:
            StripeUnavailableError: Stripe did not tell; the same run can go on later.
        """
        newest = self.checkpoint.read("newest")
        for page in self.stripe.events(self.since, self.checkpoint.read("after")):
            if not page.objects:
                break
            self.comparer.listed_events(page.objects)
            tally, last = self.comparer.tally, page.objects[-1]
            tally.events += len(page.objects)
            newest = newest or page.objects[0]["created"]
            self.checkpoint.note(state={"after": last["id"], "newest": newest, "tally": tally.as_json()})
            self.progress("events", tally.events, self._about(newest, last["created"], tally.events))

    def _about(self, newest: int, reached: int, events: int) -> int:
        # Stripe does not say how many there are, but they reach evenly enough from the newest to `since`.
        gone, whole = newest - reached, newest - self.since
        return events * whole // gone if gone > 0 else 0
