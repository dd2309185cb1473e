"""A payment that a profile lacks is a difference, at no more requests than there must be, and is restored."""

from typing import Any

import attrs
import pytest

from stripe_subscription_handler.comparison.differences import Difference, Kind
from stripe_subscription_handler.conversation.model import Tables
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.decisions.view import PAYMENT_VIEW
from stripe_subscription_handler.events.envelope import parse_event
from support import events
from support.reconciling import Account, Reconciliation

T0 = events.T0
ENDS: dict[str, tuple[str, dict[str, Any]]] = {
    "paid": ("invoice.payment_succeeded", {"paid_at": T0 + 9}),
    "void": ("invoice.voided", {"voided_at": T0 + 9}),
    "uncollectible": ("invoice.marked_uncollectible", {"marked_uncollectible_at": T0 + 9}),
    "open": ("invoice.payment_failed", {"finalized_at": T0 + 9}),
}
"""Status of an invoice → the event that told it, and its times."""


def invoice(status: str, **changes: Any) -> dict[str, Any]:
    """An invoice of `sub_1`, with a total."""
    transitions = ENDS.get(status, ("", {}))[1]
    values = {"status": status, "status_transitions": transitions, "total": 2000, "attempted": True}
    return events.invoice(**{**values, **changes})


def told(body: dict[str, Any], status: str = "", second: int = T0 + 9) -> dict[str, Any]:
    """The event that told of an invoice."""
    event_type = ENDS[status or body["status"]][0]
    return events.event(event_type, body, event_id=f"evt_{second}", created=second)


def world(
    newest: dict[str, Any] | str | None,
    *delivered: dict[str, Any],
    bills: tuple[dict[str, Any], ...] = (),
    status: str = "active",
) -> Reconciliation:
    """A subscription with its newest invoice, as Stripe shows it, and a profile made by events."""
    body = events.subscription(status=status, latest_invoice=newest)
    tables = Tables(policy=Policy())
    for event in (events.created(events.subscription(status=status)), *delivered):
        tables.deliver(parse_event(event))
    return Reconciliation(Account({"sub_1": body}, bills=list(bills)), tables)


def payment_of(made: Reconciliation) -> dict[str, Any]:
    """What the app reads of payments."""
    item = made.tables.profiles["user_1"]
    return {name: item[name] for name in PAYMENT_VIEW if name in item}


def names(found: list[Difference]) -> set[str]:
    """The fields of all differences."""
    return {field.name for one in found for field in one.fields}


def status_of(status: str) -> str:
    """The subscription's status that goes with an invoice's."""
    return "past_due" if status == "open" else "active"


@pytest.mark.parametrize("status", ENDS)
def test_a_missing_payment_is_found_and_restored_as_its_event_would_have(status: str) -> None:
    """One difference, one repair; the profile is then what the event makes of it, and nothing is left."""
    body = invoice(status)
    made = world(body, status=status_of(status))
    [found] = made.run()
    assert (found.kind, found.can_be_repaired) == (Kind.PAYMENT, True)
    assert names([found]) <= PAYMENT_VIEW.keys()
    assert "lastPaymentStatus" in names([found])
    assert [one.repaired for one in made.run(apply=True)] == [True]
    assert made.run() == []
    by_event = world(body, told(body), status=status_of(status))
    assert payment_of(made) == payment_of(by_event)
    assert made.account.asked_for_invoices == []


@pytest.mark.parametrize("status", ENDS)
def test_what_the_event_told_is_no_difference(status: str) -> None:
    """Although it came seconds after what the invoice says of itself."""
    body = invoice(status)
    made = world(body, told(body, second=T0 + 12), status=status_of(status))
    assert made.run() == []


@pytest.mark.parametrize("status", ["uncollectible", "open"])
def test_the_event_itself_is_newer_than_what_was_read_off_the_invoice(status: str) -> None:
    """It comes late, and corrects the time."""
    body = invoice(status)
    made = world(body, status=status_of(status))
    made.run(apply=True)
    made.tables.deliver(parse_event(told(body, second=T0 + 700)))
    by_event = world(body, told(body, second=T0 + 700), status=status_of(status))
    assert payment_of(made) == payment_of(by_event)
    assert made.run() == []


def test_a_retry_that_was_missed_is_found_and_its_event_still_wins() -> None:
    """The first attempt is known, the second is not; of its time only that it was later."""
    first = invoice("open", attempt_count=1, next_payment_attempt=T0 + 500)
    second = invoice("open", attempt_count=2, next_payment_attempt=T0 + 900)
    made = world(second, told(first, second=T0 + 20), status="past_due")
    [found] = made.run(apply=True)
    assert names([found]) == {"lastPaymentAttemptCount", "nextPaymentAttemptAt"}
    assert payment_of(made)["lastPaymentAttemptCount"] == 2
    made.tables.deliver(parse_event(told(first, second=T0 + 20)))
    assert payment_of(made)["lastPaymentAttemptCount"] == 2
    made.tables.deliver(parse_event(told(second, second=T0 + 500)))
    assert payment_of(made)["lastPaymentAt"] == "2025-11-22T08:35:00Z"
    assert made.run() == []


def test_an_open_invoice_is_no_failure_where_the_subscription_does_not_say_so() -> None:
    """A bank takes its days, and a customer may have to confirm."""
    for status in ("active", "incomplete", "trialing"):
        assert world(invoice("open"), status=status).run() == []


