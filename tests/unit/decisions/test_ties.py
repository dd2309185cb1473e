"""Updates of one second: the changes tell where the walk ends."""

import itertools

import pytest

from stripe_subscription_handler.conversation.messages import Fetched
from stripe_subscription_handler.decisions.ledger import Ledger
from stripe_subscription_handler.decisions.merging import settle
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.decisions.registers import Candidate
from stripe_subscription_handler.errors import StripeUnavailableError
from stripe_subscription_handler.events.envelope import parse_event
from stripe_subscription_handler.events.subscriptions import Subscription
from support import events
from support.model import Tables


def state(status: str) -> Subscription:
    """A state that differs from others by its status only."""
    found = parse_event(events.created(events.subscription(status=status))).subscription
    assert found is not None
    return found


A, B, C, D = map(state, ("incomplete", "active", "past_due", "unpaid"))


def test_a_chain_ends_where_nothing_leaves() -> None:
    """A→B, B→C ends in C, whatever the event ids say."""
    settled = settle({"evt_9": Candidate(B, A), "evt_1": Candidate(C, B)})
    assert settled == (C, True)


def test_a_lone_update_is_certain() -> None:
    """One update, with or without old values, is where the subscription is."""
    assert settle({"evt_1": Candidate(B, A)}) == (B, True)
    assert settle({"evt_1": Candidate(B, None)}) == (B, True)


def test_an_event_that_changes_nothing_does_not_disturb() -> None:
    """A `paused` event beside its `updated` carries the same state and no old values."""
    settled = settle({"evt_1": Candidate(B, A), "evt_2": Candidate(B, None)})
    assert settled == (B, True)


def test_a_walk_that_passes_a_state_twice() -> None:
    """A→B, B→A, A→C: two steps leave A, one enters it; C is the end."""
    walk = {"evt_3": Candidate(B, A), "evt_2": Candidate(A, B), "evt_1": Candidate(C, A)}
    assert settle(walk) == (C, True)


def test_a_cycle_is_uncertain_and_takes_the_largest_event_id() -> None:
    """A→B, B→A could end in either; every delivery order takes the same one."""
    settled = settle({"evt_1": Candidate(B, A), "evt_2": Candidate(A, B)})
    assert settled == (A, False)


def test_a_gap_is_uncertain_until_the_missing_event_comes() -> None:
    """A→B and C→D do not hang together; B→C closes the gap."""
    apart = {"evt_1": Candidate(B, A), "evt_2": Candidate(D, C)}
    assert settle(apart)[1] is False
    assert settle({**apart, "evt_3": Candidate(C, B)}) == (D, True)


def test_every_order_of_three_updates_of_one_second_ends_in_the_last_state() -> None:
    """Through the whole handler: active → new price → two seats → cancelling, all in one second."""
    base = events.subscription()
    upgraded = events.subscription(price="price_pro")
    seats = events.subscription(price="price_pro", quantity=2)
    leaving = events.subscription(price="price_pro", quantity=2, cancel_at_period_end=True)
    raws = [
        events.updated(upgraded, event_id="evt_c", created=events.T0 + 5, previous={"items": base["items"]}),
        events.updated(seats, event_id="evt_a", created=events.T0 + 5, previous={"items": upgraded["items"]}),
        events.updated(
            leaving, event_id="evt_b", created=events.T0 + 5, previous={"cancel_at_period_end": False}
        ),
    ]
    results = []
    for order in itertools.permutations(raws):
        tables = Tables()
        tables.deliver(parse_event(events.created(base, event_id="evt_0")))
        for raw in order:
            tables.deliver(parse_event(raw))
        results.append(tables.profiles["user_1"])
    assert all(item == results[0] for item in results)
    view = {name: results[0][name] for name in ("subscriptionPriceId", "subscriptionQuantity")}
    assert view == {"subscriptionPriceId": "price_pro", "subscriptionQuantity": 2}
    assert results[0]["subscriptionCancelAtPeriodEnd"] is True


CYCLE = [
    events.updated(
        events.subscription(status=now), event_id=f"evt_{n}", created=events.T0 + 5, previous={"status": old}
    )
    for n, (old, now) in enumerate((("active", "past_due"), ("past_due", "active")))
]


def test_with_a_key_a_cycle_is_fetched_before_it_is_stored() -> None:
    """The stored register is Stripe's own state; no undecided candidates are left behind."""
    truth = parse_event(CYCLE[0]).subscription
    asked = Policy(can_ask_stripe=True)
    tables = Tables(policy=asked, stripe=lambda _: Fetched(truth, "2025-11-22T08:26:46Z"))
    for raw in CYCLE:
        tables.deliver(parse_event(raw))
    item = tables.profiles["user_1"]
    assert item["subscriptionStatus"] == "past_due"
    register = Ledger.from_item(item).registers["sub_1"]
    assert (register.version, register.candidates) == ("0 2025-11-22T08:26:46Z 3", {})


def test_a_cycle_of_a_subscription_stripe_has_forgotten_is_guessed() -> None:
    """Test data can be deleted from Stripe; then every delivery order still agrees."""
    tables = Tables(policy=Policy(can_ask_stripe=True), stripe=lambda _: Fetched(None, ""))
    for raw in CYCLE:
        tables.deliver(parse_event(raw))
    assert tables.profiles["user_1"]["subscriptionStatus"] == "active"


def test_a_state_that_is_too_old_is_not_taken() -> None:
    """Without all of the tie's second in it, it may lack one of the two updates: the event comes back."""
    truth = parse_event(CYCLE[0]).subscription
    asked = Policy(can_ask_stripe=True)
    tables = Tables(policy=asked, stripe=lambda _: Fetched(truth, "2025-11-22T08:26:44Z"))
    tables.deliver(parse_event(CYCLE[0]))
    with pytest.raises(StripeUnavailableError, match="needed"):
        tables.deliver(parse_event(CYCLE[1]))
