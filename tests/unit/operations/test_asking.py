"""Ask now: what the function answers about a session, a subscription, a customer and a user."""

from typing import Any

import attrs
import pytest

from stripe_subscription_handler.conversation.model import Tables
from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.decisions.policy import Livemode, Policy
from stripe_subscription_handler.decisions.view_settings import ViewSettings
from stripe_subscription_handler.events.envelope import parse_event
from stripe_subscription_handler.reading import Profile
from support import events
from support.asking import ask
from support.forgotten import forget
from support.model import parked_ids
from support.reconciling import Account, Reconciliation

UNNAMED = events.subscription(metadata={})
PAID = events.invoice(
    id="in_1", status="paid", created=events.T0, status_transitions={"paid_at": events.T0 + 9}, metadata={}
)
SESSION = events.session(created=events.T0 - 60)
COMPLETED = events.completed(SESSION, created=events.T0 + 1)


def world(
    *subscriptions: dict[str, Any], session: dict[str, Any] | None = SESSION, policy: Policy | None = None
) -> Reconciliation:
    """A Stripe with these subscriptions and a session, of which no event has come yet."""
    bodies = {one["id"]: one for one in subscriptions or (UNNAMED,)}
    sessions = {} if session is None else {session["id"]: session}
    policy = policy or Policy(can_ask_stripe=True)
    return Reconciliation(Account(bodies, sessions=sessions), Tables(policy=policy), policy)


def code(answer: dict[str, Any]) -> str:
    """Why there is no profile to show."""
    assert answer["ok"] is False
    assert answer["error"]["message"]
    return str(answer["error"]["code"])


def test_the_success_page_comes_before_every_event() -> None:
    """The session names the user; the answer is a profile as an app reads it, and what was done."""
    made = world()
    answer = ask(made, checkout_session="cs_1", expected_user_id="user_1")
    assert (answer["ok"], answer["userId"]) == (True, "user_1")
    assert Profile.from_item(answer["profile"]).subscription_id == "sub_1"
    assert answer["profile"]["subscriptionStatus"] == "active"
    [done] = answer["done"]
    assert (done["what"], done["subscriptionId"]) == ("missing_profile", "sub_1")
    assert "subscriptionStatus" in done["changed"]
    assert answer["left"] == []


def test_asking_twice_writes_nothing_more() -> None:
    """Nor does the session's event, or the subscription's, that comes later."""
    made = world()
    first = ask(made, checkout_session="cs_1")
    before = dict(made.tables.profiles), dict(made.tables.links), dict(made.tables.customers)
    assert ask(made, checkout_session="cs_1") == {**first, "done": []}
    outcomes = [
        made.tables.deliver(parse_event(event)).reason
        for event in (COMPLETED, events.created(UNNAMED, created=events.T0 + 1))
    ]
    assert outcomes == [Reason.DUPLICATE, Reason.STALE]
    assert (made.tables.profiles, made.tables.links, made.tables.customers) == before


def test_after_the_session_s_event_asking_claims_nothing_new() -> None:
    """What Stripe shows of the session claims the same to the letter."""
    made = world()
    made.tables.deliver(parse_event(COMPLETED))
    claimed = dict(made.tables.links)
    ask(made, checkout_session="cs_1")
    [(key, link)] = made.tables.links.items()
    assert link["claim"] == claimed[key]["claim"]


def test_what_waited_for_the_session_is_applied() -> None:
    """An event that nobody named was parked before the page asked."""
    made = world()
    made.tables.deliver(parse_event(events.created(UNNAMED)))
    assert parked_ids(made.tables, "cus_1")
    assert ask(made, checkout_session="cs_1")["ok"]
    assert not parked_ids(made.tables, "cus_1")


@pytest.mark.parametrize("status", ["open", "expired"])
def test_a_session_that_is_not_completed_is_no_error(status: str) -> None:
    """The page shows that the payment is still to come; nothing is written."""
    made = world(session={**SESSION, "status": status, "subscription": None})
    answer = ask(made, checkout_session="cs_1", expected_user_id="user_1")
    assert (code(answer), answer["error"]["status"]) == ("not_completed", status)
    assert code(ask(made, checkout_session="cs_1", expected_user_id="user_2")) == "wrong_owner"
    assert not made.tables.links


