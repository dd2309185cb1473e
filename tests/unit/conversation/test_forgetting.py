"""Forgetting a user, step by step: what goes, what stays with others, and what comes later."""

from collections.abc import Callable, Iterable
from typing import Any

import attrs
import pytest

from stripe_subscription_handler.conversation.forgetting import forget_user
from stripe_subscription_handler.conversation.handling import handling
from stripe_subscription_handler.conversation.links import EVERYTHING
from stripe_subscription_handler.conversation.messages import Written
from stripe_subscription_handler.decisions.decision import Reason, Write
from stripe_subscription_handler.decisions.ledger import REVISION
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.decisions.view_settings import ViewSettings
from stripe_subscription_handler.events.envelope import StripeEvent, parse_event
from support import events
from support.entitling import claimed, created, delivered, entitled, labelled, shown
from support.forgotten import KEYS, customers_naming, forget, forgetting, traces
from support.model import Tables
from support.one_owner import check_one_owner

T0 = events.T0
POLICY = Policy()


def waiting(which: int, second: int = 60, user: str | None = None, **about: Any) -> StripeEvent:
    """A payment of a subscription of which nothing else is known."""
    body = events.invoice(id=f"in_{which}", sub=f"sub_{which}", user=user, **about)
    return parse_event(events.paid(body, event_id=f"evt_w{which}", created=T0 + second))


def session(user: str, which: int, second: int = 40) -> StripeEvent:
    """A checkout that names its user."""
    body = events.session(id=f"cs_{which}", user=user, sub=f"sub_{which}")
    return parse_event(events.completed(body, event_id=f"evt_s{which}", created=T0 + second))


def updated(which: int, user: str | None, second: int = 70, **about: Any) -> StripeEvent:
    """A subscription is updated."""
    body = events.subscription(id=f"sub_{which}", user=user, created=T0 + which, **about)
    return parse_event(events.updated(body, event_id=f"evt_u{which}{second}", created=T0 + second))


ALONE = (
    created(),
    created(which=2),
    session("user_1", 3),
    waiting(4),
    waiting(5),
    entitled("sso"),
)
"""Two subscriptions, a session of a third, two payments that wait, entitlements."""
SHARED = (*ALONE, created("user_2", which=6))
CLAIMED = (*SHARED, claimed("user_1", None, 30))
WORLDS = {"alone": ALONE, "with another user": SHARED, "named by the customer": CLAIMED}
each_world = pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS.keys())


def without_revisions(tables: Tables) -> Any:
    """All that the tables hold, but for what depends on the number of writes."""
    profiles = {user: {**item, REVISION: ""} for user, item in tables.profiles.items()}
    customers = {key: {**record, "revision": ""} for key, record in tables.customers.items()}
    return profiles, tables.links, customers, {key: one for key, one in tables.parked.items() if one}


@each_world
def test_a_crash_between_any_two_steps_leaves_what_the_next_attempt_finishes(
    world: Iterable[StripeEvent],
) -> None:
    """After so many requests the process dies; another one finds the rest, and ends where the first would."""
    whole = delivered(*world)
    forget(whole, "user_1")
    assert traces(whole, "user_1") == []
    assert shown(whole) == ({} if world is ALONE else {"user_2": {"sso"}})
    steps = 0
    while True:
        steps += 1
        tables = delivered(*world)
        conversation: Any = forgetting(tables, "user_1")
        try:
            request = next(conversation)
            for _ in range(steps):
                answer = tables.execute(request)
                check_one_owner(tables)
                request = conversation.send(answer)
        except StopIteration:
            break
        forget(tables, "user_1")
        assert without_revisions(tables) == without_revisions(whole)
    assert steps > 8


@each_world
def test_forgetting_twice_finds_nothing(world: Iterable[StripeEvent]) -> None:
    """There is nothing left by which anybody could find anything."""
    tables = delivered(*world)
    done = forget(tables, "user_1")
    assert {one for part in done.customers for one in part.subscriptions} >= {"sub_1", "sub_2", "sub_3"}
    assert forget(tables, "user_1").found_nothing


def test_only_a_part_of_a_shared_customer_is_forgotten() -> None:
    """The other user's link, payments that nobody named, and the customer's entitlements stay."""
    tables = delivered(*SHARED)
    [part] = forget(tables, "user_1").customers
    assert (part.others, part.parked) == ({"user_2"}, set())
    assert set(tables.parked["cus_1"]) == {"evt_w4", "evt_w5"}
    assert tables.links["cus_1", "sub_6"]["owner"] == "user_2"
    assert "forgotten" not in tables.customers["cus_1"]


def test_what_a_shared_customers_metadata_said_is_not_said_again() -> None:
    """The claim goes, and neither it nor an older one comes back; a newer one counts."""
    tables = delivered(*CLAIMED)
    forget(tables, "user_1")
    assert tables.customers["cus_1"]["forgotten"].startswith("1 ")
    for event in (claimed("user_1", None, 30), claimed("user_1", None, 20)):
        assert tables.deliver(event).reason is Reason.FORGOTTEN
    assert tables.deliver(claimed("user_2", "user_1", 90)).reason is Reason.CLAIMED


