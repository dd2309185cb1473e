"""What the settings of the view cost: DynamoDB requests of each case, on the model of the tables."""

from typing import Any

import pytest

from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.decisions.view_settings import ViewSettings
from stripe_subscription_handler.events.envelope import parse_event
from support import events
from support.model import Tables

T0 = events.T0
PLAIN = ViewSettings()
LIMITED = ViewSettings(access_past_due_days=5)
THEIRS = ViewSettings(handled_product_ids=frozenset({"prod_of_this_app"}))


def updated(second: int, **changes: Any) -> dict[str, Any]:
    """The subscription goes on."""
    about = {"event_id": f"evt_{second}", "created": T0 + second, "previous": {"latest_invoice": None}}
    return events.updated(events.subscription(**changes), **about)


def failed(second: int) -> dict[str, Any]:
    """A payment fails, and Stripe will try again."""
    body = events.invoice(created=T0 + second, status="open", next_payment_attempt=T0 + 1_000_000)
    about = {"event_id": f"evt_{second}", "created": T0 + second}
    return events.event("invoice.payment_failed", body, **about)


BEGUN = events.created(events.subscription(), event_id="evt_0")
ENDED = events.deleted(
    events.subscription(status="canceled", ended_at=T0 + 50), event_id="evt_50", created=T0 + 50
)
PAST_DUE = updated(5, status="past_due")

CASES = [
    (
        "an invoice of nothing due",
        PLAIN,
        [BEGUN],
        events.paid(events.invoice(total=0)),
        0,
        Reason.NOTHING_DUE,
    ),
    ("a failed invoice", PLAIN, [BEGUN], failed(9), 1, Reason.PRIMARY),
    ("a failed invoice of one that has ended", PLAIN, [BEGUN, ENDED], failed(60), 2, Reason.RECOMPUTED),
    ("becomes past due", PLAIN, [BEGUN], PAST_DUE, 1, Reason.PRIMARY),
    ("becomes past due, which is limited", LIMITED, [BEGUN], PAST_DUE, 2, Reason.RECOMPUTED),
    (
        "an invoice while past due, which is limited",
        LIMITED,
        [BEGUN, PAST_DUE],
        failed(9),
        2,
        Reason.RECOMPUTED,
    ),
    ("goes on, while past due is limited", LIMITED, [BEGUN], updated(5), 1, Reason.PRIMARY),
    ("an invoice, while past due is limited", LIMITED, [BEGUN], failed(9), 1, Reason.PRIMARY),
    (
        "another app's, without a user",
        THEIRS,
        [],
        events.created(events.subscription(user=None)),
        1,
        Reason.FILTERED,
    ),
    ("another app's, with a user", THEIRS, [], BEGUN, 2, Reason.FIRST_EVENT),
    ("another app's goes on", THEIRS, [BEGUN], updated(5), 2, Reason.RECOMPUTED),
]


@pytest.mark.parametrize(
    ("shows", "before", "raw", "requests", "reason"), [pytest.param(*case[1:], id=case[0]) for case in CASES]
)
def test_requests_of_each_case(
    shows: ViewSettings, before: list[dict[str, Any]], raw: dict[str, Any], requests: int, reason: Reason
) -> None:
    """As docs/semantics.md says."""
    tables = Tables(policy=Policy(shows=shows))
    for earlier in before:
        tables.deliver(parse_event(earlier))
    tables.requests = 0
    assert tables.deliver(parse_event(raw)).reason is reason
    assert tables.requests == requests


def test_a_changed_setting_costs_one_request_once() -> None:
    """The first write after it recomputes the view."""
    tables, counted = Tables(), []
    tables.deliver(parse_event(BEGUN))
    tables.policy = Policy(shows=ViewSettings(access_renewal_grace_hours=1))
    for second in (5, 6):
        tables.requests = 0
        tables.deliver(parse_event(updated(second)))
        counted.append(tables.requests)
    assert counted == [2, 1]
