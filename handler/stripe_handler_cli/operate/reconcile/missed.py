"""Goes through the events Stripe still lists, and handles those that were missed as live events."""

from collections.abc import Iterable
from typing import Protocol

from stripe_handler_cli.operate.reconcile.checkpoint import Checkpoint
from stripe_subscription_handler.comparison.comparer import Comparer
from stripe_subscription_handler.comparison.walk import Progress
from stripe_subscription_handler.stripe_side.api import Page


class Events(Protocol):
    """Stripe's list of events."""

    def events(self, since: int, after: str | None) -> Iterable[Page]:
        """Every event that is handled, newest first, back to a second; only those older than `after`."""


def handle_missed(
    stripe: Events,
    since: int,
    checkpoint: Checkpoint,
    comparer: Comparer,
    progress: Progress = lambda _what, _done, _about: None,
) -> None:
    """Go through all events from a second of Unix time on, or through what an earlier run left of them.

    Raises:
        StripeUnavailableError: Stripe did not tell; the same run can go on later.
    """
    newest = checkpoint.read("newest")
    for page in stripe.events(since, checkpoint.read("after")):
        if not page.objects:
            break
        comparer.listed_events(page.objects)
        tally, last = comparer.tally, page.objects[-1]
        tally.events += len(page.objects)
        newest = newest or page.objects[0]["created"]
        checkpoint.note(state={"after": last["id"], "newest": newest, "tally": tally.as_json()})
        # Stripe does not say how many there are, but they reach evenly enough from the newest to `since`.
        gone, whole = newest - last["created"], newest - since
        progress("events", tally.events, tally.events * whole // gone if gone > 0 else 0)
