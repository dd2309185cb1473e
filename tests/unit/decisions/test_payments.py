"""What is shown of payments: the newest invoice in its newest state, whatever comes when."""

import itertools
from typing import Any

import pytest

from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.events.envelope import parse_event
from support import events
from support.profiles import profile_after, tables_after

T0 = events.T0
CREATED = events.created(events.subscription(), event_id="evt_0")
NAMES = {
    "lastPaymentStatus": "status",
    "lastPaymentAt": "at",
    "lastPaymentInvoiceId": "invoice",
    "lastPaymentAmount": "amount",
    "lastPaymentAttemptCount": "attempts",
    "nextPaymentAttemptAt": "again",
}


def told(kind: str, second: int, **invoice: Any) -> dict[str, Any]:
    """An event about an invoice, so many seconds after the beginning."""
    body = events.invoice(**{"total": 2000, **invoice})
    return events.event(f"invoice.{kind}", body, event_id=f"evt_{kind}_{second}", created=T0 + second)


def failed(second: int, **invoice: Any) -> dict[str, Any]:
    """An attempt fails."""
    return told("payment_failed", second, **{"status": "open", "amount_paid": 0, **invoice})


def paid(second: int, kind: str = "payment_succeeded", **invoice: Any) -> dict[str, Any]:
    """An invoice is paid."""
    return told(kind, second, **{"status": "paid", "status_transitions": {"paid_at": T0 + second}, **invoice})


def voided(second: int, **invoice: Any) -> dict[str, Any]:
    """An invoice is voided."""
    return told("voided", second, **{"status": "void", "amount_paid": 0, **invoice})


def written_off(second: int, **invoice: Any) -> dict[str, Any]:
    """An invoice is given up."""
    rest = {"status": "uncollectible", "amount_paid": 0, **invoice}
    return told("marked_uncollectible", second, **rest)


def shown(*raw: dict[str, Any]) -> dict[str, Any]:
    """What the profile shows of the payment, the same in every order of the events."""
    views = []
    for order in itertools.permutations((CREATED, *raw)):
        profile = profile_after(*order)
        views.append({short: profile[name] for name, short in NAMES.items() if name in profile})
    assert all(view == views[0] for view in views)
    return views[0]


FAILED_ONCE = {
    "status": "failed",
    "at": "2025-11-22T08:26:50Z",
    "invoice": "in_1",
    "amount": 2000,
    "attempts": 1,
    "again": "2025-11-23T08:26:40Z",
}
AGAIN = {"next_payment_attempt": T0 + 86_400}
YOUNG = {"id": "in_0", "created": T0 + 40}
"""A younger invoice than the others, with a smaller id."""


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param([failed(10, **AGAIN)], FAILED_ONCE, id="an attempt failed"),
        pytest.param(
            [failed(10, **AGAIN), failed(20, attempt_count=2)],
            {
                "status": "failed",
                "at": "2025-11-22T08:27:00Z",
                "invoice": "in_1",
                "amount": 2000,
                "attempts": 2,
            },
            id="the last attempt failed",
        ),
        pytest.param(
            [failed(10, **AGAIN), paid(20, attempt_count=2)],
            {
                "status": "succeeded",
                "at": "2025-11-22T08:27:00Z",
                "invoice": "in_1",
                "amount": 2000,
                "attempts": 2,
            },
            id="the second attempt succeeded",
        ),
        pytest.param(
            [failed(10, **AGAIN), paid(9)],
            {
                "status": "succeeded",
                "at": "2025-11-22T08:26:49Z",
                "invoice": "in_1",
                "amount": 2000,
                "attempts": 1,
            },
            id="what is paid stays paid, whatever the stamps say",
        ),
        pytest.param(
            [failed(10, **AGAIN), paid(20, "paid", attempt_count=1)],
            {
                "status": "succeeded",
                "at": "2025-11-22T08:27:00Z",
                "invoice": "in_1",
                "amount": 2000,
                "attempts": 1,
            },
            id="paid out of band",
        ),
        pytest.param(
            [failed(10, **AGAIN), voided(20)],
            {
                "status": "voided",
                "at": "2025-11-22T08:27:00Z",
                "invoice": "in_1",
                "amount": 2000,
                "attempts": 1,
            },
            id="voided after it failed",
        ),
        pytest.param(
            [failed(10, **AGAIN), written_off(20)],
            {
                "status": "uncollectible",
                "at": "2025-11-22T08:27:00Z",
                "invoice": "in_1",
                "amount": 2000,
                "attempts": 1,
            },
            id="given up after it failed",
        ),
        pytest.param(
            [written_off(10), paid(20)],
            {
                "status": "succeeded",
                "at": "2025-11-22T08:27:00Z",
                "invoice": "in_1",
                "amount": 2000,
                "attempts": 1,
            },
            id="paid after it was given up",
        ),
        pytest.param(
            [written_off(10), voided(10)],
            {
                "status": "voided",
                "at": "2025-11-22T08:26:50Z",
                "invoice": "in_1",
                "amount": 2000,
                "attempts": 1,
            },
            id="given up and voided in one second",
        ),
        pytest.param(
            [failed(10, **AGAIN), written_off(10)],
            {
                "status": "uncollectible",
                "at": "2025-11-22T08:26:50Z",
                "invoice": "in_1",
                "amount": 2000,
                "attempts": 1,
            },
            id="failed and given up in one second",
        ),
        pytest.param(
            [failed(10, **AGAIN), failed(10, attempt_count=10, id="in_1"), failed(10, attempt_count=9)],
            {
                "status": "failed",
                "at": "2025-11-22T08:26:50Z",
                "invoice": "in_1",
                "amount": 2000,
                "attempts": 10,
            },
            id="of one second the last attempt, counted as numbers",
        ),
        pytest.param(
            [failed(50, **AGAIN), paid(45, **YOUNG)],
            {
                "status": "succeeded",
                "at": "2025-11-22T08:27:25Z",
                "invoice": "in_0",
                "amount": 2000,
                "attempts": 1,
            },
            id="the younger invoice, whatever becomes of the older one",
        ),
        pytest.param(
            [paid(50), failed(45, **YOUNG, **AGAIN)],
            {
                "status": "failed",
                "at": "2025-11-22T08:27:25Z",
                "invoice": "in_0",
                "amount": 2000,
                "attempts": 1,
                "again": "2025-11-23T08:26:40Z",
            },
            id="the younger invoice, although an older one was paid later",
        ),
        pytest.param(
            [paid(50), failed(45, id="in_2")],
            {
                "status": "failed",
                "at": "2025-11-22T08:27:25Z",
                "invoice": "in_2",
                "amount": 2000,
                "attempts": 1,
            },
            id="of two invoices of one second, the one with the larger id",
        ),
        pytest.param(
            [failed(10, **AGAIN), paid(20, total=0, amount_due=0, amount_paid=0, **YOUNG)],
            FAILED_ONCE,
            id="an invoice of nothing is no payment",
        ),
        pytest.param(
            [failed(10, **AGAIN), paid(20, total=-500, amount_due=0, amount_paid=0, **YOUNG)],
            FAILED_ONCE,
            id="a credit is no payment",
        ),
        pytest.param(
            [told("payment_failed", 10, status="paid", amount_paid=2000)],
            {
                "status": "succeeded",
                "at": "2025-11-22T08:26:50Z",
                "invoice": "in_1",
                "amount": 2000,
                "attempts": 1,
            },
            id="its object says that it has been paid since",
        ),
        pytest.param(
            [told("payment_failed", 10, status="uncollectible", amount_paid=0, **AGAIN)],
            {
                "status": "uncollectible",
                "at": "2025-11-22T08:26:50Z",
                "invoice": "in_1",
                "amount": 2000,
                "attempts": 1,
            },
            id="an attempt fails that was given up before",
        ),
        pytest.param(
            [told("payment_failed", 10, **AGAIN)], FAILED_ONCE, id="an old invoice does not say its status"
        ),
        pytest.param(
            [told("payment_succeeded", 10, status_transitions=None, total=None)],
            {
                "status": "succeeded",
                "at": "2025-11-22T08:26:50Z",
                "invoice": "in_1",
                "amount": 2000,
                "attempts": 1,
            },
            id="an old invoice does not say its total",
        ),
    ],
)
def test_what_is_shown_of_payments(raw: list[dict[str, Any]], expected: dict[str, Any]) -> None:
    """In every order, the subscription's beginning included."""
    assert shown(*raw) == expected


