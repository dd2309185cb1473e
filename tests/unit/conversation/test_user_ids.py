"""A slip in a label is a named error and no user of its own."""

import pytest

from stripe_subscription_handler.conversation.messages import Fetched
from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.events.envelope import parse_event
from support import events
from support.model import Tables, only_customers

SLIPS = ["u1,u2", "u1 ", " u1", "u 1", "u1\n", "u1\u00a0"]


@pytest.mark.parametrize("slip", SLIPS)
@pytest.mark.parametrize(
    "raw",
    [
        lambda user: events.created(events.subscription(user=user)),
        lambda user: events.deleted(events.subscription(user=user, status="canceled")),
        lambda user: events.paid(events.invoice(user=user)),
    ],
    ids=["created", "deleted", "paid"],
)
def test_an_event_that_names_no_user_id_fails(raw: object, slip: str) -> None:
    """Nothing is written, and the error says where the slip is, not what it is."""
    tables = Tables()
    with pytest.raises(InvalidEventError, match="metadata: the user's id does not match") as raised:
        tables.deliver(parse_event(raw(slip)))  # type: ignore[operator]
    assert slip not in str(raised.value)
    assert (tables.profiles, tables.links, tables.parked) == ({}, {}, {})


def test_a_customer_whose_metadata_names_no_user_id_is_no_user() -> None:
    """Stripe's answer is judged as an event is."""
    tables = Tables(policy=Policy(can_ask_stripe=True), stripe=only_customers({"cus_1": "u1,u2"}))
    with pytest.raises(InvalidEventError, match="USER_ID_PATTERN"):
        tables.deliver(parse_event(events.created(events.subscription(user=None))))
    assert tables.profiles == {}


def test_a_corrected_slip_reaches_the_user_alone() -> None:
    """The event names the slip as what was before; that is no profile that would have to learn of it."""
    tables = Tables()
    previous = {"metadata": {"userId": "u1 "}}
    assert tables.deliver(
        parse_event(events.updated(events.subscription(user="u1"), previous=previous))
    ).applied
    assert tables.profiles.keys() == {"u1"}


def test_a_corrected_slip_that_waited_reaches_the_user_alone() -> None:
    """An event that was parked is judged as one that comes, when another one drains it."""
    tables = Tables(policy=Policy(create_missing_profile=False))
    previous = {"metadata": {"userId": "u1 "}}
    corrected = events.updated(events.subscription(user="u1"), previous=previous)
    assert tables.deliver(parse_event(corrected)).reason is Reason.PARKED
    tables.policy = Policy()
    another = events.subscription(id="sub_2", user="u1", created=events.T0 + 9)
    linking = events.created(another, event_id="evt_2", created=events.T0 + 9)
    assert tables.deliver(parse_event(linking)).drained == 1
    assert tables.profiles.keys() == {"u1"}


def test_a_parked_thin_event_that_got_a_slip_waits_on() -> None:
    """It is fetched when it is drained, and may name somebody by then."""
    without = parse_event(events.created(events.subscription(user=None))).subscription
    slipped = parse_event(events.created(events.subscription(user="u1,u2"))).subscription
    forever = "9999-12-31T23:59:59Z"
    tables = Tables(policy=Policy(can_ask_stripe=True), stripe=lambda _: Fetched(without, forever))
    thin = {
        "id": "evt_thin",
        "object": "v2.core.event",
        "type": "v1.customer.subscription.updated",
        "created": "2025-11-22T08:26:40Z",
        "related_object": {"id": "sub_1", "type": "subscription"},
    }
    assert tables.deliver(parse_event(thin)).reason is Reason.PARKED
    tables.stripe = lambda _: Fetched(slipped, forever)
    another = events.subscription(id="sub_2", user="u1", created=events.T0 + 9)
    linking = events.created(another, event_id="evt_2", created=events.T0 + 9)
    assert tables.deliver(parse_event(linking)).applied
    assert (tables.profiles.keys(), tables.parked["cus_1"].keys()) == ({"u1"}, {"evt_thin"})


def test_the_pattern_is_a_setting() -> None:
    """It matches the whole id."""
    tables = Tables(policy=Policy(user_id_pattern="[0-9]+"))
    assert tables.deliver(parse_event(events.created(events.subscription(user="42")))).applied
    with pytest.raises(InvalidEventError):
        tables.deliver(parse_event(events.created(events.subscription(user="42a"), event_id="evt_2")))
