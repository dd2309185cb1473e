"""Of a failed attempt Stripe keeps the time in its event alone, so those events are gathered first."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from stripe_handler_cli.operate.reconcile.attempts import gather
from stripe_handler_cli.operate.reconcile.checkpoint import Checkpoint
from stripe_subscription_handler.comparison.payments import Attempt, NewestPayments
from stripe_subscription_handler.conversation.snapshots import snapshot_event
from stripe_subscription_handler.decisions.payments import Payment
from stripe_subscription_handler.events.envelope import parse_event
from stripe_subscription_handler.events.selection import PLAIN
from stripe_subscription_handler.stripe_side.api import Page
from support import events
from support.reconciling import Account, iso

BODY = events.subscription(status="past_due")
BILL = events.invoice(status="open", attempt_count=2, next_payment_attempt=events.T0 + 9_000)
FAILED_AT = events.T0 + 5_000


def failed(number: int, second: int) -> dict[str, Any]:
    """The event of an attempt."""
    return events.failed({**BILL, "attempt_count": number}, event_id=f"evt_{number}", created=second)


class Failures:
    """Stripe's list, a page an event; it may break."""

    def __init__(self, *listed: dict[str, Any], breaks: bool = False) -> None:
        """Newest first."""
        self.listed, self.breaks = listed, breaks

    def failures(self, _since: int) -> Iterable[Page]:
        """The pages."""
        for event in self.listed:
            yield Page((event,), has_more=True, as_of=iso(FAILED_AT))
        if self.breaks:
            raise ConnectionError


def test_the_newest_attempt_of_an_invoice_counts(tmp_path: Path) -> None:
    """Also where the run was broken off, and gathers again."""
    listed = failed(2, FAILED_AT), failed(1, FAILED_AT - 4_000)
    path, told = tmp_path / "state.sqlite", list[tuple[str, int, int]]()
    with Checkpoint.at(path, {}) as checkpoint, pytest.raises(ConnectionError):
        gather(Failures(*listed, breaks=True), checkpoint, lambda *one: told.append(one))
    with Checkpoint.at(path, {}) as checkpoint:
        gather(Failures(*listed), checkpoint, lambda *_: None)
        assert checkpoint.attempt(BILL["id"]) == Attempt(iso(FAILED_AT), 2)
        assert checkpoint.attempt("in_other") is None
        # Once is enough.
        gather(Failures(breaks=True), checkpoint, lambda *_: None)
    assert told == [("failed payments", 1, 0), ("failed payments", 2, 0)]


def told(attempt: Attempt | None) -> Payment:
    """The payment that the subscription's newest invoice tells."""
    payments = NewestPayments(Account(), PLAIN, attempts=lambda _invoice: attempt)
    event = snapshot_event(BODY, iso(FAILED_AT + 900), PLAIN)
    payment = payments.of({**BODY, "latest_invoice": BILL}, event, is_known=False)
    assert payment is not None
    found = Payment.told_by(payment, None)
    assert found is not None
    return found


def test_a_failed_attempt_is_told_as_its_event_told_it() -> None:
    """The same payment: neither is newer, whichever comes last."""
    event = parse_event(failed(2, FAILED_AT))
    assert told(Attempt(iso(FAILED_AT), 2)) == Payment.told_by(event, None)


@pytest.mark.parametrize("attempt", [None, Attempt(iso(FAILED_AT), 1)], ids=["none listed", "an earlier one"])
def test_without_its_event_an_attempt_is_as_old_as_it_can_be(attempt: Attempt | None) -> None:
    """So its own event wins, whenever it comes."""
    event = parse_event(failed(2, FAILED_AT))
    payment = told(attempt)
    assert payment.at < iso(FAILED_AT)
    assert Payment.told_by(event, payment) == Payment.told_by(event, None)
