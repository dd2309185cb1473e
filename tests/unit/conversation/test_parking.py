"""Events nobody can map to a user wait for their customer, and are applied as soon as it is linked."""

from typing import Any

import attrs
import pytest

from stripe_subscription_handler.conversation.handling import handling
from stripe_subscription_handler.conversation.messages import (
    Commit,
    Fetched,
    FetchedEvent,
    ReadParked,
    Refused,
)
from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.decisions.policy import ConnectEvents, Policy, Unmapped
from stripe_subscription_handler.errors import StripeUnavailableError, UserNotFoundError
from stripe_subscription_handler.events.envelope import parse_event
from support import events
from support.model import FOREVER, Tables, only_customers, parked_ids

T0 = events.T0
UNLABELLED = parse_event(events.created(events.subscription(user=None)))
PAID = parse_event(events.paid(events.invoice(user=None), event_id="evt_2", created=T0 + 1))
LABELLED = parse_event(
    events.updated(
        events.subscription(), event_id="evt_3", created=T0 + 5, previous={"metadata": {"userId": None}}
    )
)


def test_parked_events_are_applied_when_the_label_comes() -> None:
    """Checkout without a label, its payment, and a minute later the app adds the user."""
    tables = Tables()
    assert tables.deliver(UNLABELLED).reason is Reason.PARKED
    assert tables.deliver(PAID).reason is Reason.PARKED
    assert tables.profiles == {}
    outcome = tables.deliver(LABELLED)
    assert (outcome.applied, outcome.drained) == (True, 2)
    assert tables.profiles["user_1"]["lastPaymentStatus"] == "succeeded"
    assert not parked_ids(tables, "cus_1")
    assert tables.parked == {"cus_1": {}}


def test_an_event_that_waits_and_comes_again_keeps_its_place() -> None:
    """A replay: what was parked first still expires first."""
    tables = Tables()
    for event in (UNLABELLED, PAID, UNLABELLED):
        assert tables.deliver(event).reason is Reason.PARKED
    assert list(tables.parked["cus_1"]) == [UNLABELLED.id, PAID.id]


def test_a_parked_invoice_of_an_unknown_subscription_blocks_nobody() -> None:
    """Another subscription of the same customer is written; the invoice goes on waiting for its own."""
    tables = Tables()
    stray = parse_event(events.paid(events.invoice(sub="sub_other", user=None), event_id="evt_9"))
    assert tables.deliver(stray).reason is Reason.PARKED
    assert tables.deliver(parse_event(events.created(events.subscription()))).applied
    assert parked_ids(tables, "cus_1") == {"evt_9"}


def test_a_handler_that_dies_between_linking_and_draining_loses_nothing() -> None:
    """Broken off after the link: the redelivered event finds the register unlinked and drains."""
    tables = Tables()
    tables.deliver(UNLABELLED)
    tables.deliver(PAID)
    conversation = handling(LABELLED)
    request = next(conversation)
    while not isinstance(request, ReadParked):
        request = conversation.send(tables.execute(request, LABELLED))
    conversation.close()
    assert tables.parked["cus_1"]
    tables.deliver(LABELLED)
    assert tables.profiles["user_1"]["lastPaymentStatus"] == "succeeded"
    assert not tables.parked["cus_1"]


def test_a_parked_event_whose_content_expired_is_forgotten() -> None:
    """Its id alone must not keep the customer waiting."""
    tables = Tables()
    tables.deliver(UNLABELLED)
    tables.parked["cus_1"].clear()
    assert tables.deliver(LABELLED).applied
    assert not parked_ids(tables, "cus_1")


def test_an_event_is_not_parked_once_its_subscription_has_an_owner() -> None:
    """The park's condition fails, and the owner it returns is used."""
    tables = Tables()
    conversation = handling(PAID)
    request = next(conversation)
    answer = tables.execute(request, PAID)
    tables.deliver(parse_event(events.created(events.subscription())))
    request = conversation.send(answer)
    assert isinstance(request, Commit)
    assert request.parks == PAID
    assert isinstance(tables.execute(request, PAID), Refused)
    conversation = handling(PAID)
    tables.hold(conversation, PAID)
    assert tables.profiles["user_1"]["lastPaymentStatus"] == "succeeded"


