"""Whose a subscription is: one owner at a time, by the best claim, whatever comes first."""

import itertools
from typing import Any

import pytest

from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.decisions.policy import Policy, Unmapped
from stripe_subscription_handler.errors import UserNotFoundError
from stripe_subscription_handler.events.envelope import StripeEvent, parse_event
from support import events
from support.model import Tables, parked_ids

T0 = events.T0
CREATED = parse_event(events.created(events.subscription()))


def labelled(user: str | None, before: str | None, second: int, **changes: Any) -> StripeEvent:
    """An update that changes the label."""
    body = events.subscription(user=user, **changes)
    previous = {"metadata": {"userId": before}}
    return parse_event(events.updated(body, event_id=f"evt_{second}", created=T0 + second, previous=previous))


def owner(tables: Tables, subscription_id: str = "sub_1") -> Any:
    """The owner by the link."""
    return tables.links["cus_1", subscription_id].get("owner")


def shown(tables: Tables) -> dict[str, Any]:
    """User → the subscription that the app sees, where there is one."""
    return {
        user: item["subscriptionId"] for user, item in tables.profiles.items() if "subscriptionId" in item
    }


def test_an_old_invoice_without_metadata_finds_its_user() -> None:
    """The link written with the first event answers for it."""
    tables = Tables()
    tables.deliver(CREATED)
    outcome = tables.deliver(parse_event(events.paid(events.invoice(user=None), event_id="evt_2")))
    assert (outcome.applied, outcome.user_id) == (True, "user_1")
    assert tables.profiles["user_1"]["lastPaymentStatus"] == "succeeded"


def test_an_event_without_metadata_finds_the_customers_only_user() -> None:
    """A second subscription that the app forgot to label belongs to the customer's only user."""
    tables = Tables()
    tables.deliver(CREATED)
    unlabelled = events.subscription(id="sub_2", user=None, created=T0 + 9)
    outcome = tables.deliver(parse_event(events.created(unlabelled, event_id="evt_2", created=T0 + 9)))
    assert outcome.user_id == "user_1"
    assert tables.profiles["user_1"]["subscriptionId"] == "sub_2"
    assert owner(tables, "sub_2") == "user_1"


@pytest.mark.parametrize("policy", [Unmapped.PARK, Unmapped.DEAD_LETTER])
def test_a_user_nobody_can_name_is_an_error_where_nothing_can_wait(policy: Unmapped) -> None:
    """With the policy `dead-letter` it is raised; an event without a customer has nobody to wait for."""
    customer = None if policy is Unmapped.PARK else "cus_unknown"
    stray = parse_event(events.paid(events.invoice(user=None, customer=customer)))
    with pytest.raises(UserNotFoundError, match="sub_1"):
        Tables(policy=Policy(unmapped=policy)).deliver(stray)


def test_everything_that_is_known_moves_along() -> None:
    """State and payment go to the new owner; the former one shows nothing of it, in one transaction."""
    tables = Tables()
    tables.deliver(CREATED)
    tables.deliver(parse_event(events.paid(events.invoice(), event_id="evt_paid", created=T0 + 1)))
    before = tables.requests
    outcome = tables.deliver(labelled("user_2", "user_1", 5, status="past_due"))
    assert tables.requests - before == 4
    assert (outcome.user_id, [one.user_id for one in outcome.also_applied]) == ("user_2", ["user_1"])
    assert shown(tables) == {"user_2": "sub_1"}
    assert tables.profiles["user_2"]["subscriptionStatus"] == "past_due"
    assert tables.profiles["user_2"]["lastPaymentStatus"] == "succeeded"
    assert "lastPaymentStatus" not in tables.profiles["user_1"]


def test_the_newer_state_moves_along_with_an_older_label() -> None:
    """The label of second 3 comes after an unlabelled state of second 5, which is kept."""
    tables = Tables()
    tables.deliver(CREATED)
    ended = events.subscription(user=None, status="unpaid")
    tables.deliver(
        parse_event(events.updated(ended, event_id="e", created=T0 + 5, previous={"status": "active"}))
    )
    tables.deliver(labelled("user_2", "user_1", 3))
    assert shown(tables) == {"user_2": "sub_1"}
    assert tables.profiles["user_2"]["subscriptionStatus"] == "unpaid"


