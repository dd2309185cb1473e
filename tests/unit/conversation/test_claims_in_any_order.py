"""Who is right of several claims, and what happens in between: one small case for each rule."""

import itertools
from typing import Any

from stripe_subscription_handler.conversation.handling import handling
from stripe_subscription_handler.conversation.messages import Commit, Fetch, Fetched, ReadParked, Request
from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.decisions.ledger import known_ids
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.events.customers import Customer
from stripe_subscription_handler.events.envelope import StripeEvent, parse_event
from support import events
from support.model import FOREVER, Tables, parked_ids

T0 = events.T0
WITH_KEY = Policy(can_ask_stripe=True)
MOST_REQUESTS = 50


def created(user: str | None) -> StripeEvent:
    """The subscription begins."""
    return parse_event(events.created(events.subscription(user=user)))


def relabelled(user: str | None, before: str | None, second: int, event_id: str = "") -> StripeEvent:
    """Its label changes."""
    previous = {"metadata": {"userId": before}}
    body = events.subscription(user=user)
    event_id = event_id or f"evt_{second}"
    return parse_event(events.updated(body, event_id=event_id, created=T0 + second, previous=previous))


def updated(user: str | None, second: int) -> StripeEvent:
    """Something else changes."""
    body, previous = events.subscription(user=user, status="past_due"), {"status": "active"}
    raw = events.updated(body, event_id=f"evt_state_{second}", created=T0 + second, previous=previous)
    return parse_event(raw)


def session(user: str, second: int, made: int = 0) -> StripeEvent:
    """A checkout session of the subscription was completed, which was made at a second."""
    body = events.session(sub="sub_1", customer="cus_1", user=user, created=T0 + made)
    raw = events.event("checkout.session.completed", body, event_id="evt_session", created=T0 + second)
    return parse_event(raw)


def customer(kind: str, user: str, before: str | None, second: int, event_id: str) -> StripeEvent:
    """The customer's own label."""
    previous = {"metadata": {"userId": before}} if kind == "updated" else None
    body = events.customer(id="cus_1", user=user)
    raw = events.event(f"customer.{kind}", body, event_id=event_id, created=T0 + second, previous=previous)
    return parse_event(raw)


def holders(tables: Tables) -> set[str]:
    """Everybody whose item holds something of the subscription."""
    return {user for user, item in tables.profiles.items() if "sub_1" in known_ids(item)}


def in_every_order(*found: StripeEvent, policy: Policy = Policy(), **rest: Any) -> list[set[str]]:  # noqa: B008
    """Who holds the subscription in the end, for each order of the events."""
    results = []
    for order in itertools.permutations(found):
        tables = Tables(policy=policy, **rest)
        for event in order:
            tables.deliver(event)
        results.append(holders(tables))
    return results


def stepped(tables: Tables, event: StripeEvent, until: type[Request]) -> tuple[Any, Request]:
    """A conversation that has been held up to a request, which is not executed yet."""
    conversation = handling(event, tables.policy)
    request = next(conversation)
    while not isinstance(request, until):
        request = conversation.send(tables.execute(request, event))
    return conversation, request


def finished(tables: Tables, conversation: Any, request: Request, event: StripeEvent) -> None:
    """The rest of a conversation."""
    try:
        while True:
            request = conversation.send(tables.execute(request, event))
    except StopIteration:
        pass


def test_an_invoices_label_is_as_old_as_the_invoice() -> None:
    """A retry of the old invoice, later than the newer one's payment, still carries the old label."""
    old = events.failed(
        events.invoice(id="in_old", user="user_1", created=T0), event_id="evt_old", created=T0 + 20
    )
    new = events.paid(
        events.invoice(id="in_new", user="user_2", created=T0 + 10), event_id="evt_new", created=T0 + 12
    )
    assert in_every_order(parse_event(old), parse_event(new)) == [{"user_2"}] * 2


def test_a_customers_beginning_is_older_than_any_session() -> None:
    """Whatever its stamp: the session speaks for the subscription that it made."""
    first = customer("created", "user_1", None, 9, "evt_customer")
    assert in_every_order(first, session("user_2", 5), created(None)) == [{"user_2"}] * 6


