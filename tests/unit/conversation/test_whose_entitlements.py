"""Whose a customer's entitlements are: one user's at most; they come and go with what that follows from."""

import contextlib

from stripe_subscription_handler.conversation.handling import handling
from stripe_subscription_handler.conversation.messages import Commit
from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.decisions.policy import Policy
from support.entitling import claimed, counted, created, delivered, entitled, labelled, shown
from support.model import Tables

NO_PROFILES = Policy(create_missing_profile=False)


def test_nobody_owns_a_subscription_yet() -> None:
    """The summary is recorded, nothing waits under an alarm, and the first owner is shown it."""
    tables = Tables()
    outcome = tables.deliver(entitled("sso"))
    assert (outcome.applied, outcome.reason, outcome.user_id) == (True, Reason.NO_OWNER, None)
    assert not any(tables.parked.values())
    assert counted(tables, created(), Reason.FIRST_EVENT) == 3
    assert shown(tables) == {"user_1": {"sso"}}
    assert tables.profiles["user_1"]["subscriptionStatus"] == "active"


def test_with_several_owners_the_customers_own_label_decides() -> None:
    """Without one nobody is shown them; with one that names an owner, this user is."""
    tables = delivered(created(), entitled("sso"))
    tables.deliver(created("user_2", which=2))
    assert shown(tables) == {}
    assert tables.deliver(entitled("audit", second=60)).reason is Reason.SEVERAL_OWNERS
    outcome = tables.deliver(claimed("user_2", None, 70))
    assert shown(tables) == {"user_2": {"audit"}}
    assert [(one.user_id, one.changed) for one in outcome.also_applied] == [("user_2", ("entitlements",))]
    tables.deliver(claimed("user_1", "user_2", 80))
    assert shown(tables) == {"user_1": {"audit"}}
    tables.deliver(claimed("user_3", "user_1", 90))
    assert shown(tables) == {}


def test_they_move_with_the_only_subscription() -> None:
    """In the transaction of the move: the former owner is shown nothing any more."""
    tables = delivered(created(), entitled("sso"))
    outcome = tables.deliver(labelled("user_2", "user_1", 60))
    assert shown(tables) == {"user_2": {"sso"}}
    assert "entitlements" in outcome.changed
    (left,) = outcome.also_applied
    assert (left.user_id, "entitlements" in left.changed) == ("user_1", True)


def test_they_go_to_who_is_left_when_another_subscription_moves_away() -> None:
    """Two owners become one, and neither of the move's users is the one who is shown nothing."""
    tables = delivered(created(), created("user_2", which=2), created("user_3", which=3), entitled("sso"))
    assert shown(tables) == {}
    tables.deliver(labelled("user_3", "user_1", 60))
    assert shown(tables) == {}
    tables.deliver(labelled("user_3", "user_2", 61, which=2))
    assert shown(tables) == {"user_3": {"sso"}}


def test_a_move_between_others_shows_them_to_whose_they_are_by_now() -> None:
    """There was no profile when the summary came, and the next owner's change finds one."""
    users = {user: {"PK": f"USER#{user}"} for user in ("user_1", "user_2", "user_3")}
    tables = Tables(policy=NO_PROFILES, profiles=users)
    for event in (created(), created("user_2", which=2), claimed("user_1", None, 40)):
        tables.deliver(event)
    del tables.profiles["user_1"]
    assert tables.deliver(entitled("sso")).reason is Reason.NO_PROFILE
    tables.profiles["user_1"] = {"PK": "USER#user_1"}
    outcome = tables.deliver(labelled("user_3", "user_2", 60, which=2))
    assert shown(tables) == {"user_1": {"sso"}}
    told = {(one.user_id, one.reason) for one in outcome.also_applied}
    assert told == {("user_1", Reason.ENTITLED), ("user_2", Reason.MOVED)}


def test_what_a_parked_event_brings_is_shown_too() -> None:
    """The drain's transactions show them as any other."""
    tables = delivered(created(None), entitled("sso"))
    assert shown(tables) == {}
    tables.deliver(claimed("user_1", None, 60))
    assert shown(tables) == {"user_1": {"sso"}}


def test_a_move_to_a_user_without_a_profile_takes_them_away() -> None:
    """They are shown to the new owner with the subscription, once there is a profile."""
    tables = Tables(policy=NO_PROFILES, profiles={"user_1": {"PK": "USER#user_1"}})
    tables.deliver(created())
    tables.deliver(entitled("sso"))
    assert shown(tables) == {"user_1": {"sso"}}
    tables.deliver(labelled("user_2", "user_1", 60))
    assert shown(tables) == {}
    tables.profiles["user_2"] = {"PK": "USER#user_2"}
    tables.deliver(labelled("user_2", "user_1", 60))
    assert shown(tables) == {"user_2": {"sso"}}


def test_a_move_to_whose_they_are_then_but_has_no_profile_names_it_once() -> None:
    """A transaction of DynamoDB may name an item once."""
    users = {user: {"PK": f"USER#{user}"} for user in ("user_1", "user_2")}
    tables = Tables(policy=NO_PROFILES, profiles=users)
    for event in (created(), entitled("sso"), created("user_2", which=2), claimed("user_2", None, 55)):
        tables.deliver(event)
    assert shown(tables) == {"user_2": {"sso"}}
    del tables.profiles["user_1"]
    event = labelled("user_1", "user_2", 60, which=2)
    conversation = handling(event, tables.policy)
    asked = [next(conversation)]
    with contextlib.suppress(StopIteration):
        while True:
            asked.append(conversation.send(tables.execute(asked[-1], event)))
    last = [one for one in asked if isinstance(one, Commit)][-1]
    items = [*(write.user_id for write in last.writes), last.absent]
    assert sorted(filter(None, items)) == ["user_1", "user_2"]
    tables.profiles["user_1"] = {"PK": "USER#user_1"}
    tables.deliver(event)
    assert shown(tables) == {"user_1": {"sso"}}


def test_a_profile_that_the_app_deleted_is_not_made_again_for_a_summary() -> None:
    """With `create_missing_profile = false`; the next subscription event finds them on record."""
    tables = Tables(policy=NO_PROFILES, profiles={"user_1": {"PK": "USER#user_1"}})
    tables.deliver(created())
    del tables.profiles["user_1"]
    assert tables.deliver(entitled("sso")).reason is Reason.NO_PROFILE
    assert tables.profiles == {}
    tables.profiles["user_1"] = {"PK": "USER#user_1"}
    tables.deliver(labelled("user_1", None, 60))
    assert shown(tables) == {"user_1": {"sso"}}


def test_a_profile_that_was_deleted_and_made_again_is_shown_them_again() -> None:
    """The event that brings the subscription back asks whether there is a summary."""
    tables = delivered(created(), entitled("sso"))
    del tables.profiles["user_1"]
    tables.deliver(labelled("user_1", None, 60))
    assert shown(tables) == {"user_1": {"sso"}}


def test_a_profile_that_needed_no_write_is_looked_at_again() -> None:
    """Between the look and the transaction, an older summary was shown there."""
    tables = delivered(created())
    newer, older = entitled(second=60), entitled("sso", second=50)
    conversation = handling(newer, tables.policy)
    request = next(conversation)
    while not isinstance(request, Commit):
        request = conversation.send(tables.execute(request, newer))
    tables.deliver(older)
    assert shown(tables) == {"user_1": {"sso"}}
    with contextlib.suppress(StopIteration):
        while True:
            request = conversation.send(tables.execute(request, newer))
    assert shown(tables) == {}
