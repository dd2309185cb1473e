"""The newest invoice in its newest state."""

from typing import Any

import pytest

from stripe_handler_cli.lab.simulator.api_versions import CURRENT, ApiVersion
from stripe_handler_cli.lab.simulator.book import Book, PaymentFact
from stripe_handler_cli.lab.simulator.catalogue import PRO
from stripe_handler_cli.lab.simulator.state import Customer, Invoice, Line
from stripe_handler_cli.lab.simulator.truth.payments import newest_payment, payment_attributes

T0 = 1_700_000_000  # 2023-11-14T22:13:20Z
CUSTOMER = Customer("cus_1", T0, 1)


def fact(identifier: str, status: str, second: int, amount: int = 2900, **changes: Any) -> PaymentFact:
    """What was told of an invoice in a second; it was made at T0 unless told otherwise."""
    line = Line("il_1", PRO, amount, 1, T0, T0 + 9)
    created = changes.pop("created", T0)
    invoice = Invoice(identifier, 1, CUSTOMER, None, created, "subscription_cycle", (line,), {}, **changes)
    return PaymentFact("sub_1", status=status, second=second, invoice=invoice)


def newest(*facts: PaymentFact) -> tuple[str, str] | None:
    """The invoice and the state that are shown."""
    found = newest_payment(Book(payments=list(facts)), "sub_1")
    return None if found is None else (found.invoice.id, found.status)


def test_the_newest_state_counts() -> None:
    """Of one invoice, the last that was told."""
    first, second = fact("in_1", "failed", T0), fact("in_1", "succeeded", T0 + 9)
    assert newest(first, second) == ("in_1", "succeeded")
    assert newest(first, fact("in_1", "voided", T0 + 9)) == ("in_1", "voided")


def test_the_invoice_that_was_made_last_counts() -> None:
    """Not the one that was told of last; of one second, the larger id."""
    older, newer = fact("in_2", "succeeded", T0 + 99), fact("in_1", "failed", T0 + 5, created=T0 + 1)
    assert newest(newer, older) == ("in_1", "failed")
    assert newest(fact("in_2", "failed", T0), fact("in_1", "succeeded", T0)) == ("in_2", "failed")


def test_what_asks_for_nothing_is_no_payment() -> None:
    """A trial's first invoice, a coupon's, a credit."""
    failed = fact("in_1", "failed", T0)
    for amount in (0, -500):
        assert newest(failed, fact("in_2", "succeeded", T0 + 9, amount, created=T0 + 9)) == ("in_1", "failed")
        assert newest(fact("in_2", "succeeded", T0, amount)) is None


def test_another_subscriptions_invoice_is_not_looked_at() -> None:
    """Each has its own."""
    assert newest_payment(Book(payments=[fact("in_1", "failed", T0)]), "sub_2") is None


@pytest.mark.parametrize(
    ("status", "field"),
    [("succeeded", "paid_at"), ("voided", "voided_at"), ("uncollectible", "uncollectible_at")],
)
def test_a_state_has_the_time_that_the_invoice_tells(status: str, field: str) -> None:
    """Before 2019 it tells none, so the event's second counts."""
    told = fact("in_1", status, T0 + 60, **{field: T0 + 40})
    assert payment_attributes(told, CURRENT, lives=True)["lastPaymentAt"] == "2023-11-14T22:14:00Z"
    old = ApiVersion("2018-02-28", "2016")
    assert payment_attributes(told, old, lives=True)["lastPaymentAt"] == "2023-11-14T22:14:20Z"


def test_the_next_attempt_is_told_while_there_will_be_one() -> None:
    """The payment failed, and the subscription lives."""
    failed = fact("in_1", "failed", T0, next_attempt=T0 + 60)
    name, told = "nextPaymentAttemptAt", "2023-11-14T22:14:20Z"
    assert payment_attributes(failed, CURRENT, lives=True)[name] == told
    assert payment_attributes(failed, CURRENT, lives=False)[name] is None
    assert payment_attributes(fact("in_1", "failed", T0), CURRENT, lives=True)[name] is None
    paid = fact("in_1", "succeeded", T0, next_attempt=T0 + 60)
    assert payment_attributes(paid, CURRENT, lives=True)[name] is None