def test_two_events_of_one_payment_are_one_state() -> None:
    """`invoice.paid` comes beside `invoice.payment_succeeded`, and says nothing new, in either order."""
    both = paid(20), paid(20, "paid")
    for first, second in (both, both[::-1]):
        tables = tables_after(CREATED, first)
        outcome = tables.deliver(parse_event(second))
        assert (outcome.applied, outcome.reason) == (False, Reason.DUPLICATE)


@pytest.mark.parametrize("total", [0, -500])
def test_an_invoice_of_nothing_asks_nothing(total: int) -> None:
    """It is skipped without a request."""
    tables = tables_after(CREATED)
    before = tables.requests
    outcome = tables.deliver(parse_event(paid(20, total=total)))
    assert (outcome.applied, outcome.reason, tables.requests) == (False, Reason.NOTHING_DUE, before)


def ended(second: int, word: str = "canceled") -> dict[str, Any]:
    """The subscription ends."""
    body = events.subscription(status=word, ended_at=T0 + second)
    build = events.deleted if word == "canceled" else events.updated
    rest = {} if word == "canceled" else {"previous": {"status": "incomplete"}}
    return build(body, event_id="evt_end", created=T0 + second, **rest)


@pytest.mark.parametrize("word", ["canceled", "incomplete_expired"])
def test_nothing_is_tried_again_of_one_that_has_ended(word: str) -> None:
    """The failed payment stays, in every order."""
    assert shown(failed(10, **AGAIN), ended(15, word)) == {
        name: value for name, value in FAILED_ONCE.items() if name != "again"
    }


def test_nothing_is_tried_again_of_another_apps() -> None:
    """It is not shown at all."""
    profile = profile_after(CREATED, failed(10, **AGAIN), handled_product_ids=frozenset({"prod_of_ours"}))
    assert not {*NAMES, "subscriptionId", "subscriptionAccessUntil"} & profile.keys()


def test_the_payment_is_that_of_the_subscription_that_is_shown() -> None:
    """A younger invoice of another one is not."""
    other = events.created(events.subscription(id="sub_2", status="unpaid"), event_id="evt_1")
    found = shown(failed(10, **AGAIN), other, failed(30, id="in_9", sub="sub_2", created=T0 + 20))
    assert found == FAILED_ONCE