def test_the_events_of_a_forgotten_subscription_are_skipped() -> None:
    """Whatever they say and whomever they name; a session and an invoice too, and a later label."""
    tables = delivered(*ALONE)
    forget(tables, "user_1")
    late = (
        updated(1, "user_1"),
        updated(2, None),
        labelled("user_3", "user_1", 90),
        waiting(1, user="user_1"),
    )
    for event in (*ALONE, *late, session("user_3", 2)):
        assert tables.deliver(event).reason is Reason.FORGOTTEN
    assert tables.profiles == {}
    assert not tables.parked["cus_1"]


def test_what_names_only_a_forgotten_customer_is_skipped() -> None:
    """Its metadata, its entitlements, a session of a subscription unheard of, and what nobody labels."""
    tables = delivered(*ALONE)
    forget(tables, "user_1")
    for event in (claimed("user_4", "user_1", 200), entitled("audit", second=200), session("user_4", 9)):
        assert tables.deliver(event).reason is Reason.FORGOTTEN
    for event in (created(None, which=9), updated(9, None), waiting(9)):
        assert tables.deliver(event).reason is Reason.FORGOTTEN
    assert tables.profiles == {}


def test_a_person_who_comes_back_is_written_as_anybody() -> None:
    """A new subscription with a label costs one request, and its events without one find it by its link."""
    tables = delivered(*ALONE)
    forget(tables, "user_1")
    before = tables.requests
    assert tables.deliver(created(which=9)).reason is Reason.FIRST_EVENT
    assert tables.requests == before + 1
    assert tables.deliver(waiting(9)).applied
    assert tables.profiles["user_1"]["lastPaymentStatus"] == "succeeded"
    forget(tables, "user_1")
    assert traces(tables, "user_1") == []


COSTS: dict[str, tuple[Callable[[], StripeEvent], int]] = {
    "created": (created, 1),
    "updated": (lambda: updated(1, "user_1"), 2),
    "without a label": (lambda: updated(1, None), 1),
    "an invoice": (lambda: waiting(1, user="user_1"), 2),
    "a session": (lambda: session("user_1", 1), 1),
    "the customer": (lambda: claimed("user_1", None, 30), 1),
    "entitlements": (lambda: entitled("sso"), 1),
}


@pytest.mark.parametrize(("event", "requests"), COSTS.values(), ids=COSTS.keys())
def test_what_the_event_of_a_forgotten_one_costs(event: Callable[[], StripeEvent], requests: int) -> None:
    """docs/semantics.md has the figures."""
    tables = delivered(*ALONE)
    forget(tables, "user_1")
    before = tables.requests
    assert tables.deliver(event()).reason is Reason.FORGOTTEN
    assert tables.requests == before + requests


def test_a_customer_that_says_nothing_of_the_user_is_left_alone() -> None:
    """What waits there under nobody's name may be anybody's."""
    tables = delivered(created(), waiting(7, customer="cus_2"))
    conversation = forget_user("user_1", ["cus_2"], POLICY, KEYS)
    assert [one.customer_id for one in tables.hold(conversation).customers] == ["cus_1"]
    assert set(tables.parked["cus_2"]) == {"evt_w7"}
    assert tables.customers["cus_2"].get("forgotten") is None


def test_attributes_of_the_apps_own_choice_go_too_and_its_own_stay() -> None:
    """`profile_attributes` are ours, what stands beside them is not; the revision stays on what stays."""
    shows = ViewSettings(profile_attributes={"plan": "status"})
    tables = Tables(policy=attrs.evolve(POLICY, shows=shows), profiles={"user_1": {"PK": "x", "name": "Ada"}})
    selection = attrs.evolve(parse_event(events.created(events.subscription())), id="evt_own")
    tables.deliver(selection)
    tables.profiles["user_1"] = {**tables.profiles["user_1"], "plan": "gold"}
    done = forget(tables, "user_1")
    assert (done.is_deleted, done.left) == (False, ("name",))
    assert tables.profiles["user_1"].keys() == {"PK", "name", REVISION}


@pytest.mark.parametrize("app", [{}, {"name": "Ada"}], ids=["ours alone", "with the app's own"])
def test_an_item_that_only_we_have_written_is_deleted(app: dict[str, str]) -> None:
    """Its key is the user's id, and nothing of the app's would be lost."""
    tables = Tables(profiles={"user_1": {"PK": "x", **app}})
    tables.deliver(created())
    assert forget(tables, "user_1").is_deleted is not bool(app)
    assert ("user_1" in tables.profiles) is bool(app)


def test_a_profile_that_never_was_ours_is_not_touched() -> None:
    """Also where the app's own webhook code has written attributes of the same names."""
    item = {"PK": "x", "subscriptionStatus": "active", "stripeCustomerId": "cus_1"}
    tables = Tables(profiles={"user_1": dict(item)})
    assert forget(tables, "user_1").found_nothing
    assert tables.profiles["user_1"] == item


def test_a_subscription_whose_link_was_lost_is_marked_all_the_same() -> None:
    """The profile tells of it, and of its customer."""
    tables = delivered(created())
    tables.links.clear()
    tables.customers.clear()
    forget(tables, "user_1")
    assert tables.deliver(updated(1, "user_1")).reason is Reason.FORGOTTEN