def test_a_session_of_a_time_to_come_is_as_old_as_its_event() -> None:
    """Under a test clock it has the clock's time, and what happens to the customer later is newer."""
    later = customer("updated", "user_1", "user_3", 9, "evt_customer")
    found = session("user_2", 5, made=1_000_000), later, created(None)
    assert in_every_order(*found) == [{"user_1"}] * 6


def test_a_customers_label_that_was_asked_for_is_older_than_any_session() -> None:
    """When it was put there, Stripe does not tell."""

    def stripe(asked: Fetch) -> Fetched:
        is_customer = asked.subject == "customer"
        return Fetched(Customer("cus_1", "user_1") if is_customer else created(None).subscription, FOREVER)

    found = created(None), session("user_2", 5)
    assert in_every_order(*found, policy=WITH_KEY, stripe=stripe) == [{"user_2"}] * 2


def test_two_labels_of_a_customer_in_one_second_are_put_in_order_by_what_they_changed() -> None:
    """Nobody → user_2 → user_1; event ids say nothing."""
    first = customer("updated", "user_2", None, 5, "evt_9")
    second = customer("updated", "user_1", "user_2", 5, "evt_1")
    assert in_every_order(created(None), first, second) == [{"user_1"}] * 6


def test_there_and_back_in_one_second_is_asked_of_stripe() -> None:
    """user_1 → user_2 → user_1: the events do not tell which was last, and the largest id would be wrong."""
    there, back = relabelled("user_2", "user_1", 5, "evt_9"), relabelled("user_1", "user_2", 5, "evt_1")
    found = created("user_1"), there, back

    def stripe(_asked: Fetch) -> Fetched:
        return Fetched(back.subscription, FOREVER)

    assert in_every_order(*found, policy=WITH_KEY, stripe=stripe) == [{"user_1"}] * 6
    assert in_every_order(*found) == [{"user_2"}] * 6


def test_there_and_back_behind_a_newer_state_is_asked_of_stripe_too() -> None:
    """The state of second 9 is settled; whose it is, only Stripe can tell."""
    there, back = relabelled("user_2", "user_1", 5, "evt_9"), relabelled("user_1", "user_2", 5, "evt_1")
    shown = Fetched(back.subscription, FOREVER)
    for labels in ((there, back), (back, there)):
        tables = Tables(policy=WITH_KEY, stripe=lambda _asked: shown)
        for event in (created("user_1"), updated(None, 9), *labels):
            tables.deliver(event)
        assert holders(tables) == {"user_1"}


def test_what_stripe_does_not_show_any_more_is_asked_once() -> None:
    """The label was taken off after all that: the largest event id decides, and the conversation ends."""
    there, back = relabelled("user_2", "user_1", 5, "evt_9"), relabelled("user_1", "user_2", 5, "evt_1")
    asked: list[Fetch] = []

    def stripe(request: Fetch) -> Fetched:
        asked.append(request)
        assert len(asked) < MOST_REQUESTS
        return Fetched(created(None).subscription, FOREVER)

    found = created("user_1"), there, back
    assert in_every_order(*found, policy=WITH_KEY, stripe=stripe) == [{"user_2"}] * 6


def test_an_event_whose_state_is_stale_still_says_whose_it_is() -> None:
    """user_1 → user_2 → user_1, then no label: the newest state comes first, then the newest label."""
    tables = Tables()
    for event in (created("user_1"), updated(None, 9), relabelled("user_1", "user_2", 5)):
        tables.deliver(event)
    tables.deliver(relabelled("user_2", "user_1", 3))
    assert holders(tables) == {"user_1"}
    assert tables.profiles["user_1"]["subscriptionStatus"] == "past_due"


def test_a_subscription_that_comes_back_meanwhile_is_not_left_behind() -> None:
    """The app deletes the owner's profile; a label moves it away while another event brings it back there."""
    tables = Tables()
    tables.deliver(created("user_1"))
    del tables.profiles["user_1"]
    move = relabelled("user_2", "user_1", 5)
    conversation, request = stepped(tables, move, Commit)
    request = conversation.send(tables.execute(request, move))
    while not isinstance(request, Commit):
        request = conversation.send(tables.execute(request, move))
    tables.deliver(updated("user_1", 3))
    assert holders(tables) == {"user_1"}
    finished(tables, conversation, request, move)
    assert holders(tables) == {"user_2"}


