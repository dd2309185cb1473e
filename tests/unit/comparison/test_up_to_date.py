"""One user is brought up to date: whatever the profile tells of Stripe is looked up there."""

import pytest

from stripe_subscription_handler.comparison.differences import Difference, Kind
from stripe_subscription_handler.comparison.up_to_date import (
    Told,
    Traces,
    Wanted,
    bring_up_to_date,
    nothing_left,
)
from stripe_subscription_handler.conversation.model import Tables
from stripe_subscription_handler.decisions.ledger import Ledger
from stripe_subscription_handler.events.envelope import parse_event
from support import events
from support.reconciling import Account, Reconciliation

SUB = events.subscription()
SECOND = events.subscription(id="sub_2", created=events.T0 + 5)
PAID = events.invoice(status="paid", status_transitions={"paid_at": events.T0 + 9})


def synced(made: Reconciliation, wanted: Wanted, traces: Traces = nothing_left) -> list[Difference]:
    """Bring it up to date; what differed."""
    return told(made, wanted, traces)[1]


def told(
    made: Reconciliation, wanted: Wanted, traces: Traces = nothing_left
) -> tuple[Told | None, list[Difference]]:
    """Bring it up to date; what Stripe told, and what differed."""
    found: list[Difference] = []
    item = made.tables.profiles.get(wanted.user_id or "")
    answer = bring_up_to_date(wanted, made.account, item, made.comparer(found, apply=True), traces)
    return answer, found


def world() -> Reconciliation:
    """A user of whom only the first event came; they have bought another one and paid since."""
    account = Account({"sub_1": {**SUB, "status": "past_due"}, "sub_2": SECOND}, bills=[PAID])
    made = Reconciliation(account, Tables(), is_thorough=True)
    made.tables.deliver(parse_event(events.created(SUB)))
    return made


def test_a_user_gets_all_that_their_customer_has() -> None:
    """The state of the first, the second one, and the newest payment."""
    made = world()
    found = synced(made, Wanted("user_1"))
    assert {(one.kind, one.subscription_id) for one in found} == {
        (Kind.STALE, "sub_1"),
        (Kind.MISSING_SUBSCRIPTION, "sub_2"),
    }
    assert made.tables.profiles["user_1"]["subscriptionId"] == "sub_2"
    paid = Ledger.from_item(made.tables.profiles["user_1"]).payments["sub_1"]
    assert paid.status == "succeeded"
    assert synced(made, Wanted("user_1")) == []


def test_a_user_without_a_profile_is_found_by_a_subscription_or_a_customer() -> None:
    """Nothing else tells what Stripe has of them."""
    for wanted in (Wanted(subscription_ids=frozenset({"sub_2"})), Wanted(customer_ids=frozenset({"cus_1"}))):
        made = world()
        made.tables.profiles.clear()
        synced(made, wanted)
        assert made.tables.profiles["user_1"]["subscriptionId"] == "sub_2"
    assert told(world(), Wanted("user_9")) == (None, [])


@pytest.mark.parametrize("item", [None, {"email": "x", "subscriptionStatus": "free"}])
@pytest.mark.parametrize(
    "left", [Wanted(customer_ids=frozenset({"cus_1"})), Wanted(subscription_ids=frozenset({"sub_1"}))]
)
def test_a_profile_that_was_wiped_is_restored_by_what_is_left_elsewhere(
    item: dict[str, str] | None, left: Wanted
) -> None:
    """By links or by the log; with the payment, and what is the app's own stays."""
    made = world()
    synced(made, Wanted("user_1"))
    before = dict(made.tables.profiles.pop("user_1"))
    if item is not None:
        made.tables.profiles["user_1"] = item
    assert all(one.repaired for one in synced(made, Wanted("user_1"), lambda _user_id: left))
    after = made.tables.profiles["user_1"]
    shown = "sub_2" if left.customer_ids else "sub_1"
    assert after["subscriptionId"] == shown
    assert after["stripeLedger_sub_1"]["p"] == before["stripeLedger_sub_1"]["p"]
    assert after.get("email") == (item or {}).get("email")


def test_where_the_ledger_is_there_nothing_else_is_read() -> None:
    """Links and log would cost a scan."""
    made = world()

    def never(_user_id: str) -> Wanted:
        raise AssertionError

    assert synced(made, Wanted("user_1"), never) != []
    made.tables.profiles.clear()
    assert synced(made, Wanted("user_1", frozenset({"sub_1"})), never) != []


def test_what_stripe_does_not_have_is_told() -> None:
    """For a user it is a difference that nothing repairs; asked for by its id, only the answer tells."""
    made = world()
    made.account.bodies.clear()
    made.account.bills.clear()
    assert [(one.kind, one.repaired) for one in synced(made, Wanted("user_1"))] == [
        (Kind.UNKNOWN_TO_STRIPE, False)
    ]
    wanted = Wanted(subscription_ids=frozenset({"sub_7"}))
    assert told(made, wanted) == (Told({}, unknown=frozenset({"sub_7"})), [])
