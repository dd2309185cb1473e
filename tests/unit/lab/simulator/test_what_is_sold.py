"""Add-ons, seats, usage, recreated and deleted items, and what another app sells on the same account."""

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from stripe_handler_cli.lab.simulator import ERAS, SimulatedLife, SimulationOptions, iterate_lives
from stripe_handler_cli.lab.simulator.catalogue import OTHER_APP, PLAN_PRODUCTS
from stripe_handler_cli.lab.simulator.truth.settings import CHOSEN, Settings
from support.scenarios import options_for


def _subscriptions(life: SimulatedLife) -> list[dict[str, Any]]:
    bodies = [event["data"]["object"] for event in life.events]
    return [body for body in bodies if body["object"] == "subscription"]


def _listed(era: str) -> list[list[dict[str, Any]]]:
    lives = iterate_lives(51, 60, options_for("several_items", eras=(era,), expanded_share=0))
    return [body["items"]["data"] for life in lives for body in _subscriptions(life)]


def test_items_come_go_and_are_made_anew() -> None:
    """Stripe may list an add-on before the plan, one product twice, usage, and deleted items."""
    seen: Counter[str] = Counter()
    for data in _listed("2025-clover"):
        products = [one["price"]["product"] for one in data if not one.get("deleted")]
        seen["deleted"] += any(one.get("deleted") for one in data)
        seen["before the plan"] += len(products) > 1 and products[0] not in PLAN_PRODUCTS
        seen["twice"] += len(products) > len(set(products))
        metered = [one for one in data if one["price"]["recurring"]["usage_type"] == "metered"]
        seen["metered"] += bool(metered)
        assert all("quantity" not in one for one in metered)
        seen["lookup key"] += any(one["price"]["lookup_key"] for one in data)
    assert min(seen.values()) > 5, seen
    assert len(seen) == 5


def test_a_recreated_item_has_another_id() -> None:
    """The same price, in one update."""
    recreated = 0
    for life in iterate_lives(52, 40, options_for("several_items", eras=("2023",))):
        for event in life.events:
            old = event["data"].get("previous_attributes", {}).get("items", {}).get("data")
            if old is not None:
                new = event["data"]["object"]["items"]["data"]
                prices = [sorted(one["price"]["id"] for one in data) for data in (old, new)]
                ids = [{one["id"] for one in data} for data in (old, new)]
                recreated += prices[0] == prices[1] and ids[0] != ids[1]
    assert recreated > 5


def test_a_deleted_item_is_listed_until_the_next_period() -> None:
    """It is in no period and on no bill."""
    for life in iterate_lives(53, 60, options_for("several_items", eras=("2025-clover",))):
        for states in life.book.subscriptions.values():
            for (_, before), (_, after) in pairwise(states):
                if after.period_start > before.period_end:
                    assert after.gone == []
        gone = {
            item.id for states in life.book.subscriptions.values() for _, one in states for item in one.gone
        }
        [shown] = life.profiles.values()
        assert all(product["subscriptionId"] for product in shown["subscriptionProducts"].values())
        last = {item.id for states in life.book.subscriptions.values() for item in states[-1][1].items}
        assert not gone & last


@pytest.mark.parametrize("era", ERAS)
def test_older_versions_tell_less(era: str) -> None:
    """No lookup key before prices, no pause before 2019, no deleted items there."""
    for life in iterate_lives(54, 60, SimulationOptions(eras=(era,), expanded_share=0)):
        for body in _subscriptions(life):
            data = body.get("items", {"data": []})["data"]
            keys = {one.get("price", {}).get("lookup_key") for one in data}
            assert life.version.has_prices or keys <= {None}
            if not life.version.has_modern_subscriptions:
                assert "pause_collection" not in body
                assert not any("deleted" in one for one in data)
        if not life.version.has_prices:
            # What Stripe's API of today would tell of it is no more.
            now = [life.book.find("subscription", key) for key in life.book.subscriptions]
            assert all(
                one["price"]["lookup_key"] is None for body in now if body for one in body["items"]["data"]
            )


def test_before_basil_all_items_share_a_period() -> None:
    """Whatever is added to or swapped in any scenario."""
    options = SimulationOptions(eras=("2016", "2019", "2023"), settings=CHOSEN)
    for life in iterate_lives(55, 300, options):
        for states in life.book.subscriptions.values():
            for _, one in states:
                assert len({item.period_end for item in one.items}) == 1, life.scenarios


def test_another_app_shares_the_account_where_a_filter_tells_them_apart() -> None:
    """Labelled with the user, with another one or not at all; some become ours, and some of these go back."""
    kinds: Counter[str] = Counter()
    for life in iterate_lives(56, 80, options_for("other_app", second_scenario_share=0)):
        for states in life.book.subscriptions.values():
            products = [one.plan.price.product_id for _, one in states]
            if OTHER_APP.product_id in products:
                user = states[0][1].metadata.get("userId")
                kinds["unlabelled" if user is None else "ours" if user == life.users[0] else "another's"] += 1
                kinds["becomes ours"] += products[-1] != OTHER_APP.product_id
                kinds["goes back"] += len({*products}) > 1 and products[-1] == OTHER_APP.product_id
        shown = [profile.get("subscriptionProductId") for profile in life.profiles.values()]
        assert OTHER_APP.product_id not in shown
    assert min(kinds.values()) > 0, kinds
    assert len(kinds) == 5


def test_without_a_filter_no_other_app_is_on_the_account() -> None:
    """Nobody could tell whose it is."""
    for life in iterate_lives(57, 100):
        assert "other_app" not in life.scenarios


def test_what_is_required_stands_in_the_metadata_of_ours() -> None:
    """From the beginning on, whatever else changes there."""
    settings = Settings(required_metadata={"app": "ours"})
    options = SimulationOptions(settings=settings, moves=True, sessions=True, customers=True)
    others = 0
    for life in iterate_lives(58, 120, options):
        for body in _subscriptions(life):
            others += body["metadata"].get("app") == "other"
            assert body["metadata"]["app"] in {"ours", "other"}
    assert others > 5


def test_a_filter_by_products_leaves_out_versions_without_products() -> None:
    """Nothing would be ours in them."""
    lives = list(iterate_lives(59, 200, SimulationOptions(settings=CHOSEN)))
    assert all(life.version.has_products for life in lives)
    assert any(life.version.era == "2016" for life in lives)