def test_a_subscription_that_moves_away_meanwhile_stays_with_whom_it_has() -> None:
    """The move was first: what is forgotten is what is left."""
    tables = delivered(created(), created(which=2))
    conversation: Any = forget_user("user_1", customers_naming(tables, "user_1"), POLICY, KEYS)
    request = next(conversation)
    for _ in range(2):
        request = conversation.send(tables.execute(request))
    tables.deliver(labelled("user_2", "user_1", 50, which=2))
    try:
        while True:
            request = conversation.send(tables.execute(request))
    except StopIteration:
        pass
    assert tables.links["cus_1", "sub_2"]["owner"] == "user_2"
    assert set(tables.profiles) == {"user_2"}
    assert tables.customers["cus_1"].get("forgotten") != EVERYTHING


def test_what_the_app_deletes_and_makes_again_does_not_bring_a_late_event_in() -> None:
    """The mark guards the first write, whatever is on the item."""
    tables = delivered(created())
    blind: Any = None
    forget(tables, "user_1")
    tables.profiles["user_1"] = {"PK": "x"}
    blind = tables.deliver(created())
    assert blind.reason is Reason.FORGOTTEN
    assert tables.profiles["user_1"] == {"PK": "x"}


def test_written_is_what_a_conversation_hears_of_a_deletion() -> None:
    """And an item that has changed is seen instead."""
    tables = delivered(created())
    conversation: Any = forget_user("user_1", ["cus_1"], POLICY, KEYS)
    request = next(conversation)
    while type(request).__name__ != "Delete":
        request = conversation.send(tables.execute(request))
    tables.profiles["user_1"] = {**tables.profiles["user_1"], REVISION: "another"}
    answer = tables.execute(request)
    assert not isinstance(answer, Written)
    assert not isinstance(request, Write)


DELETED = parse_event(
    events.event("customer.deleted", events.customer(user=None), event_id="evt_d", created=T0 + 300)
)
FORGETS = attrs.evolve(POLICY, forget_deleted_customers=True)


def test_a_deleted_customer_is_noted() -> None:
    """Once, whoever it is; of one of whom nothing is known, nothing is written."""
    tables = delivered(*ALONE)
    assert tables.deliver(DELETED).reason is Reason.CUSTOMER_DELETED
    assert tables.customers["cus_1"]["deleted"] == DELETED.created
    assert tables.deliver(DELETED).reason is Reason.NOTHING_CLAIMED
    unknown = Tables()
    assert unknown.deliver(DELETED).reason is Reason.NOTHING_CLAIMED
    assert unknown.customers == {}


@each_world
def test_a_deleted_customer_is_forgotten_where_that_is_wanted(world: Iterable[StripeEvent]) -> None:
    """Whoever had a part in it; what they have of other customers stays."""
    tables = delivered(*world, created("user_2", which=8, customer="cus_2"), policy=FORGETS)
    outcome = tables.deliver(DELETED)
    assert (outcome.applied, outcome.reason) == (True, Reason.FORGOTTEN)
    assert tables.profiles["user_2"]["subscriptionId"] == "sub_8"
    assert tables.profiles.get("user_1", {}).keys() <= {REVISION}
    assert {key for key, link in tables.links.items() if "owner" in link} == {("cus_2", "sub_8")}
    assert not tables.parked["cus_1"]
    assert tables.customers["cus_1"].keys() == {"forgotten", "revision"}
    assert tables.deliver(DELETED).applied is False


def test_the_entitlements_of_a_deleted_customer_are_shown_no_longer() -> None:
    """Its user keeps what another customer of theirs has."""
    tables = delivered(created(), entitled("sso"), created(which=8, customer="cus_2"), policy=FORGETS)
    assert shown(tables) == {"user_1": {"sso"}}
    tables.deliver(DELETED)
    assert shown(tables) == {}
    assert tables.profiles["user_1"]["subscriptionId"] == "sub_8"


def test_a_deleted_customer_whom_nobody_knows_leaves_no_mark() -> None:
    """An account has many more customers than there are subscriptions here."""
    tables = Tables(policy=FORGETS)
    assert tables.deliver(DELETED).applied is False
    assert (tables.customers, tables.links) == ({}, {})


@each_world
def test_a_function_that_dies_while_it_forgets_a_customer_does_the_rest_the_next_time(
    world: Iterable[StripeEvent],
) -> None:
    """After so many requests; no link names anybody in the end, and no item holds anything."""
    steps, is_over = 0, False
    while not is_over:
        steps += 1
        tables = delivered(*world, policy=FORGETS)
        conversation: Any = handling(DELETED, FORGETS)
        try:
            request = next(conversation)
            for _ in range(steps):
                request = conversation.send(tables.execute(request, DELETED))
                check_one_owner(tables)
        except StopIteration:
            is_over = True
        tables.deliver(DELETED)
        assert all("owner" not in link for link in tables.links.values())
        assert not shown(tables)
        assert all("subscriptionId" not in item for item in tables.profiles.values())