@pytest.mark.parametrize("mode", ["payment", "setup"])
def test_a_session_of_another_mode_tells_of_no_subscription(mode: str) -> None:
    """It is another part of the shop's."""
    made = world(session={**SESSION, "mode": mode})
    assert code(ask(made, checkout_session="cs_1")) == "not_a_subscription"


@pytest.mark.parametrize(
    "arguments",
    [{"checkout_session": "cs_9"}, {"subscription": "sub_9"}],
    ids=str,
)
def test_what_stripe_does_not_have_is_told(arguments: dict[str, str]) -> None:
    """By the kind of the thing, and not by its id."""
    answer = ask(world(), **arguments)
    assert code(answer) == "not_found"
    assert "9" not in answer["error"]["message"]


ASKED = [{"checkout_session": "cs_1"}, {"subscription": "sub_1"}, {"customer": "cus_1"}]


@pytest.mark.parametrize("arguments", [*ASKED, {"user_id": "user_1"}], ids=str)
def test_somebody_else_is_told_nothing(arguments: dict[str, str]) -> None:
    """Not whose it is, and no value; what is the owner's is brought up to date by the rule of events."""
    made = world(events.subscription())
    answer = ask(made, **arguments, expected_user_id="user_2")
    assert answer == {"ok": False, "error": {"code": "wrong_owner", "message": "it is not this user's"}}


@pytest.mark.parametrize("arguments", ASKED, ids=str)
def test_the_owner_is_answered(arguments: dict[str, str]) -> None:
    """Whether he is expected or not."""
    for expected in ({}, {"expected_user_id": "user_1"}, {"expected_user_id": None}):
        answer = ask(world(events.subscription()), **arguments, **expected)
        assert (answer["ok"], answer["userId"]) == (True, "user_1")


def test_a_label_is_better_than_the_session() -> None:
    """As it is for events: whoever is named by both is who the label names."""
    made = world(events.subscription(metadata={"userId": "user_2"}))
    assert ask(made, checkout_session="cs_1")["userId"] == "user_2"
    made = world(events.subscription(metadata={"userId": "user_2"}))
    assert code(ask(made, checkout_session="cs_1", expected_user_id="user_1")) == "wrong_owner"


def test_a_session_that_names_another_than_expected_claims_nothing() -> None:
    """It may be a cart's number that stands there; a label still tells whose it is."""
    session = {**SESSION, "metadata": {}, "client_reference_id": "cart-1"}
    made = world(events.subscription(), session=session)
    assert ask(made, checkout_session="cs_1", expected_user_id="user_1")["ok"]
    assert "cart-1" not in str(made.tables.links)
    spoilt = {**SESSION, "metadata": {}, "client_reference_id": "cart 1"}
    assert ask(world(events.subscription(), session=spoilt), checkout_session="cs_1")["ok"]


def test_a_session_that_names_another_is_anothers_where_nothing_else_is_known() -> None:
    """Nothing is written for whoever it names, either: that is left to the event."""
    made = world()
    assert code(ask(made, checkout_session="cs_1", expected_user_id="user_2")) == "wrong_owner"
    assert (made.tables.links, made.tables.profiles) == ({}, {})


def test_what_nobody_names_is_nobodys() -> None:
    """Nothing is parked, and nobody is guessed to be whoever asks."""
    made = world(session={**SESSION, "metadata": {}})
    for arguments in ASKED:
        assert code(ask(made, **arguments, expected_user_id="user_1")) == "unmapped"
    assert (made.tables.links, made.tables.profiles) == ({}, {})
    assert not any(made.tables.parked.values())


def test_a_user_without_a_profile_gets_none() -> None:
    """With `create_missing_profile = false`; somebody else is not even told that."""
    made = world(policy=Policy(can_ask_stripe=True, create_missing_profile=False))
    assert code(ask(made, checkout_session="cs_1", expected_user_id="user_1")) == "no_profile"
    assert code(ask(made, customer="cus_1")) == "no_profile"
    assert code(ask(made, subscription="sub_1", expected_user_id="user_2")) == "wrong_owner"
    assert made.tables.profiles == {}


