"""The ledger stays small, and what was dropped from it is looked up instead of guessed."""

import pytest

from stripe_subscription_handler.conversation.messages import Fetched
from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.decisions.ledger import CLOSED, FLOOR, LIVE, OTHERS
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.errors import StripeUnavailableError
from stripe_subscription_handler.events.envelope import StripeEvent, parse_event
from support import events
from support.model import FOREVER, Tables

T0 = events.T0
ASKING = Policy(can_ask_stripe=True, most_closed=1)


def life(number: int) -> list[StripeEvent]:
    """A subscription that begins at ten times its number, and ends five seconds later."""
    begin, end = T0 + number * 10, T0 + number * 10 + 5
    live = events.subscription(id=f"sub_{number}", created=begin)
    dead = {**live, "status": "canceled", "ended_at": end}
    return [
        parse_event(events.created(live, event_id=f"evt_c{number}", created=begin)),
        parse_event(events.deleted(dead, event_id=f"evt_d{number}", created=end)),
    ]


def bill(number: int) -> StripeEvent:
    """A paid invoice of such a subscription."""
    second = T0 + number * 10 + 2
    raw = events.invoice(id=f"in_{number}", sub=f"sub_{number}", created=second)
    return parse_event(events.paid(raw, event_id=f"evt_p{number}", created=second))


@pytest.fixture
def tables() -> Tables:
    """Four subscriptions have lived and died; of the first two not even the ids are left."""
    tables = Tables(policy=ASKING)
    for number in (1, 2, 3, 4):
        for event in life(number):
            tables.deliver(event)
    ended = {f"sub_{number}": life(number)[1].subscription for number in (1, 2, 3, 4)}
    tables.stripe = lambda asked: Fetched(ended[asked.object_id], FOREVER)
    return tables


def test_beyond_the_bound_the_oldest_ids_are_dropped(tables: Tables) -> None:
    """The best dead one keeps its register, the next its id, and the floor remembers the rest."""
    profile = tables.profiles["user_1"]
    assert (profile[OTHERS], profile.get(LIVE)) == ({"sub_4"}, None)
    assert profile[CLOSED] == {f"{events.T0 + 30} sub_3"}
    assert profile[FLOOR] == "2025-11-22T08:27:00Z"


@pytest.mark.parametrize("event", [*life(1), bill(1), *life(2), bill(2)], ids=lambda event: event.id)
def test_no_event_of_a_dropped_subscription_changes_anything(tables: Tables, event: StripeEvent) -> None:
    """Stripe is asked once, says that it is dead, and another one ended later."""
    before = tables.profiles["user_1"]
    requests = tables.requests
    assert tables.deliver(event).reason is Reason.CLOSED
    assert tables.profiles["user_1"] == before
    # A write that is refused, and a question.
    assert tables.requests - requests == 2


@pytest.mark.parametrize("event", [life(1)[1], bill(1)], ids=lambda event: event.id)
def test_without_a_key_it_ends_in_the_failure_queue(tables: Tables, event: StripeEvent) -> None:
    """Neither applied nor skipped: nobody can say whether it was dropped or is new."""
    tables.policy = Policy(most_closed=1)
    with pytest.raises(StripeUnavailableError, match="no Stripe key"):
        tables.deliver(event)


def test_a_late_one_that_ended_last_is_still_shown() -> None:
    """Created below the floor and unknown, yet it outlived all others: its end and its payment count."""
    tables = Tables(policy=ASKING)
    for number in (2, 3, 4, 5):
        for event in life(number):
            tables.deliver(event)
    end = T0 + 100
    raw = events.subscription(id="sub_1", created=T0 + 10, status="canceled", ended_at=end)
    dead = parse_event(events.deleted(raw, event_id="evt_d1", created=end))
    tables.stripe = lambda _: Fetched(dead.subscription, FOREVER)
    assert tables.deliver(bill(1)).applied
    assert tables.deliver(dead).applied
    profile = tables.profiles["user_1"]
    assert (profile["subscriptionId"], profile["lastPaymentInvoiceId"]) == ("sub_1", "in_1")
