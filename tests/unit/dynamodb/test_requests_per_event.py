"""How many DynamoDB requests each case costs: the bar of the design, on the model of the tables."""

import attrs
import pytest

from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.decisions.view_settings import ViewSettings
from stripe_subscription_handler.events.envelope import parse_event
from support import events
from support.model import Tables
from support.stripe_account import selection_of

T0 = events.T0
SECOND_SUBSCRIPTION = events.subscription(id="sub_2", created=T0 + 50)

LIFE = {
    "created": events.created(events.subscription(status="incomplete")),
    "activated_in_the_same_second": events.updated(
        events.subscription(), event_id="evt_2", previous={"status": "incomplete"}
    ),
    "renewed": events.updated(
        events.subscription(), event_id="evt_3", created=T0 + 9, previous={"cancel_at_period_end": True}
    ),
    "paid": events.paid(events.invoice(), event_id="evt_4", created=T0 + 10),
    "past_due": events.updated(
        events.subscription(status="past_due"),
        event_id="evt_5",
        created=T0 + 60,
        previous={"status": "active"},
    ),
    "second_subscription": events.created(SECOND_SUBSCRIPTION, event_id="evt_6", created=T0 + 50),
    "lapsed_while_not_primary": events.updated(
        events.subscription(status="unpaid"),
        event_id="evt_7",
        created=T0 + 70,
        previous={"status": "past_due"},
    ),
    "tie_of_the_second_subscription": events.updated(
        {**SECOND_SUBSCRIPTION, "status": "past_due"},
        event_id="evt_8",
        created=T0 + 80,
        previous={"status": "active"},
    ),
    "tie_partner": events.updated(
        SECOND_SUBSCRIPTION, event_id="evt_9", created=T0 + 80, previous={"cancel_at_period_end": True}
    ),
    "ended": events.deleted(
        events.subscription(status="canceled", ended_at=T0 + 90), event_id="evt_10", created=T0 + 90
    ),
    "second_ended": events.deleted(
        {**SECOND_SUBSCRIPTION, "status": "canceled", "ended_at": T0 + 91}, event_id="evt_11", created=T0 + 91
    ),
    "paid_without_a_label": events.paid(events.invoice(user=None), event_id="evt_12", created=T0 + 10),
    "renewed_without_a_label": events.updated(
        events.subscription(user=None), event_id="evt_13", created=T0 + 9, previous={"latest_invoice": "in_0"}
    ),
    "second_paid_without_a_label": events.paid(
        events.invoice(sub="sub_2", user=None), event_id="evt_14", created=T0 + 60
    ),
    "free": events.paid(
        events.invoice(id="in_2", total=0, status="paid"), event_id="evt_17", created=T0 + 10
    ),
    "credited": events.paid(
        events.invoice(id="in_3", total=-500, status="paid"), event_id="evt_18", created=T0 + 10
    ),
    "also_paid": events.event("invoice.paid", events.invoice(), event_id="evt_19", created=T0 + 10),
    "failed": events.failed(
        events.invoice(id="in_4", next_payment_attempt=T0 + 86_400), event_id="evt_20", created=T0 + 95
    ),
    "voided": events.event(
        "invoice.voided", events.invoice(id="in_4", status="void"), event_id="evt_21", created=T0 + 96
    ),
    "given_up": events.event(
        "invoice.marked_uncollectible",
        events.invoice(id="in_4", status="uncollectible"),
        event_id="evt_22",
        created=T0 + 96,
    ),
    "failed_for_good": events.failed(events.invoice(id="in_5"), event_id="evt_23", created=T0 + 95),
    "unpaid": events.updated(
        events.subscription(status="unpaid"),
        event_id="evt_24",
        created=T0 + 99,
        previous={"status": "past_due"},
    ),
    "one_off": events.paid(events.invoice(sub=None), event_id="evt_15"),
    "ping": {
        "id": "evt_16",
        "object": "v2.core.event",
        "type": "v2.core.event_destination.ping",
        "created": "2025-11-22T08:26:45.123Z",
        "livemode": False,
        "related_object": {
            "id": "ed_1",
            "type": "event_destination",
            "url": "/v2/core/event_destinations/ed_1",
        },
    },
}