def test_another_app_s_subscription_is_not_ours() -> None:
    """By the filters of the settings."""
    policy = Policy(can_ask_stripe=True, shows=ViewSettings(handled_product_ids=frozenset({"prod_ours"})))
    assert code(ask(world(session=None, policy=policy), subscription="sub_1")) == "not_ours"


@pytest.mark.parametrize("arguments", ASKED[:2], ids=str)
def test_the_other_mode_is_refused(arguments: dict[str, str]) -> None:
    """A test's session must not unlock a production profile."""
    body = {**events.subscription(), "livemode": False}
    made = world(body, session={**SESSION, "livemode": False})
    made = attrs.evolve(made, livemode=Livemode.LIVE)
    assert code(ask(made, **arguments)) == "livemode_mismatch"
    assert made.tables.profiles == {}


def test_an_object_that_cannot_be_read_names_its_field() -> None:
    """To whoever may know of it."""
    made = world({**events.subscription(), "status": 7})
    answer = ask(made, subscription="sub_1")
    assert code(answer) == "unreadable"
    assert "subscription.status" in answer["error"]["message"]
    made = world(session={**SESSION, "metadata": 7})
    assert code(ask(made, checkout_session="cs_1")) == "unreadable"


def test_an_object_of_another_s_that_cannot_be_read_tells_nothing() -> None:
    """Its owner is known by the link."""
    made = world(events.subscription())
    ask(made, subscription="sub_1")
    made.account.bodies["sub_1"] = {**events.subscription(), "status": 7}
    assert code(ask(made, subscription="sub_1", expected_user_id="user_2")) == "wrong_owner"


def test_a_customer_of_several_users_shows_the_one_who_is_meant() -> None:
    """Both profiles are brought up to date, and one is shown."""
    second = events.subscription(id="sub_2", metadata={"userId": "user_2"})
    made = world(events.subscription(), second)
    assert code(ask(made, customer="cus_1")) == "several_owners"
    assert set(made.tables.profiles) == {"user_1", "user_2"}
    answer = ask(made, customer="cus_1", expected_user_id="user_2")
    assert answer["profile"]["subscriptionId"] == "sub_2"
    assert "user_1" not in str(answer)
    assert code(ask(made, customer="cus_1", expected_user_id="user_3")) == "wrong_owner"


def test_a_customer_without_subscriptions() -> None:
    """There is nothing to tell yet."""
    assert code(ask(world(), customer="cus_9")) == "no_subscriptions"


def test_a_user_gets_all_that_the_profile_s_customers_have() -> None:
    """Also what was bought since; of somebody of whom nothing is known, nothing can be asked."""
    made = world(events.subscription())
    assert code(ask(made, user_id="user_1")) == "nothing_known"
    ask(made, subscription="sub_1")
    made.account.bodies["sub_2"] = events.subscription(id="sub_2", created=events.T0 + 5)
    answer = ask(made, user_id="user_1", expected_user_id="user_1")
    assert answer["profile"]["subscriptionId"] == "sub_2"
    assert [one["what"] for one in answer["done"]] == ["missing_subscription"]


def test_what_stripe_has_lost_of_a_user_is_left_to_a_person() -> None:
    """The profile is shown as it is."""
    made = world(events.subscription())
    ask(made, subscription="sub_1")
    made.account.bodies.clear()
    answer = ask(made, user_id="user_1")
    assert [one["what"] for one in answer["left"]] == ["unknown_to_stripe"]
    assert answer["profile"]["subscriptionId"] == "sub_1"


def test_the_newest_payment_comes_along() -> None:
    """It stands in the subscription that Stripe shows."""
    made = world({**events.subscription(), "latest_invoice": PAID})
    assert ask(made, subscription="sub_1")["profile"]["lastPaymentStatus"] == "succeeded"


def test_what_was_forgotten_is_let_alone_and_that_is_said() -> None:
    """By whatever it is asked for; nothing is restored."""
    made = world()
    assert ask(made, checkout_session="cs_1")["ok"]
    forget(made.tables, "user_1")
    for question in ({"checkout_session": "cs_1"}, {"subscription": "sub_1"}, {"customer": "cus_1"}):
        assert code(ask(made, **question)) == "forgotten"
    assert code(ask(made, user_id="user_1")) == "nothing_known"
    assert made.tables.profiles == {}