def test_a_late_event_of_a_former_owner_goes_to_the_owner() -> None:
    """Its label is older than the one that moved the subscription; what it says of the state may be newer."""
    tables = Tables()
    tables.deliver(CREATED)
    tables.deliver(labelled("user_2", "user_1", 5))
    late = parse_event(events.paid(events.invoice(), event_id="evt_paid", created=T0 + 9))
    assert tables.deliver(late).user_id == "user_2"
    assert tables.profiles["user_2"]["lastPaymentStatus"] == "succeeded"
    assert shown(tables) == {"user_2": "sub_1"}


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_two_moves_of_one_second_are_put_in_order_by_what_they_changed(order: tuple[int, ...]) -> None:
    """user_1 → user_2 → user_3 in one second; event ids say nothing."""
    moves = [
        CREATED,
        labelled("user_3", "user_2", 5),
        parse_event(
            events.updated(
                events.subscription(user="user_2"),
                event_id="evt_9",
                created=T0 + 5,
                previous={"metadata": {"userId": "user_1"}},
            )
        ),
    ]
    tables = Tables()
    for place in order:
        tables.deliver(moves[place])
    assert shown(tables) == {"user_3": "sub_1"}


def session(user: str, second: int = 5) -> StripeEvent:
    """A completed checkout session for sub_1."""
    return parse_event(
        events.event(
            "checkout.session.completed",
            {
                "id": "cs_1",
                "object": "checkout.session",
                "mode": "subscription",
                "subscription": "sub_1",
                "customer": "cus_1",
                "client_reference_id": user,
            },
            event_id="evt_session",
            created=T0 + second,
        )
    )


def customer(user: str | None, before: str | None, second: int) -> StripeEvent:
    """An update of the customer's own label."""
    body = {"id": "cus_1", "object": "customer", "metadata": {"userId": user} if user else {}}
    return parse_event(
        events.event(
            "customer.updated",
            body,
            event_id=f"evt_customer_{second}",
            created=T0 + second,
            previous={"metadata": {"userId": before}},
        )
    )


UNLABELLED = parse_event(events.created(events.subscription(user=None)))
PAID = parse_event(events.paid(events.invoice(user=None), event_id="evt_paid", created=T0 + 1))


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_session_names_its_subscription_whenever_it_comes(order: tuple[int, ...]) -> None:
    """Before, between and after the subscription's own events."""
    tables = Tables()
    for place in order:
        tables.deliver((UNLABELLED, PAID, session("user_1"))[place])
    assert shown(tables) == {"user_1": "sub_1"}
    assert tables.profiles["user_1"]["lastPaymentStatus"] == "succeeded"
    assert not parked_ids(tables, "cus_1")


def test_a_session_that_says_what_is_known_costs_no_write() -> None:
    """The subscription's own label is better; the session changes nothing."""
    tables = Tables()
    tables.deliver(CREATED)
    before = tables.requests
    assert tables.deliver(session("user_2")).reason is Reason.OUTRANKED
    assert tables.requests - before == 1


def test_a_session_claims_its_own_subscription_only() -> None:
    """Another one of the same customer waits for somebody to name it, or for Stripe."""
    tables = Tables()
    tables.deliver(session("user_2"))
    assert tables.deliver(PAID).user_id == "user_2"
    stray = parse_event(events.paid(events.invoice(sub="sub_2", user=None), event_id="evt_stray"))
    assert tables.deliver(stray).reason is Reason.PARKED


def test_a_customer_who_is_labelled_anew_takes_along_what_nobody_else_names() -> None:
    """Unlabelled subscriptions follow the customer's metadata; a label of a subscription's own stays."""
    tables = Tables()
    tables.deliver(customer("user_1", None, 1))
    tables.deliver(UNLABELLED)
    own = events.subscription(id="sub_2", user="user_1", created=T0 + 2)
    tables.deliver(parse_event(events.created(own, event_id="evt_own", created=T0 + 2)))
    tables.deliver(customer("user_2", "user_1", 9))
    assert shown(tables) == {"user_1": "sub_2", "user_2": "sub_1"}
    third = events.subscription(id="sub_3", user=None, created=T0 + 20)
    created = parse_event(events.created(third, event_id="evt_third", created=T0 + 20))
    assert tables.deliver(created).user_id == "user_2"
    assert tables.deliver(customer("user_2", "user_1", 9)).reason is Reason.DUPLICATE


def test_a_customers_label_names_what_waits() -> None:
    """Parked events are applied as soon as the customer's metadata names the user."""
    tables = Tables()
    tables.deliver(UNLABELLED)
    tables.deliver(PAID)
    outcome = tables.deliver(customer("user_1", None, 3))
    assert (outcome.drained, shown(tables)) == (2, {"user_1": "sub_1"})


