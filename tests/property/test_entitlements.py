"""Whose are a customer's entitlements, and which? Any delivery, and at every step one profile at most."""

from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stripe_subscription_handler.decisions.policy import Policy
from support.delivery import Removal, SignUp
from support.entitled import (
    check_entitlements,
    check_nobody_elses_entitlements,
    entitled_streams,
    judge_entitlements,
)
from support.examples import MANY
from support.one_owner import check_one_owner
from support.streams import Stream
from support.worlds import Kinds

WITHOUT_KEY, WITH_KEY = Policy(), Policy(can_ask_stripe=True)
ONLY_EXISTING = Policy(create_missing_profile=False)
MOVING = Kinds(labels=3, companions=1, subscriptions=3, updates=1, most_dead=1, events=6)
SHARED = Kinds(labels=1, nobody=3, companions=3, customers=1, subscriptions=2, most_dead=1, events=6)
ONE_SECOND = attrs.evolve(MOVING, same_second=True)
USERS = ("user_1", "user_2")


def check(tables: Any) -> None:
    """Both invariants, which hold after every request."""
    check_one_owner(tables)
    check_entitlements(tables)


@pytest.mark.parametrize("kinds", [MOVING, SHARED, ONE_SECOND], ids=["moves", "one customer", "one second"])
@pytest.mark.parametrize("policy", [WITHOUT_KEY, WITH_KEY], ids=["without key", "with key"])
@MANY
@given(data=st.data())
def test_entitlements_are_shown_to_whose_they_are(kinds: Kinds, policy: Policy, data: st.DataObject) -> None:
    """With their owner they come and go, in whatever order the events come, and whoever is killed."""
    stream = data.draw(entitled_streams(kinds))
    tables = stream.delivered(policy, after_each=check)
    judge_entitlements(tables, stream.world, key=policy.can_ask_stripe)


@MANY
@given(stream=entitled_streams(ONE_SECOND))
def test_thin_events_show_the_newest_entitlements(stream: Stream) -> None:
    """What is fetched is never older than the event that named it."""
    tables = stream.delivered(WITH_KEY, thin=True, after_each=check)
    judge_entitlements(tables, stream.world, key=True)


@MANY
@given(data=st.data())
def test_entitlements_wait_for_a_profile(data: st.DataObject) -> None:
    """Nobody gets a profile for them, and who gets one later is shown them with the subscription."""
    late = data.draw(st.sets(st.sampled_from(USERS)))
    stream = data.draw(entitled_streams(MOVING, *(SignUp(user) for user in sorted(late))))
    early = {user: {"PK": user} for user in USERS if user not in late}
    tables = stream.delivered(ONLY_EXISTING, profiles=early, after_each=check)
    judge_entitlements(tables, stream.world, key=False)


@pytest.mark.parametrize("policy", [WITHOUT_KEY, ONLY_EXISTING], ids=["made again", "only existing"])
@MANY
@given(data=st.data())
def test_a_profile_that_the_app_deletes_gives_nobody_what_is_not_his(
    policy: Policy, data: st.DataObject
) -> None:
    """It may lack them until the next event about them, but no other profile keeps them."""
    between = [*map(Removal, USERS), *(SignUp(user) for user in data.draw(st.sets(st.sampled_from(USERS))))]
    stream = data.draw(entitled_streams(SHARED, *between))
    profiles = {user: {"PK": user} for user in USERS}
    stream.delivered(policy, profiles=profiles, after_each=check_nobody_elses_entitlements)