@pytest.mark.parametrize("unmapped", [Unmapped.PARK, Unmapped.DEAD_LETTER])
def test_a_customer_with_several_users_is_never_guessed(unmapped: Unmapped) -> None:
    """An unlabelled subscription of such a customer is treated as one that nobody names."""
    tables = Tables(policy=Policy(unmapped=unmapped))
    tables.deliver(parse_event(events.created(events.subscription())))
    second = events.subscription(id="sub_2", user="user_2", created=T0 + 1)
    tables.deliver(parse_event(events.created(second, event_id="evt_2", created=T0 + 1)))
    third = events.subscription(id="sub_3", user=None, created=T0 + 2)
    event = parse_event(events.created(third, event_id="evt_3", created=T0 + 2))
    if unmapped is Unmapped.PARK:
        assert tables.deliver(event).reason is Reason.PARKED
    else:
        with pytest.raises(UserNotFoundError, match="is named by nobody"):
            tables.deliver(event)


def test_stripe_is_asked_before_an_event_is_parked() -> None:
    """The subscription's metadata now, else its customer's."""
    labelled = Fetched(LABELLED.subscription, LABELLED.created)
    tables = Tables(policy=Policy(can_ask_stripe=True), stripe=lambda _: labelled)
    assert tables.deliver(PAID).user_id == "user_1"
    unlabelled = Fetched(UNLABELLED.subscription, UNLABELLED.created)
    customers = only_customers({"cus_1": "user_7"})
    tables = Tables(
        policy=Policy(can_ask_stripe=True),
        stripe=lambda asked: customers(asked) if asked.subject == "customer" else unlabelled,
    )
    assert tables.deliver(UNLABELLED).user_id == "user_7"


def test_unmapped_events_can_be_ignored() -> None:
    """For accounts whose other subscriptions have no user in this app at all."""
    tables = Tables(policy=Policy(unmapped=Unmapped.IGNORE))
    assert tables.deliver(UNLABELLED).reason is Reason.UNMAPPED
    assert (tables.profiles, tables.links) == ({}, {})


def test_a_late_event_never_recreates_a_deleted_account() -> None:
    """With create_missing_profile off, a user without a profile item counts as unmapped."""
    tables = Tables(policy=Policy(create_missing_profile=False))
    assert tables.deliver(LABELLED).reason is Reason.PARKED
    assert tables.profiles == {}
    tables.profiles["user_1"] = {"PK": "USER#user_1"}
    later = parse_event(events.updated(events.subscription(), event_id="evt_8", created=T0 + 9))
    assert tables.deliver(later).applied
    assert tables.profiles["user_1"]["subscriptionStatus"] == "active"
    assert not tables.parked["cus_1"]


@pytest.mark.parametrize("name", ["account", "context"])
def test_events_of_connected_accounts_are_skipped_unless_asked_for(name: str) -> None:
    """Their metadata is chosen by whoever owns the account, in an organisation too."""
    event = parse_event({**events.created(events.subscription()), name: "acct_1"})
    assert Tables().deliver(event).reason is Reason.CONNECT_ACCOUNT
    assert Tables(policy=Policy(connect_events=ConnectEvents.HANDLE)).deliver(event).applied


def thin(kind: str, **changes: object) -> dict[str, object]:
    """A thin event."""
    return {
        "id": "evt_thin",
        "object": "v2.core.event",
        "type": f"v1.{kind}",
        "created": "2025-11-22T08:26:45.123Z",
        "livemode": False,
        "related_object": {"id": "sub_1", "type": "subscription", "url": "/v1/subscriptions/sub_1"},
        **changes,
    }


def test_a_thin_event_is_fetched() -> None:
    """The object is not in the event; the state of its second, or a later one, is."""
    event = parse_event(thin("customer.subscription.updated"))
    assert event.related_id == "sub_1"
    found = Fetched(LABELLED.subscription, LABELLED.created)
    tables = Tables(policy=Policy(can_ask_stripe=True), stripe=lambda _: found)
    assert tables.deliver(event).applied
    assert tables.profiles["user_1"]["subscriptionStatus"] == "active"


def stripe_shows(subscription: Any, invoice: Any = None, as_of: str = FOREVER) -> Any:
    """A Stripe that shows these two."""
    shown = {"subscription": subscription, "invoice": invoice}
    return lambda asked: Fetched(shown.get(asked.subject), as_of)


THIN_INVOICE = parse_event(
    thin("invoice.payment_succeeded", id="evt_thin_invoice", related_object={"id": "in_1", "type": "invoice"})
)