def test_a_session_of_the_same_second_beats_the_customer() -> None:
    """It speaks for its subscription alone."""
    for order in itertools.permutations([customer("user_1", None, 5), session("user_2", 5), UNLABELLED]):
        tables = Tables()
        for event in order:
            tables.deliver(event)
        assert shown(tables) == {"user_2": "sub_1"}


@pytest.mark.parametrize(
    "event",
    [
        parse_event(events.event("checkout.session.completed", {"id": "cs_1", "object": "checkout.session"})),
        parse_event(
            events.event("customer.updated", events.customer(user="u1"), previous={"email": "a@example.com"})
        ),
    ],
)
def test_what_names_nobody_costs_no_request(event: StripeEvent) -> None:
    """A session of a one-off payment, a customer's new address."""
    tables = Tables()
    assert tables.deliver(event).reason is Reason.NOTHING_CLAIMED
    assert tables.requests == 0


def test_a_move_to_a_user_without_a_profile_waits_for_it() -> None:
    """The former owner loses it at once; the new one has it, and its payment, when there is a profile."""
    tables = Tables(policy=Policy(create_missing_profile=False), profiles={"user_1": {"PK": "USER#user_1"}})
    tables.deliver(CREATED)
    tables.deliver(parse_event(events.paid(events.invoice(), event_id="evt_paid", created=T0 + 1)))
    assert tables.deliver(labelled("user_2", "user_1", 5)).reason is Reason.PARKED
    assert shown(tables) == {}
    tables.profiles["user_2"] = {"PK": "USER#user_2"}
    later = parse_event(
        events.paid(events.invoice(id="in_2", user="user_2"), event_id="evt_2", created=T0 + 20)
    )
    tables.deliver(later)
    assert shown(tables) == {"user_2": "sub_1"}
    assert tables.profiles["user_2"]["lastPaymentInvoiceId"] == "in_2"
    assert not parked_ids(tables, "cus_1")


def test_the_size_of_no_item_grows_with_a_customers_subscriptions() -> None:
    """500 users of one customer: each has an item and a link, and costs what the first one did."""
    tables = Tables()
    for number in range(500):
        body = events.subscription(id=f"sub_{number}", user=f"user_{number}", created=T0 + number)
        before = tables.requests
        tables.deliver(parse_event(events.created(body, event_id=f"evt_{number}", created=T0 + number)))
        assert tables.requests - before == 1
    assert tables.customers["cus_1"].keys() == {"revision"}


def test_any_number_of_live_subscriptions_of_one_user() -> None:
    """The guard asks for one attribute, however many subscriptions there are."""
    tables = Tables()
    for number in range(150):
        body = events.subscription(id=f"sub_{number}", created=T0 + number, status="incomplete")
        before = tables.requests
        tables.deliver(parse_event(events.created(body, event_id=f"evt_{number}", created=T0 + number)))
        assert tables.requests - before <= 2
    paid = events.subscription(id="sub_7", created=T0 + 7)
    assert tables.deliver(parse_event(events.updated(paid, event_id="evt", created=T0 + 900))).applied
    assert shown(tables) == {"user_1": "sub_7"}


def test_handed_on_a_hundred_times() -> None:
    """Seller → buyer, again and again: four requests each, and only the last one has it."""
    tables = Tables()
    tables.deliver(parse_event(events.created(events.subscription(user="user_0"))))
    for number in range(1, 101):
        before = tables.requests
        tables.deliver(labelled(f"user_{number}", f"user_{number - 1}", number))
        assert tables.requests - before == 4
    assert shown(tables) == {"user_100": "sub_1"}


def test_a_parked_event_that_cannot_be_applied_holds_up_nobody() -> None:
    """One whose label is a slip by now waits on; the others are applied."""
    tables = Tables(policy=Policy(user_id_pattern=".*"))
    tables.policy = Policy(create_missing_profile=False, user_id_pattern=".*")
    slip = events.subscription(id="sub_2", user="u 2")
    assert tables.deliver(parse_event(events.created(slip, event_id="evt_slip"))).reason is Reason.PARKED
    tables.policy = Policy()
    assert tables.deliver(CREATED).applied
    assert parked_ids(tables, "cus_1") == {"evt_slip"}
    renewed = parse_event(
        events.updated(events.subscription(), event_id="evt_2", created=T0 + 9, previous={})
    )
    before = tables.requests
    assert tables.deliver(renewed).reason is Reason.PRIMARY
    assert tables.requests - before == 1
