"""A thin event is what its snapshot event says; where that is not to be had, its object as it is now."""

from typing import Any

import attrs
import pytest

from stripe_subscription_handler.conversation.messages import Fetch, Fetched, FetchedEvent, FetchEvent
from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.decisions.ledger import Ledger
from stripe_subscription_handler.decisions.policy import ConnectEvents, Policy
from stripe_subscription_handler.errors import StripeUnavailableError
from stripe_subscription_handler.events.envelope import StripeEvent, parse_event
from support import events
from support.model import FOREVER, Tables
from support.thin import thin_of as thin

ASKING = Policy(can_ask_stripe=True)


@attrs.define
class Stripe:
    """A Stripe that shows these snapshot events, their thin ones if it `knows` them, and no object.

    Attributes:
        asked: What it was asked for: the form or kind, the id, the account.
    """

    shown: tuple[dict[str, Any], ...] = ()
    knows: bool = True
    object: Any = None
    asked: list[tuple[str, str, str | None]] = attrs.Factory(list)

    def show_event(self, request: FetchEvent) -> FetchedEvent:
        """Answer with an event."""
        self.asked.append((request.form, request.event_id, request.account))
        by_id = {raw["id"]: raw for raw in self.shown}
        if request.form == "event":
            raw = by_id.get(request.event_id)
        else:
            raw = next((thin(one) for one in self.shown if f"{one['id']}_thin" == request.event_id), None)
            raw = raw if self.knows else None
        return FetchedEvent(None if raw is None else parse_event(raw))

    def show(self, request: Fetch) -> Fetched:
        """Answer with the object."""
        self.asked.append((request.subject, request.object_id, request.account))
        return Fetched(self.object, FOREVER)

    def tables(self, policy: Policy = ASKING) -> Tables:
        """Empty tables that ask it."""
        return Tables(policy=policy, stripe=self.show, stripe_events=self.show_event)


def read(raw: dict[str, Any]) -> StripeEvent:
    """A raw event, parsed."""
    return parse_event(raw)


FIRST = events.updated(
    events.subscription(status="past_due"), event_id="evt_a", previous={"status": "active"}
)
LAST = events.updated(events.subscription(status="unpaid"), event_id="evt_b", previous={"status": "past_due"})


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("names", [True, False])
def test_updates_of_one_second_are_put_in_order_without_asking_for_the_object(
    order: tuple[int, int], *, names: bool
) -> None:
    """What each changed tells which was the last, as for snapshots."""
    stripe = Stripe((FIRST, LAST))
    tables = stripe.tables()
    for place in order:
        tables.deliver(read(thin((FIRST, LAST)[place], names=names)))
    assert tables.profiles["user_1"]["subscriptionStatus"] == "unpaid"
    assert {form for form, _, _ in stripe.asked} <= {"event", "v2.core.event"}
    assert len(stripe.asked) == (2 if names else 4)


@pytest.mark.parametrize("thin_comes_first", [True, False])
def test_a_happening_that_comes_in_both_forms_is_one(*, thin_comes_first: bool) -> None:
    """Two destinations side by side: what the second one brings is known already."""
    tables = Stripe((FIRST, LAST)).tables()
    for raw in (FIRST, LAST):
        pair = (thin(raw), raw)
        for one in pair if thin_comes_first else pair[::-1]:
            tables.deliver(read(one))
    assert tables.deliver(read(thin(FIRST))).reason is Reason.DUPLICATE
    assert tables.deliver(read(FIRST)).reason is Reason.DUPLICATE
    register = Ledger.from_item(tables.profiles["user_1"]).of("sub_1").register
    assert register is not None
    assert set(register.candidates) == {"evt_a", "evt_b"}


def test_what_waits_in_both_forms_waits_once() -> None:
    """The parked event has the snapshot event's id."""
    raw = events.updated(events.subscription(user=None), event_id="evt_a")
    stripe = Stripe((raw,))
    tables = stripe.tables()
    for one in (thin(raw), raw):
        assert tables.deliver(read(one)).reason is Reason.PARKED
    assert list(tables.parked["cus_1"]) == ["evt_a"]
    label = events.updated(events.subscription(), event_id="evt_b", created=events.T0 + 9)
    assert tables.deliver(read(label)).drained == 1


