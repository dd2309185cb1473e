"""Where its key may read them, a pass also heals what only events and invoices tell."""

from typing import Any

import pytest

from stripe_subscription_handler.comparison.differences import Kind
from stripe_subscription_handler.events.envelope import parse_event
from support import events
from support.reconciling import Account, Reconciliation
from support.slicing import Sliced

HOUR = 3600
NOW = events.T0 + 30 * 24 * HOUR
BODY = events.subscription(id="sub_1", user="user_1", customer="cus_1", created=events.T0)
BOTH = frozenset({"invoices", "events"})


def paid(second: int, number: int = 1) -> dict[str, Any]:
    """The event of a paid invoice."""
    invoice = events.invoice(
        id=f"in_{number}", sub="sub_1", user="user_1", customer="cus_1", created=second, status="paid"
    )
    return events.paid(invoice, event_id=f"evt_paid_{number}", created=second)


def checked(listed: list[dict[str, Any]], reads: frozenset[str] = BOTH, *, repair: bool = True) -> Sliced:
    """A subscription whose creation was told, and events that never came."""
    world = Reconciliation(Account({"sub_1": BODY}, listed=listed, second=NOW))
    world.tables.deliver(parse_event(events.created(BODY, event_id="evt_1", created=events.T0)))
    return Sliced(world, repair=repair, reads=reads)


def test_an_event_that_never_came_is_handled() -> None:
    """A payment is nothing that the subscription itself shows. The next pass finds nothing."""
    sliced = checked([paid(NOW - HOUR)])
    went = sliced.whole_pass()
    assert [(one.kind, one.event_id, one.repaired) for one in sliced.told] == [
        (Kind.MISSED_EVENT, "evt_paid_1", True)
    ]
    assert sliced.world.tables.profiles["user_1"]["lastPaymentStatus"] == "succeeded"
    assert (went.believed.differences, went.believed.events) == (1, 1)
    sliced.a_day_passes()
    assert sliced.whole_pass().believed.differences == 0


def test_without_repair_it_is_told() -> None:
    """And nothing is written."""
    sliced = checked([paid(NOW - HOUR)], repair=False)
    before = dict(sliced.world.tables.profiles)
    assert sliced.whole_pass().believed.unrepaired == 1
    assert sliced.world.tables.profiles == before


def test_what_may_be_on_its_way_is_left_alone() -> None:
    """Minutes old, or older than three days: the first comes by itself, the other is for reconcile."""
    old = NOW - 72 * HOUR - 1
    sliced = checked([paid(NOW - 60, 2), paid(old, 1)])
    assert sliced.whole_pass().believed.differences == 0
    assert "lastPaymentStatus" not in sliced.world.tables.profiles["user_1"]


@pytest.mark.parametrize(("hours", "found"), [(1, 1), (24, 1), (48, 2)])
def test_it_reaches_back_three_intervals_and_three_days_at_least(hours: int, found: int) -> None:
    """However often it looks: a table may have been set back to an old copy."""
    sliced = checked([paid(NOW - 71 * HOUR, 2), paid(NOW - 143 * HOUR, 1)])
    sliced.interval_seconds = hours * HOUR
    assert sliced.whole_pass().believed.events == found


def test_many_slices_go_through_each_event_once() -> None:
    """A slice whose time is up at once does one page."""
    listed = [paid(NOW - number * HOUR, number) for number in range(1, 8)]
    whole, cut = checked(listed), checked(listed)
    whole.whole_pass()
    went = cut.whole_pass(lambda: True)
    assert went.drift_pass.slices > 4
    assert went.believed.events == 7
    assert [one.event_id for one in cut.told] == [one.event_id for one in whole.told] == ["evt_paid_1"]


def test_a_summary_that_never_came_is_handled() -> None:
    """What a customer is entitled to stands in its event alone."""
    body = {
        "object": "entitlements.active_entitlement_summary",
        "customer": "cus_1",
        "entitlements": {
            "object": "list",
            "data": [{"id": "ent_1", "lookup_key": "sso", "feature": "feat_1"}],
            "has_more": False,
        },
    }
    told = {
        **paid(NOW - HOUR),
        "id": "evt_entitled",
        "type": "entitlements.active_entitlement_summary.updated",
        "data": {"object": body, "previous_attributes": {"entitlements": {"data": []}}},
    }
    sliced = checked([told])
    sliced.whole_pass()
    assert sliced.world.tables.profiles["user_1"]["entitlements"] == {"sso"}
    assert [(one.kind, one.user_id) for one in sliced.told] == [(Kind.MISSED_EVENT, "user_1")]


def test_a_key_that_may_read_invoices_restores_payments() -> None:
    """Those of a profile that the app has overwritten, whose events are long gone."""
    invoice = paid(events.T0 + 5)["data"]["object"]
    lost = {**BODY, "latest_invoice": invoice}
    for reads, payment in ((BOTH, "succeeded"), (frozenset({"events"}), None), (frozenset[str](), None)):
        sliced = checked([], reads)
        sliced.world.account.bodies["sub_1"] = lost
        sliced.world.tables.profiles["user_1"] = {"PK": "USER#user_1", "theme": "dark"}
        sliced.whole_pass()
        profile = sliced.world.tables.profiles["user_1"]
        assert (profile["subscriptionStatus"], profile.get("lastPaymentStatus")) == ("active", payment)


def test_a_key_that_may_not_read_events_leaves_them_out() -> None:
    """The pass knows, so that its line can say so."""
    sliced = checked([paid(NOW - HOUR)], frozenset({"invoices"}))
    went = sliced.whole_pass()
    assert went.drift_pass.state["reads"] == ["invoices"]
    assert (went.believed.events, sliced.told) == (0, [])
