"""Gathers failed attempts, as far as Stripe lists their events: an invoice does not tell when one failed."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Protocol

from stripe_handler_cli.operate.reconcile.checkpoint import Checkpoint
from stripe_subscription_handler.comparison.payments import Attempt
from stripe_subscription_handler.comparison.walk import Progress
from stripe_subscription_handler.stripe_side.api import Page


class Failures(Protocol):
    """Stripe's list of failed attempts."""

    def failures(self, since: int) -> Iterable[Page]:
        """Their events, newest first, from a second of Unix time on."""


def gather(stripe: Failures, checkpoint: Checkpoint, progress: Progress) -> None:
    """Note all of them, unless that was done before the run was broken off.

    Raises:
        StripeUnavailableError: Stripe did not tell; the same run can go on later.
    """
    if checkpoint.read("attempts_gathered"):
        return
    done = 0
    # From the beginning: Stripe itself lists no more than 30 days.
    for page in stripe.failures(0):
        checkpoint.note_attempts(_attempts(page.objects))
        done += len(page.objects)
        progress("failed payments", done, 0)
    checkpoint.note(state={"attempts_gathered": True})


def _attempts(events: Iterable[dict[str, Any]]) -> Iterable[tuple[str, Attempt]]:
    for event in events:
        invoice = event["data"]["object"]
        number = invoice.get("attempt_count")
        if isinstance(invoice.get("id"), str) and isinstance(number, int):
            second = datetime.fromtimestamp(event["created"], UTC).replace(tzinfo=None)
            yield invoice["id"], Attempt(f"{second.isoformat()}Z", number)
