"""Whose is it? Labels, sessions, customers in any delivery: one owner at a time, the true one in the end."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stripe_subscription_handler.decisions.policy import Policy
from support.delivery import Removal, SignUp, interleaved
from support.examples import MANY
from support.judging import judge, judge_nobody_elses, views
from support.one_owner import check_nobody_elses, check_one_owner, linked_owners
from support.streams import Stream, streams
from support.tapes import Tape, tapes
from support.truth import Truth
from support.worlds import Kinds

WITHOUT_KEY, WITH_KEY = Policy(), Policy(can_ask_stripe=True)
ONLY_EXISTING = Policy(create_missing_profile=False)
OWNERS = Kinds(labels=3, companions=1, earlier=1, users=3, subscriptions=4, most_dead=1)
BASKETS = attrs.evolve(OWNERS, baskets=True)
EARLIER = Kinds(
    labels=1, companions=1, earlier=3, updates=0, deletions=0, users=3, customers=1, subscriptions=2
)
COMPANIONS = Kinds(labels=1, nobody=9, companions=3, customers=1, subscriptions=2, most_dead=1, baskets=True)
WAITING = Kinds(labels=1, companions=1, users=1, subscriptions=4, most_dead=1)
LABELS_OF_ONE_SECOND = Kinds(same_second=True, labels=6, customers=1, subscriptions=2, most_dead=1)
ONE_SECOND = attrs.evolve(COMPANIONS, same_second=True, baskets=False)
MIXED = Kinds(same_second=True, labels=3, companions=1, subscriptions=2, most_dead=1, baskets=True)
MANY_DEAD = Kinds(labels=3, companions=1, customers=1, subscriptions=5, events=14, deletions=3)
NO_PROFILES = Kinds(labels=3, companions=1, subscriptions=3, most_dead=1, one_more=True, baskets=True)
USERS = ("user_1", "user_2")


@pytest.mark.parametrize(
    "kinds",
    [OWNERS, BASKETS, EARLIER, COMPANIONS, WAITING],
    ids=["labels", "baskets", "invoices", "sessions and customers", "one user"],
)
@pytest.mark.parametrize("policy", [WITHOUT_KEY, WITH_KEY], ids=["without key", "with key"])
@MANY
@given(data=st.data())
def test_everyone_has_what_is_his(kinds: Kinds, policy: Policy, data: st.DataObject) -> None:
    """By its label, its invoices, its checkout session, its customer, or because there is only one user."""
    stream = data.draw(streams(kinds))
    tables = stream.delivered(policy, after_each=check_one_owner)
    judge(tables, Truth(stream.world, key=policy.can_ask_stripe))


@pytest.mark.parametrize(
    "kinds", [LABELS_OF_ONE_SECOND, ONE_SECOND], ids=["labels", "sessions and customers"]
)
@MANY
@given(data=st.data())
def test_with_a_key_names_of_one_second_end_in_the_truth(kinds: Kinds, data: st.DataObject) -> None:
    """A label that goes there and back in one second is asked of Stripe."""
    stream = data.draw(streams(kinds))
    tables = stream.delivered(WITH_KEY, after_each=check_one_owner)
    judge(tables, Truth(stream.world, key=True))


@pytest.mark.parametrize(
    "kinds", [LABELS_OF_ONE_SECOND, ONE_SECOND], ids=["labels", "sessions and customers"]
)
@MANY
@given(data=st.data(), again=tapes())
def test_without_a_key_names_of_one_second_do_not_depend_on_the_order(
    kinds: Kinds, data: st.DataObject, again: Tape
) -> None:
    """What the events do not tell is chosen alike in every order, but for guesses."""
    stream = data.draw(streams(kinds))
    tables = stream.delivered(WITHOUT_KEY, after_each=check_one_owner)
    truth = Truth(stream.world)
    judge(tables, truth)
    other = interleaved(stream.world, stream.world.events, again, WITHOUT_KEY)
    if not any(truth.is_guess(key) for key in truth.subscriptions()):
        assert linked_owners(tables) == linked_owners(other)
        assert views(tables) == views(other)


@MANY
@given(stream=streams(OWNERS, lost=True))
def test_events_that_never_come_are_missed_by_nobody_else(stream: Stream) -> None:
    """What the others tell is as true as if nothing more had happened."""
    judge(stream.delivered(WITHOUT_KEY, after_each=check_one_owner), Truth(stream.world))


@MANY
@given(stream=streams(MIXED, synced=True))
def test_what_is_put_right_in_between_stays_right(stream: Stream) -> None:
    """Whoever compares a subscription with Stripe while events come neither undoes nor doubles anything."""
    tables = stream.delivered(WITH_KEY, after_each=check_one_owner)
    judge(tables, Truth(stream.world, key=True))


@MANY
@given(stream=streams(MIXED))
def test_thin_events_end_in_the_truth(stream: Stream) -> None:
    """Events that only name an object: what is fetched finds its user and leaves the others."""
    tables = stream.delivered(WITH_KEY, thin=True, after_each=check_one_owner)
    judge(tables, Truth(stream.world, key=True, thin=True))


@pytest.mark.parametrize(
    "kinds",
    [MIXED, COMPANIONS, LABELS_OF_ONE_SECOND],
    ids=["mixed", "sessions and customers", "labels of one second"],
)
@MANY
@given(data=st.data())
def test_a_happening_in_either_form_or_both_ends_in_the_truth(kinds: Kinds, data: st.DataObject) -> None:
    """Thin, as a snapshot, or both, in any order: all that the snapshots tell is known, and once."""
    stream = data.draw(streams(kinds))
    tables = stream.delivered(WITH_KEY, either_form=True, after_each=check_one_owner)
    judge(tables, Truth(stream.world, key=True))


@MANY
@given(data=st.data())
def test_only_users_with_a_profile_have_what_is_theirs(data: st.DataObject) -> None:
    """What waits for a profile is applied, once there is one, with the customer's next event."""
    late, never = data.draw(st.sets(st.sampled_from(USERS))), data.draw(st.sets(st.sampled_from(USERS)))
    stream = data.draw(streams(NO_PROFILES, *(SignUp(user) for user in sorted(late - never))))
    early = {user: {"PK": user} for user in USERS if user not in late | never}
    truth, have = Truth(stream.world), {*USERS} - never
    stream = stream.closed_by(
        lambda fact: (
            truth.owners(str(fact.subscription_id)) <= have and not truth.is_guess(str(fact.subscription_id))
        )
    )
    tables = stream.delivered(ONLY_EXISTING, profiles=early, after_each=check_one_owner)
    judge(tables, Truth(stream.world), profiles=have)


@MANY
@given(data=st.data())
def test_a_profile_that_the_app_deletes_brings_nobody_what_is_not_his(data: st.DataObject) -> None:
    """It takes what it knew along, but a subscription is still in one profile at most."""
    removed = data.draw(st.lists(st.sampled_from(USERS), min_size=1, max_size=3))
    stream = data.draw(streams(OWNERS, *map(Removal, removed)))
    judge_nobody_elses(stream.delivered(WITHOUT_KEY, after_each=check_nobody_elses))


@MANY
@given(stream=streams(MANY_DEAD))
def test_many_dead_subscriptions_that_change_hands(stream: Stream) -> None:
    """Nobody sees what is not his, nor a dead one alive; what was forgotten of it cannot be handed on."""
    tables = stream.delivered(WITHOUT_KEY, after_each=check_one_owner)
    judge(tables, Truth(stream.world), forgotten=True)
