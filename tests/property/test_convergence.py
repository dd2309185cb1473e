"""Any order, duplication, interleaving or crash gives the profile of in-order, exactly-once delivery."""

import os
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from stripe_subscription_handler.conversation.owner_links import PARKED

from stripe_subscription_handler.conversation.handling import handling
from stripe_subscription_handler.conversation.messages import Handling  # noqa: TC001 - annotations are kept
from stripe_subscription_handler.decisions.ledger import PREFIX
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.decisions.view import PAYMENT_VIEW, SUBSCRIPTION_VIEW
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.events.event_types import INVOICE_EVENTS, SUBSCRIPTION_EVENTS
from support.delivery import in_order, interleaved
from support.model import Tables
from support.worlds import STATUSES, Kinds, World, line, worlds

EXAMPLES = int(os.environ.get("STRIPE_HANDLER_EXAMPLES", "500"))
PHASES = tuple(Phase) if os.environ.get("STRIPE_HANDLER_SHRINK", "1") == "1" else (Phase.generate,)
MANY = settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=PHASES,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
RANKING = ("active trialing", "past_due", "a_future_word", "unpaid paused", "incomplete", "canceled")
WITHOUT_KEY, WITH_KEY = Policy(), Policy(can_ask_stripe=True)
LABELLED = Kinds()
ONE_SECOND = Kinds(same_second=True)
UNLABELLED = Kinds(unlabelled=True)
MOVES = Kinds(moves=1)
MANY_DEAD = Kinds(subscriptions=6, events=16)
SHORT_LIVES = Kinds(subscriptions=6, events=16, deletions=4)
THIN_UNLABELLED = Kinds(same_second=True, unlabelled=True)
THIN_MOVES = Kinds(moves=4, subscriptions=1, events=6)
NO_CLOSED_IDS = Policy(can_ask_stripe=True, most_closed=0)


def drawn_deliveries(world: World, data: st.DataObject) -> list[StripeEvent]:
    """The world's events in any order, some of them several times."""
    places = range(len(world.events))
    copies = data.draw(st.lists(st.sampled_from(places), max_size=6), label="delivered again")
    order = data.draw(st.permutations([*places, *copies]), label="order")
    deliveries = [world.events[place] for place in order]
    note("Delivered:\n" + "\n".join(f"  {line(event)}" for event in deliveries))
    return deliveries


def seen(item: Mapping[str, Any]) -> dict[str, Any]:
    """The view of a stored item."""
    return {name: value for name, value in item.items() if name in {*SUBSCRIPTION_VIEW, *PAYMENT_VIEW}}


def views(tables: Tables) -> dict[str, dict[str, Any]]:
    """Every user's view; a user who sees nothing is left out, with a profile item or without."""
    return {user: view for user, item in tables.profiles.items() if (view := seen(item))}


def true_owner(world: World, subscription_id: str) -> str | None:
    """Whose subscription it is in the end: named by its own newest label, or its customer's only user."""
    named = [
        event.subscription.user_id
        for event in world.events
        if event.subscription and event.subscription.id == subscription_id and event.subscription.user_id
    ]
    if named:
        return named[-1]
    user = world.users[subscription_id]
    others = (e.user_id for e in world.events if world.users[e.subscription_id or ""] == user)
    return user if any(others) else None


def expected_views(world: World) -> dict[str, dict[str, Any]]:
    """Every user's view, worked out from the truth without the library's ledger."""
    states: dict[str, Any] = {}
    payments: dict[tuple[str, str | None], StripeEvent] = {}
    for event in world.events:
        subscription_id = event.subscription_id or ""
        if event.subscription:
            if subscription_id not in states or states[subscription_id].status != "canceled":
                states[subscription_id] = event.subscription
        else:
            payee = (subscription_id, event.user_id or true_owner(world, subscription_id))
            payments[payee] = max(payments.get(payee, event), event, key=_recency)
    found = {}
    for user in ("user_1", "user_2"):
        owned = [state for key, state in states.items() if true_owner(world, key) == user]
        if owned:
            shown = max(owned, key=_standing)
            found[user] = _view(shown, payments.get((shown.id, user)))
    return found


def _recency(payment: StripeEvent) -> tuple[str, str, bool, str]:
    # Payments of one second: the younger invoice, then the success, then (arbitrarily) the larger id.
    invoice_created = payment.invoice.created if payment.invoice else ""
    return payment.created, invoice_created, payment.type != "invoice.payment_failed", payment.id


def _standing(state: Any) -> tuple[int, str, str]:
    place = next(i for i, words in enumerate(RANKING) if state.status in words.split())
    return -place, state.ended or state.created, state.id


def _view(state: Any, payment: StripeEvent | None) -> dict[str, Any]:
    view = {name: getattr(state, field) for name, field in SUBSCRIPTION_VIEW.items()}
    if payment is not None and payment.invoice is not None:
        succeeded = payment.type == "invoice.payment_succeeded"
        view["lastPaymentStatus"] = "succeeded" if succeeded else "failed"
        view["lastPaymentAt"] = payment.created
        view["lastPaymentInvoiceId"] = payment.invoice.id
        view["lastPaymentAmount"] = payment.invoice.amount_paid if succeeded else payment.invoice.amount_due
        view["lastPaymentCurrency"] = "usd"
        view["lastPaymentAttemptCount"] = 1
    return {name: value for name, value in view.items() if value is not None}