def test_a_thin_event_about_an_invoice_is_fetched() -> None:
    """The payment is in the profile, at the event's own second."""
    tables = Tables(policy=Policy(can_ask_stripe=True), stripe=stripe_shows(None, PAID.invoice))
    tables.deliver(LABELLED)
    assert tables.deliver(THIN_INVOICE).applied
    profile = tables.profiles["user_1"]
    assert (profile["lastPaymentStatus"], profile["lastPaymentAt"]) == ("succeeded", "2025-11-22T08:26:45Z")


def test_parked_thin_events_are_fetched_when_they_are_applied() -> None:
    """Nobody is named at first; once the subscription has its label, checkout and payment follow."""
    tables = Tables(policy=Policy(can_ask_stripe=True))
    tables.stripe = stripe_shows(UNLABELLED.subscription, PAID.invoice)
    for event in (parse_event(thin("customer.subscription.created")), THIN_INVOICE):
        assert tables.deliver(event).reason is Reason.PARKED
    tables.stripe = stripe_shows(LABELLED.subscription, PAID.invoice)
    outcome = tables.deliver(LABELLED)
    assert (outcome.applied, outcome.drained) == (True, 2)
    assert tables.profiles["user_1"]["lastPaymentStatus"] == "succeeded"
    assert not tables.parked["cus_1"]


def test_a_parked_thin_event_holds_nobody_up_once_the_key_is_gone() -> None:
    """Without a key it cannot be fetched: it waits on, and its customer's subscription is written."""
    tables = Tables(policy=Policy(can_ask_stripe=True))
    tables.stripe = stripe_shows(UNLABELLED.subscription)
    tables.deliver(parse_event(thin("customer.subscription.created")))
    tables.policy = Policy()
    assert tables.deliver(LABELLED).applied
    assert list(tables.parked["cus_1"]) == ["evt_thin"]


def test_a_move_that_a_thin_event_tells_leaves_the_first_user() -> None:
    """Nothing says whose it was but the customer's links."""
    tables = Tables(policy=Policy(can_ask_stripe=True))
    tables.deliver(LABELLED)
    moved = attrs.evolve(LABELLED.subscription, user_id="user_2")
    tables.stripe = stripe_shows(moved)
    tables.deliver(parse_event(thin("customer.subscription.updated")))
    assert "subscriptionStatus" not in tables.profiles["user_1"]
    assert tables.profiles["user_2"]["subscriptionStatus"] == "active"


def test_a_move_that_was_undone_while_it_was_being_fetched_reaches_nobody() -> None:
    """Fetched while the subscription was another user's, but the way back has been written meanwhile."""
    tables = Tables(policy=Policy(can_ask_stripe=True))
    tables.deliver(LABELLED)
    moved = attrs.evolve(LABELLED.subscription, user_id="user_2")
    move = parse_event(thin("customer.subscription.updated", id="evt_there"))
    slow = handling(move, tables.policy)
    next(slow)
    slow.send(FetchedEvent(None))  # Stripe does not show the event any more, so the object is fetched
    request: Any = slow.send(Fetched(moved, "2025-11-22T08:26:45Z"))
    tables.stripe = stripe_shows(LABELLED.subscription, as_of="2025-11-22T08:26:50Z")
    back = parse_event(
        thin("customer.subscription.updated", id="evt_back", created="2025-11-22T08:26:50.000Z")
    )
    tables.deliver(back)
    outcome = None
    while outcome is None:
        try:
            request = slow.send(tables.execute(request, move))
        except StopIteration as ended:
            outcome = ended.value
    assert outcome.reason is Reason.STALE
    assert tables.profiles.keys() == {"user_1"}
    assert tables.profiles["user_1"]["subscriptionStatus"] == "active"


@pytest.mark.parametrize(
    ("policy", "as_of"),
    [(Policy(), "2025-11-22T08:26:45Z"), (Policy(can_ask_stripe=True), "2025-11-22T08:26:44Z")],
)
def test_a_thin_event_without_a_fresh_answer_comes_back(policy: Policy, as_of: str) -> None:
    """No key, or a state that may be older than the event: raised, for a retry."""
    tables = Tables(policy=policy, stripe=lambda _: Fetched(LABELLED.subscription, as_of))
    with pytest.raises(StripeUnavailableError):
        tables.deliver(parse_event(thin("customer.subscription.updated")))
