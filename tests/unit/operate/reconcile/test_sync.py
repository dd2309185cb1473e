"""One user is brought up to date: whatever the profile tells of Stripe is looked up there."""

import pytest

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.reconcile.sync import Wanted, sync
from stripe_subscription_handler.comparison.differences import Difference, Kind
from stripe_subscription_handler.conversation.model import Tables
from stripe_subscription_handler.events.envelope import parse_event
from support import events
from support.reconciling import Account, Reconciliation

SUB = events.subscription()
SECOND = events.subscription(id="sub_2", created=events.T0 + 5)
PAID = events.paid(events.invoice(), event_id="evt_paid", created=events.T0 + 9)


def synced(made: Reconciliation, wanted: Wanted) -> list[Difference]:
    """Bring it up to date; what differed."""
    found: list[Difference] = []
    item = made.tables.profiles.get(wanted.user_id or "")
    sync(wanted, made.account, item, made.comparer(found, apply=True))
    return found


def world() -> Reconciliation:
    """A user of whom only the first event came; they have bought another one and paid since."""
    account = Account({"sub_1": {**SUB, "status": "past_due"}, "sub_2": SECOND}, [PAID])
    made = Reconciliation(account, Tables())
    made.tables.deliver(parse_event(events.created(SUB)))
    return made


def test_a_user_gets_all_that_their_customer_has() -> None:
    """The state of the first, the second one, and the newest payment."""
    made = world()
    found = synced(made, Wanted("user_1"))
    assert {(one.kind, one.subscription_id) for one in found} == {
        (Kind.STALE, "sub_1"),
        (Kind.MISSING_SUBSCRIPTION, "sub_2"),
        (Kind.MISSED_EVENT, "sub_1"),
    }
    assert made.tables.profiles["user_1"]["subscriptionId"] == "sub_2"
    assert made.tables.profiles["user_1"]["stripeLedgerPayment_sub_1"]["status"] == "succeeded"
    assert synced(made, Wanted("user_1")) == []


def test_a_user_without_a_profile_is_found_by_a_subscription_or_a_customer() -> None:
    """Nothing else tells what Stripe has of them."""
    for wanted in (Wanted(subscription_ids=frozenset({"sub_2"})), Wanted(customer_ids=frozenset({"cus_1"}))):
        made = world()
        made.tables.profiles.clear()
        synced(made, wanted)
        assert made.tables.profiles["user_1"]["subscriptionId"] == "sub_2"
    with pytest.raises(CliError, match="--subscription"):
        synced(world(), Wanted("user_9"))


def test_what_stripe_does_not_have_is_told() -> None:
    """For a user it is a difference that nothing repairs; asked for by its id, it is a mistake."""
    made = world()
    made.account.bodies.clear()
    made.account.listed.clear()
    assert [(one.kind, one.repaired) for one in synced(made, Wanted("user_1"))] == [
        (Kind.UNKNOWN_TO_STRIPE, False)
    ]
    with pytest.raises(CliError, match="no subscription sub_7"):
        synced(made, Wanted(subscription_ids=frozenset({"sub_7"})))