def test_a_thin_event_of_a_customer_without_a_label_drains_what_an_earlier_attempt_left() -> None:
    """The label was there when the attempt began, and is gone when the event comes again."""
    label: list[str | None] = ["user_1"]
    tables = Tables(policy=WITH_KEY, stripe=lambda _: Fetched(Customer("cus_1", label[0]), FOREVER))
    thin = parse_event(
        {
            "id": "evt_thin",
            "object": "v2.core.event",
            "type": "v1.customer.updated",
            "created": "2025-11-22T08:26:45Z",
            "related_object": {"id": "cus_1", "type": "customer"},
        }
    )
    tables.policy = Policy()
    for event in WAITING:
        tables.deliver(event)
    tables.policy = WITH_KEY
    conversation, _ = stepped(tables, thin, ReadParked)
    conversation.close()
    label[0] = None
    tables.deliver(thin)
    assert not parked_ids(tables, "cus_1")
    assert holders(tables) == {"user_1"}


WAITING = [created(None), parse_event(events.paid(events.invoice(user=None), event_id="evt_paid"))]


def test_the_next_event_drains_what_a_killed_one_left() -> None:
    """Nothing is written blind while something is left to apply."""
    tables = Tables()
    for event in WAITING:
        tables.deliver(event)
    conversation, _ = stepped(tables, relabelled("user_1", None, 5), ReadParked)
    conversation.close()
    tables.deliver(updated("user_1", 9))
    assert not parked_ids(tables, "cus_1")
    assert tables.profiles["user_1"]["lastPaymentStatus"] == "succeeded"


def test_a_drain_notices_what_is_parked_while_it_applies_something() -> None:
    """Between two of its steps an event of another subscription is parked, whose user it has just named."""
    tables = Tables()
    for event in WAITING:
        tables.deliver(event)
    naming = relabelled("user_1", None, 5)
    conversation, request = stepped(tables, naming, ReadParked)
    request = conversation.send(tables.execute(request, naming))
    stray = events.invoice(id="in_2", sub="sub_2", user=None)
    parked = tables.deliver(parse_event(events.paid(stray, event_id="evt_stray", created=T0 + 6)))
    assert parked.reason is Reason.PARKED
    late = events.created(events.subscription(id="sub_2", user=None, created=T0 + 6), event_id="evt_late")
    tables.parked["cus_1"]["evt_late"] = parse_event(late)
    record = tables.customers["cus_1"]
    tables.customers["cus_1"] = {**record, "parked": {*record["parked"], "evt_late"}, "revision": "another"}
    finished(tables, conversation, request, naming)
    assert not parked_ids(tables, "cus_1")
    assert tables.profiles["user_1"]["subscriptionId"] == "sub_2"


def of_another(user: str | None, event_id: str) -> StripeEvent:
    """Another subscription of the same customer begins."""
    body = events.subscription(id="sub_2", user=user, created=T0 + 6)
    return parse_event(events.created(body, event_id=event_id, created=T0 + 6))


def test_nothing_is_parked_once_the_customer_has_an_owner() -> None:
    """Between reading the links and parking, another subscription names the customer's only user."""
    tables, unlabelled = Tables(), of_another(None, "evt_unlabelled")
    conversation, request = stepped(tables, unlabelled, Commit)
    tables.deliver(created("user_1"))
    finished(tables, conversation, request, unlabelled)
    assert not parked_ids(tables, "cus_1")
    assert tables.profiles["user_1"]["subscriptionId"] == "sub_2"


def test_what_waits_for_a_profile_comes_with_the_customers_next_event() -> None:
    """An invoice of another subscription, whose user is found by the links, is enough."""
    tables = Tables(policy=Policy(create_missing_profile=False), profiles={"user_1": {"PK": "USER#user_1"}})
    tables.deliver(created("user_1"))
    assert tables.deliver(of_another("user_2", "evt_waits")).reason is Reason.PARKED
    tables.profiles["user_2"] = {"PK": "USER#user_2"}
    tables.deliver(parse_event(events.paid(events.invoice(user=None), event_id="evt_paid")))
    assert tables.profiles["user_2"].get("subscriptionId") == "sub_2"