CASES = [
    ("new user", [], "created", 1, Reason.FIRST_EVENT),
    ("next event", ["created"], "renewed", 1, Reason.PRIMARY),
    ("invoice of the primary", ["created", "renewed"], "paid", 1, Reason.PRIMARY),
    ("created, then updated in one second", ["created"], "activated_in_the_same_second", 1, Reason.PRIMARY),
    ("duplicate created", ["created"], "created", 1, Reason.DUPLICATE),
    ("duplicate updated", ["created", "renewed"], "renewed", 1, Reason.DUPLICATE),
    ("stale updated", ["created", "past_due"], "renewed", 1, Reason.STALE),
    ("stale created", ["activated_in_the_same_second"], "created", 1, Reason.STALE),
    ("duplicate invoice", ["created", "paid"], "paid", 1, Reason.DUPLICATE),
    ("updated first", [], "renewed", 2, Reason.FIRST_EVENT),
    ("invoice first", [], "paid", 2, Reason.FIRST_EVENT),
    ("second subscription", ["created", "renewed"], "second_subscription", 2, Reason.RECOMPUTED),
    (
        "update of a non-primary",
        ["created", "past_due", "second_subscription"],
        "lapsed_while_not_primary",
        2,
        Reason.RECOMPUTED,
    ),
    (
        "tie",
        ["created", "second_subscription", "tie_of_the_second_subscription"],
        "tie_partner",
        2,
        Reason.TIE_SETTLED,
    ),
    (
        "primary lowered while others are known",
        ["created", "second_subscription"],
        "tie_of_the_second_subscription",
        2,
        Reason.RECOMPUTED,
    ),
    ("the only one ends", ["created", "renewed"], "ended", 1, Reason.PRIMARY),
    (
        "primary ends while others are known",
        ["created", "second_subscription"],
        "second_ended",
        2,
        Reason.RECOMPUTED,
    ),
    ("invoice without a label", ["created"], "paid_without_a_label", 2, Reason.PRIMARY),
    ("update without a label", ["created"], "renewed_without_a_label", 2, Reason.PRIMARY),
    (
        "invoice without a label, not of the primary",
        ["created", "renewed", "second_subscription", "tie_of_the_second_subscription"],
        "second_paid_without_a_label",
        3,
        Reason.RECOMPUTED,
    ),
    ("one-off invoice", [], "one_off", 0, Reason.ONE_OFF_INVOICE),
    ("ping", [], "ping", 0, Reason.PING),
    ("zero invoice", ["created"], "free", 0, Reason.NOTHING_DUE),
    ("credit", ["created"], "credited", 0, Reason.NOTHING_DUE),
    ("two events of one payment", ["created", "paid"], "also_paid", 1, Reason.DUPLICATE),
    ("failed invoice of the primary", ["created"], "failed", 1, Reason.PRIMARY),
    ("failed invoice that is voided", ["created", "failed"], "voided", 1, Reason.PRIMARY),
    ("failed invoice that is given up", ["created", "failed"], "given_up", 1, Reason.PRIMARY),
    ("failed invoice of an ended one", ["created", "ended"], "failed", 2, Reason.RECOMPUTED),
    ("the same without a next attempt", ["created", "ended"], "failed_for_good", 1, Reason.PRIMARY),
]
PAST_DUE = ViewSettings(access_past_due_days=7)
ANOTHER_APPS = ViewSettings(handled_product_ids=frozenset({"prod_of_ours"}))
CASES_OF_SETTINGS = [
    ("past_due with a limit", PAST_DUE, ["created"], "past_due", 2, Reason.RECOMPUTED),
    ("an invoice while past_due", PAST_DUE, ["created", "past_due"], "failed", 2, Reason.RECOMPUTED),
    ("an invoice otherwise", PAST_DUE, ["created"], "failed", 1, Reason.PRIMARY),
    ("past_due is over", PAST_DUE, ["created", "past_due"], "unpaid", 1, Reason.PRIMARY),
    (
        "no day of past_due",
        attrs.evolve(PAST_DUE, access_past_due_days=0),
        ["created"],
        "past_due",
        1,
        Reason.PRIMARY,
    ),
    ("another app's, new", ANOTHER_APPS, [], "created", 2, Reason.FIRST_EVENT),
    ("another app's", ANOTHER_APPS, ["created"], "renewed", 2, Reason.RECOMPUTED),
]


@pytest.mark.parametrize(
    ("before", "name", "requests", "reason"), [pytest.param(*c[1:], id=c[0]) for c in CASES]
)
def test_requests_of_each_case(before: list[str], name: str, requests: int, reason: Reason) -> None:
    """Each case of the design's table costs exactly its number of requests, for the reason it names."""
    tables = Tables()
    for earlier in before:
        tables.deliver(parse_event(LIFE[earlier]))
    tables.requests = 0
    assert tables.deliver(parse_event(LIFE[name])).reason is reason
    assert tables.requests == requests


@pytest.mark.parametrize(
    ("settings", "before", "name", "requests", "reason"),
    [pytest.param(*c[1:], id=c[0]) for c in CASES_OF_SETTINGS],
)
def test_requests_by_the_settings(
    settings: ViewSettings, before: list[str], name: str, requests: int, reason: Reason
) -> None:
    """What shapes the view may ask for the item."""
    tables = Tables(policy=Policy(shows=settings))
    for earlier in before:
        tables.deliver(parse_event(LIFE[earlier], selection_of(settings)))
    tables.requests = 0
    assert tables.deliver(parse_event(LIFE[name], selection_of(settings))).reason is reason
    assert tables.requests == requests


@pytest.mark.parametrize("name", ["renewed", "paid", "ended"])
def test_changed_settings_cost_each_user_one_more_request_once(name: str) -> None:
    """The next write computes the view anew, the one after it is blind again."""
    tables = Tables()
    tables.deliver(parse_event(LIFE["activated_in_the_same_second"]))
    tables.policy = Policy(shows=ViewSettings(access_renewal_grace_hours=0))
    tables.requests = 0
    assert tables.deliver(parse_event(LIFE[name])).reason is Reason.RECOMPUTED
    assert tables.requests == 2
    until = "2025-11-22T08:28:10Z" if name == "ended" else "2025-12-22T08:26:40Z"
    assert tables.profiles["user_1"]["subscriptionAccessUntil"] == until
    assert tables.deliver(parse_event(LIFE["failed_for_good"])).reason is Reason.PRIMARY
    assert tables.requests == 3
