"""Any order, duplication, interleaving or crash gives the item of in-order, exactly-once delivery."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stripe_subscription_handler.envelope import StripeEvent
from stripe_subscription_handler.errors import ConcurrentUpdateError, UserNotFoundError
from stripe_subscription_handler.event_types import INVOICE_EVENTS, SUBSCRIPTION_EVENTS
from stripe_subscription_handler.handling import Handling, handling
from stripe_subscription_handler.ledger import PREFIX
from stripe_subscription_handler.profile import PAYMENT_VIEW, SUBSCRIPTION_VIEW
from support.model import Tables
from support.worlds import STATUSES, World, worlds

MANY = settings(max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
RANKING = ("active trialing", "past_due", "a_future_word", "unpaid paused", "incomplete", "canceled")


def in_order(world: World) -> Tables:
    """What in-order, exactly-once delivery gives."""
    tables = Tables()
    for event in world.events:
        tables.deliver(event)
    return tables


def interleaved(deliveries: list[StripeEvent], draw: st.DrawFn) -> Tables:
    """Deliver with up to three handlers at once, which Hypothesis schedules and kills; then deliver again.

    An event whose handler died or raised comes back, as Lambda's retries and a redrive would bring it.
    """
    tables, waiting, running = Tables(), list(deliveries), []
    kills = 3
    while waiting or running:
        start = bool(waiting) and (not running or (len(running) < 3 and draw(st.booleans())))
        if start:
            event = waiting.pop(0)
            running.append((event, handling(event), None))
            continue
        event, conversation, answer = running.pop(draw(st.integers(0, len(running) - 1)))
        try:
            request = conversation.send(answer)
        except StopIteration:
            continue
        except (ConcurrentUpdateError, UserNotFoundError):
            waiting.append(event)
            continue
        done = tables.execute(request)
        if kills and draw(st.integers(0, 9)) == 0:
            kills -= 1
            waiting.append(event)
            continue
        running.append((event, conversation, done))
    return tables


def expected_view(world: World, user: str) -> dict[str, Any]:
    """The view, worked out from the truth without the library's ledger."""
    states = {}
    payments = {}
    for event in world.events:
        if world.users[event.subscription_id or ""] != user:
            continue
        if event.subscription:
            if event.subscription_id in states and states[event.subscription_id].status == "canceled":
                continue
            states[event.subscription_id] = event.subscription
        elif event.invoice:
            payments[event.subscription_id] = event
    if not states:
        return {}

    def standing(entry: tuple[str | None, Any]) -> tuple[int, str, str]:
        subscription_id, state = entry
        place = next(i for i, words in enumerate(RANKING) if state.status in words.split())
        return -place, state.ended or state.created, str(subscription_id)

    subscription_id, state = max(states.items(), key=standing)
    view = {name: getattr(state, field) for name, field in SUBSCRIPTION_VIEW.items()}
    event = payments.get(subscription_id)
    if event is not None and event.invoice is not None:
        succeeded = event.type == "invoice.payment_succeeded"
        view["lastPaymentStatus"] = "succeeded" if succeeded else "failed"
        view["lastPaymentAt"] = event.created
        view["lastPaymentInvoiceId"] = event.invoice.id
        view["lastPaymentAmount"] = event.invoice.amount_paid if succeeded else event.invoice.amount_due
        view["lastPaymentCurrency"] = "usd"
        view["lastPaymentAttemptCount"] = 1
    return {name: value for name, value in view.items() if value is not None}


def seen(item: Mapping[str, Any]) -> dict[str, Any]:
    """The view of a stored item."""
    return {name: value for name, value in item.items() if name in {*SUBSCRIPTION_VIEW, *PAYMENT_VIEW}}


@MANY
@given(world=worlds(), data=st.data())
def test_any_delivery_of_events_of_distinct_seconds_gives_the_same_items(
    world: World, data: st.DataObject
) -> None:
    """Order, duplicates, interleaving and crashes leave no trace: not in the view, not in the ledger."""
    copies = data.draw(st.lists(st.sampled_from(world.events), max_size=6)) if world.events else []
    deliveries = data.draw(st.permutations([*world.events, *copies]))
    tables = interleaved(deliveries, data.draw)
    assert tables.profiles == in_order(world).profiles


@MANY
@given(world=worlds(same_second=True), data=st.data())
def test_any_delivery_of_events_of_one_second_gives_one_item(world: World, data: st.DataObject) -> None:
    """Same-second events too: two deliveries of the same events agree on every attribute."""
    first = interleaved(data.draw(st.permutations(world.events)), data.draw)
    second = interleaved(data.draw(st.permutations(world.events)), data.draw)
    assert first.profiles == second.profiles


@MANY
@given(world=worlds())
def test_the_view_equals_the_truth(world: World) -> None:
    """The view is the newest state of the primary subscription, by an oracle that knows no ledger."""
    tables = in_order(world)
    for user in set(world.users.values()):
        assert seen(tables.profiles.get(user, {})) == expected_view(world, user)


@settings(max_examples=500, deadline=None)
@given(world=worlds(), data=st.data())
def test_delivering_everything_again_changes_nothing(world: World, data: st.DataObject) -> None:
    """An archive replay, in whatever order, leaves every item as it is."""
    tables = in_order(world)
    before = dict(tables.profiles)
    for event in data.draw(st.permutations(world.events)):
        assert not tables.deliver(event).applied
    assert tables.profiles == before


@settings(max_examples=300, deadline=None)
@given(world=worlds())
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