def test_a_customers_label_counts_by_its_second() -> None:
    """A fetched customer would not tell when the label was put there; the event does."""
    session = events.completed(events.session(user="user_9"), created=events.T0 + 1)
    label = events.event(
        "customer.updated",
        events.customer(),
        event_id="evt_a",
        created=events.T0 + 5,
        previous={"metadata": {"userId": None}},
    )
    stripe = Stripe((label,))
    tables = stripe.tables()
    tables.deliver(read(events.updated(events.subscription(user=None), created=events.T0 - 9)))
    tables.deliver(read(session))
    tables.deliver(read(thin(label)))
    assert tables.profiles["user_1"]["subscriptionStatus"] == "active"


def test_a_deleted_customer_still_names_its_user() -> None:
    """Stripe shows no metadata of one that is gone, but the event holds it."""
    deletion = events.event("customer.deleted", events.customer(), event_id="evt_a")
    stripe = Stripe((deletion,))
    assert stripe.tables().deliver(read(thin(deletion))).user_id == "user_1"


def test_a_snapshot_event_of_something_else_is_not_taken_for_it() -> None:
    """Then the object itself is asked for."""
    other = events.updated(events.subscription(id="sub_2", user="user_2"), event_id="evt_a")
    stripe = Stripe((other,), object=read(FIRST).subscription)
    outcome = stripe.tables().deliver(read(thin(FIRST)))
    assert outcome.user_id == "user_1"
    assert stripe.asked[-1] == ("subscription", "sub_1", None)


def test_without_the_snapshot_event_the_object_is_read_as_it_is_now() -> None:
    """Older than 30 days, say, or the key may not read events."""
    stripe = Stripe(object=read(LAST).subscription)
    tables = stripe.tables()
    assert tables.deliver(read(thin(FIRST))).applied
    assert tables.profiles["user_1"]["subscriptionStatus"] == "unpaid"


def test_an_object_that_is_gone_has_its_own_reason() -> None:
    """Stripe still knows the event, so the key is right; nothing is left to apply, and no retry helps."""
    stripe = Stripe((FIRST,))
    gone = thin(FIRST, snapshot_event="evt_gone")
    assert stripe.tables().deliver(read(gone)).reason is Reason.GONE
    assert stripe.asked[-1] == ("v2.core.event", "evt_a_thin", None)


@pytest.mark.parametrize("names", [True, False])
def test_a_key_of_another_account_loses_nothing(*, names: bool) -> None:
    """Stripe knows neither the event nor its object: that comes back, until somebody corrects the key."""
    tables = Stripe(knows=False).tables()
    try:
        reason: str = tables.deliver(read(thin(FIRST, names=names))).reason
    except StripeUnavailableError:
        reason = "comes back"
    assert reason == "comes back"


def test_a_parked_event_of_an_object_that_is_gone_holds_nobody_up() -> None:
    """It waits on, and the customer's other events are applied."""
    raw = events.updated(events.subscription(user=None), event_id="evt_a")
    stripe = Stripe((raw,))
    tables = stripe.tables()
    tables.deliver(read(thin(raw)))
    stripe.shown = ()
    label = events.updated(events.subscription(), event_id="evt_b", created=events.T0 + 9)
    assert tables.deliver(read(label)).applied
    assert list(tables.parked["cus_1"]) == ["evt_a"]


def test_another_accounts_event_is_asked_for_in_its_context() -> None:
    """And stays that account's, whatever the fetched event says of itself."""
    stripe = Stripe((FIRST,))
    policy = attrs.evolve(ASKING, connect_events=ConnectEvents.HANDLE)
    assert stripe.tables(policy).deliver(read(thin(FIRST, context="acct_1"))).applied
    assert stripe.asked == [("event", "evt_a", "acct_1")]
