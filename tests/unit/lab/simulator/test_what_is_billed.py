"""Zero, voided and uncollectible invoices, payments outside Stripe, and paused collection."""

from collections import Counter
from typing import Any

import pytest

from stripe_handler_cli.lab.simulator import SimulatedLife, iterate_lives
from support.scenarios import options_for


def _told(life: SimulatedLife) -> dict[str, list[tuple[str, dict[str, Any], int]]]:
    """Invoice → (event type, object, second) of its events, in order."""
    told: dict[str, list[tuple[str, dict[str, Any], int]]] = {}
    for event in life.events:
        body = event["data"]["object"]
        if body["object"] == "invoice":
            told.setdefault(body["id"], []).append((event["type"], body, event["created"]))
    return told


def test_a_zero_invoice_is_paid_when_it_is_made() -> None:
    """A trial's, a coupon's, and a credit, which is below zero and due with nothing."""
    kinds: Counter[str] = Counter()
    for name in ("trial_converts", "zero_invoices"):
        for life in iterate_lives(61, 40, options_for(name, eras=("2025-clover",))):
            for states in life.book.invoices.values():
                made = states[0][1]
                if made.total <= 0:
                    assert (made.status, made.paid_at, made.attempt_count) == ("paid", made.created, 0)
                    kinds["below" if made.total < 0 else "zero"] += 1
            for events in _told(life).values():
                for kind, body, _ in events:
                    if body["total"] <= 0:
                        assert (body["status"], body["amount_due"], body["amount_paid"]) == ("paid", 0, 0)
                        assert kind in {"invoice.paid", "invoice.payment_succeeded"}
    assert min(kinds["below"], kinds["zero"]) > 5


@pytest.mark.parametrize(
    ("name", "event_type", "status", "transition"),
    [
        ("invoice_voided", "invoice.voided", "void", "voided_at"),
        ("invoice_written_off", "invoice.marked_uncollectible", "uncollectible", "marked_uncollectible_at"),
    ],
)
def test_an_invoice_that_is_no_longer_owed(name: str, event_type: str, status: str, transition: str) -> None:
    """Says when, after its payment had failed; the subscription is in good standing again."""
    later: Counter[str] = Counter()
    for life in iterate_lives(62, 40, options_for(name, second_scenario_share=0)):
        [events] = [one for one in _told(life).values() if event_type in {kind for kind, _, _ in one}]
        kinds = [kind for kind, _, _ in events]
        at = kinds.index(event_type)
        _, body, second = events[at]
        assert set(kinds[:at]) == {"invoice.payment_failed"}
        assert (body["status"], body["status_transitions"][transition]) == (status, second)
        assert body["next_payment_attempt"] is None
        later.update(kinds[at + 1 :])
        assert [profile["subscriptionStatus"] for profile in life.profiles.values()] == ["active"]
    if name == "invoice_voided":
        assert not later
    else:
        # Some are voided after all, some are paid, of these some outside Stripe.
        assert min(later["invoice.voided"], later["invoice.payment_succeeded"]) > 0
        assert later["invoice.paid"] > later["invoice.payment_succeeded"]


def test_a_payment_outside_stripe_is_told_by_one_event() -> None:
    """Any other by two, which tell the same."""
    for life in iterate_lives(63, 20, options_for("paid_out_of_band", second_scenario_share=0)):
        kinds = [[kind for kind, _, _ in events] for events in _told(life).values()]
        paid = [[kind for kind in one if kind != "invoice.payment_failed"] for one in kinds]
        both = ["invoice.payment_succeeded", "invoice.paid"]
        assert sorted(paid, key=len) == [["invoice.paid"], both]
        [profile] = life.profiles.values()
        assert profile["lastPaymentStatus"] == "succeeded"


def test_an_attempt_after_the_end_is_announced_on_no_profile() -> None:
    """The subscription was canceled while its invoice was due."""
    announced = 0
    for life in iterate_lives(64, 30, options_for("canceled_while_due", second_scenario_share=0)):
        [profile] = life.profiles.values()
        assert (profile["subscriptionStatus"], profile["lastPaymentStatus"]) == ("canceled", "failed")
        assert "nextPaymentAttemptAt" not in profile
        announced += any(fact.invoice.next_attempt is not None for fact in life.book.payments[-1:])
    assert announced > 5


def test_collection_is_paused_in_three_ways() -> None:
    """The status stays; what is billed meanwhile is voided, given up, or kept and not told of."""
    behaviors: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    still = 0
    for life in iterate_lives(65, 80, options_for("collection_paused", second_scenario_share=0)):
        for event in life.events:
            body = event["data"]["object"]
            pause = body.get("pause_collection") if body["object"] == "subscription" else None
            if pause:
                behaviors[pause["behavior"]] += 1
                behaviors["resumes"] += pause["resumes_at"] is not None
                assert body["status"] == "active"
            kinds[event["type"]] += 1
        still += any("subscriptionPauseCollection" in profile for profile in life.profiles.values())
    assert set(behaviors) == {"void", "mark_uncollectible", "keep_as_draft", "resumes"}
    assert min(kinds["invoice.voided"], kinds["invoice.marked_uncollectible"], still) > 3
