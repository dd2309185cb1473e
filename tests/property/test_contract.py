"""Every item that the handler leaves, at any moment, keeps the contract, and an app can read it."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given

from stripe_subscription_handler.decisions.ledger import LIVE
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.reading import Profile
from support.contract import assert_in_contract
from support.examples import SOME
from support.model import Tables
from support.profile_items import A_MOMENT, ANSWERS
from support.streams import Stream, streams
from support.worlds import Kinds


def check(tables: Tables) -> None:
    """Hold each profile against the contract, and ask it everything."""
    for item in tables.profiles.values():
        assert_in_contract(item)
        profile = Profile.from_item(item)
        for ask in ANSWERS.values():
            ask(profile, A_MOMENT)
        agrees(profile, item)


def agrees(profile: Profile, item: Mapping[str, Any]) -> None:
    """Hold what a profile says of one thing against what it says of another."""
    assert {one.id for one in profile.subscriptions} == set(item.get(LIVE, ()))
    sold = {one.product_id for subscription in profile.subscriptions for one in subscription.items}
    assert set(profile.products) <= sold
    ends = [one.access_until for one in profile.products.values()]
    assert all(profile.access_until is not None and end <= profile.access_until for end in ends)
    assert profile.status != "canceled" or not profile.subscriptions


@pytest.mark.parametrize("policy", [Policy(), Policy(can_ask_stripe=True)], ids=["without key", "with key"])
@SOME
@given(stream=streams(Kinds(same_second=True, baskets=True)))
def test_every_item_keeps_the_contract(policy: Policy, stream: Stream) -> None:
    """After each request, whatever the order, with handlers side by side and some of them killed."""
    check(stream.delivered(policy, after_each=check))