@MANY
@given(world=worlds(LABELLED), data=st.data())
def test_any_delivery_of_events_of_distinct_seconds_gives_the_same_items(
    world: World, data: st.DataObject
) -> None:
    """Order, duplicates, interleaving and crashes leave no trace: not in the view, not in the ledger."""
    tables = interleaved(world, drawn_deliveries(world, data), data.draw, WITHOUT_KEY)
    assert views(tables) == views(in_order(world, WITHOUT_KEY))
    assert views(tables) == expected_views(world)


@MANY
@given(world=worlds(ONE_SECOND), data=st.data())
def test_without_a_key_two_deliveries_of_one_second_agree(world: World, data: st.DataObject) -> None:
    """Where the events do not tell, every delivery order guesses the same."""
    first = interleaved(world, drawn_deliveries(world, data), data.draw, WITHOUT_KEY)
    second = interleaved(world, drawn_deliveries(world, data), data.draw, WITHOUT_KEY)
    assert views(first) == views(second)


@MANY
@given(world=worlds(ONE_SECOND), data=st.data())
def test_with_a_key_events_of_one_second_end_in_the_truth(world: World, data: st.DataObject) -> None:
    """What the events do not tell is fetched, and a fetched state is never taken for newer than it is."""
    tables = interleaved(world, drawn_deliveries(world, data), data.draw, WITH_KEY)
    assert views(tables) == expected_views(world)


@pytest.mark.parametrize("policy", [WITHOUT_KEY, WITH_KEY], ids=["without key", "with key"])
@MANY
@given(world=worlds(UNLABELLED), data=st.data())
def test_subscriptions_labelled_late_end_in_the_truth(
    policy: Policy, world: World, data: st.DataObject
) -> None:
    """Events without a user wait, and are applied as soon as anybody names the customer's user."""
    tables = interleaved(world, drawn_deliveries(world, data), data.draw, policy)
    assert views(tables) == expected_views(world)
    for user in tables.profiles:
        assert not tables.links.get(f"cus_{user}", {}).get(PARKED)


@MANY
@given(world=worlds(MOVES), data=st.data())
def test_a_subscription_handed_to_another_user_leaves_the_first(world: World, data: st.DataObject) -> None:
    """The event that moves it is written to both users."""
    tables = interleaved(world, drawn_deliveries(world, data), data.draw, WITHOUT_KEY)
    assert views(tables) == expected_views(world)


@pytest.mark.parametrize("policy", [WITHOUT_KEY, WITH_KEY], ids=["without key", "with key"])
@MANY
@given(world=worlds(MANY_DEAD), data=st.data())
def test_forgetting_dead_subscriptions_changes_no_view(
    policy: Policy, world: World, data: st.DataObject
) -> None:
    """Dead subscriptions shrink to an id; no late event of theirs revives them or hides another."""
    tables = interleaved(world, drawn_deliveries(world, data), data.draw, policy)
    assert views(tables) == expected_views(world)


@MANY
@given(world=worlds(SHORT_LIVES), data=st.data())
def test_dropping_ids_of_dead_subscriptions_changes_no_view(world: World, data: st.DataObject) -> None:
    """What may be one of those dropped is looked up in Stripe: neither revived nor, if it is new, lost."""
    tables = interleaved(world, drawn_deliveries(world, data), data.draw, NO_CLOSED_IDS)
    assert views(tables) == expected_views(world)


@pytest.mark.parametrize("kinds", [THIN_UNLABELLED, THIN_MOVES], ids=["labelled late", "moved"])
@MANY
@given(data=st.data())
def test_thin_events_end_in_the_truth(kinds: Kinds, data: st.DataObject) -> None:
    """Events that only name an object: what is fetched finds its user and leaves the others."""
    world = data.draw(worlds(kinds), label="world")
    tables = interleaved(world, drawn_deliveries(world, data), data.draw, WITH_KEY, thin=True)
    assert views(tables) == expected_views(world)


@settings(max_examples=300, deadline=None)
@given(world=worlds(MANY_DEAD), data=st.data())
def test_delivering_everything_again_changes_nothing(world: World, data: st.DataObject) -> None:
    """An archive replay, in whatever order, resurrects nothing and leaves every view as it is."""
    tables = in_order(world, WITHOUT_KEY)
    before = views(tables)
    for event in data.draw(st.permutations(world.events)):
        assert not tables.deliver(event).applied
    assert views(tables) == before


@settings(max_examples=300, deadline=None)
@given(world=worlds(LABELLED))
def test_attributes_of_the_app_are_never_touched(world: World) -> None:
    """Only the view and the ledger change; what the app keeps on the item stays."""
    tables = Tables(profiles={"user_1": {"PK": "USER#user_1", "theme": "dark"}, "user_2": {"name": "x"}})
    for event in world.events:
        tables.deliver(event)
    for item in tables.profiles.values():
        ours = {name for name in item if name.startswith(PREFIX)} | {*SUBSCRIPTION_VIEW, *PAYMENT_VIEW}
        rest = {name: value for name, value in item.items() if name not in ours}
        assert rest in ({"PK": "USER#user_1", "theme": "dark"}, {"name": "x"})


def test_the_generated_words_cover_the_ranking() -> None:
    """The oracle ranks every status the worlds use, so that it can't pass by not looking."""
    ranked = {word for words in RANKING for word in words.split()}
    assert {*STATUSES, "canceled"} == ranked


@pytest.mark.parametrize("event_type", sorted({*SUBSCRIPTION_EVENTS, *INVOICE_EVENTS}))
def test_every_handled_type_is_a_conversation(event_type: str) -> None:
    """Each handled type begins a conversation with a request, unless it lacks its object."""
    conversation: Handling = handling(
        StripeEvent(id="evt_1", type=event_type, created="2025-01-01T00:00:00Z")
    )
    with pytest.raises(Exception, match="object"):
        next(conversation)