def test_of_a_subscription_that_ended_because_nobody_paid_the_last_attempt_failed() -> None:
    """Stripe says so; the invoice stays open. Without that word, nothing is made of an open invoice."""
    for reason, statuses in (("payment_failed", ["failed"]), ("cancellation_requested", [])):
        made = world(invoice("open"))
        made.account.bodies["sub_1"] |= {
            "status": "canceled",
            "ended_at": T0 + 60,
            "cancellation_details": {"reason": reason},
        }
        made.run(apply=True)
        assert [value for name, value in payment_of(made).items() if name == "lastPaymentStatus"] == statuses
        assert made.run() == []


@pytest.mark.parametrize("newest", [invoice("open", attempted=False, attempt_count=0), invoice("draft")])
def test_where_the_newest_invoice_tells_no_payment_those_before_it_are_asked_for(
    newest: dict[str, Any],
) -> None:
    """Only while the profile has no payment: one request."""
    newest = {**newest, "id": "in_2", "created": T0 + 60}
    made = world(newest, bills=(newest, invoice("paid")))
    [found] = made.run(apply=True)
    assert (found.kind, payment_of(made)["lastPaymentInvoiceId"]) == (Kind.PAYMENT, "in_1")
    assert made.account.asked_for_invoices == ["sub_1"]
    assert made.run() == []
    assert made.account.asked_for_invoices == ["sub_1"]


@pytest.mark.parametrize(
    "newest",
    [
        invoice("paid", total=0, billing_reason="subscription_create"),
        invoice("open", attempt_count=0, billing_reason="subscription_create"),
        None,
        "in_1",
    ],
)
def test_a_first_invoice_that_tells_no_payment_costs_nothing(newest: Any) -> None:
    """There is none before it; and where Stripe did not show the invoice nobody asked for payments."""
    made = world(newest)
    assert made.run() == []
    assert made.account.asked_for_invoices == []


def test_a_payment_that_somebody_else_has_changed_is_one_difference() -> None:
    """The ledger is right, and so is Stripe: only what the app reads is not."""
    body = invoice("paid")
    made = world(body, told(body))
    made.tables.profiles["user_1"]["lastPaymentStatus"] = "failed"
    [found] = made.run(apply=True)
    assert (found.kind, names([found])) == (Kind.VIEW, {"lastPaymentStatus"})
    assert made.run() == []


def test_a_wiped_profile_gets_subscription_and_payment_by_one_repair() -> None:
    """One difference: the app's `PutItem` took both."""
    body = invoice("paid")
    made = world(body, told(body))
    before = payment_of(made)
    made.tables.profiles["user_1"] = {"email": "x"}
    [found] = made.run()
    assert found.kind is Kind.MISSING_SUBSCRIPTION
    assert {"subscriptionStatus", "lastPaymentStatus"} <= names([found])
    assert [one.repaired for one in made.run(apply=True)] == [True]
    assert (payment_of(made), made.tables.profiles["user_1"]["email"]) == (before, "x")
    assert made.run() == []


def test_the_payment_of_a_subscription_that_is_not_shown_is_told_of_the_ledger() -> None:
    """Access may depend on it."""
    made = world(invoice("paid"))
    better = events.subscription(id="sub_2", created=T0 + 50)
    made.account.bodies["sub_2"] = better
    made.tables.deliver(parse_event(events.created(better, event_id="evt_2", created=T0 + 50)))
    [found] = made.run(apply=True)
    assert (found.kind, found.subscription_id) == (Kind.PAYMENT, "sub_1")
    assert {"payment.status", "payment.amount"} <= names([found])
    assert made.run() == []


def test_a_thorough_look_takes_a_failed_attempts_own_event_where_it_is_listed() -> None:
    """Which tells its time; else what the invoice says."""
    body = invoice("open")
    for listed in ([told(body, second=T0 + 700)], []):
        made = world("in_1", bills=(body,), status="past_due")
        made.account.listed, made.is_thorough = listed, True
        [found] = made.run(apply=True)
        assert found.kind is Kind.PAYMENT
        at = "2025-11-22T08:38:20Z" if listed else "2025-11-22T08:26:49Z"
        assert payment_of(made)["lastPaymentAt"] == at
        assert made.run() == []


def test_a_malformed_invoice_is_told_and_holds_up_nothing() -> None:
    """The subscription itself is compared all the same."""
    made = world({**invoice("paid"), "created": None})
    made.account.bodies["sub_1"]["status"] = "past_due"
    assert {one.kind for one in made.run()} == {Kind.UNREADABLE, Kind.STALE}


def test_an_invoice_of_another_subscription_is_not_taken_for_this_ones() -> None:
    """Whatever `latest_invoice` shows."""
    assert world(invoice("paid", sub="sub_9")).run() == []


def test_without_payments_nothing_is_asked_or_told() -> None:
    """As in the drift check, whose key need not be allowed to read invoices."""
    made = world(invoice("paid"))
    found: list[Difference] = []
    comparer = attrs.evolve(made.comparer(found, apply=True), payments=None)
    comparer.snapshots(made.account.bodies.values(), "2025-11-22T09:00:00Z")
    assert (found, payment_of(made)) == ([], {})
