"""What customers are entitled to: told by events of their own, and nothing else changes with them."""

from collections import Counter
from typing import Any

from stripe_handler_cli.lab.fake_stripe import CustomerClocks, SimulatedAccount
from stripe_handler_cli.lab.simulator import SimulationOptions, iterate_lives, simulate, subject_id
from stripe_handler_cli.lab.simulator.catalogue import FEATURES
from stripe_handler_cli.lab.simulator.options import ENTITLEMENTS_UPDATED, EVENT_TYPES
from stripe_handler_cli.lab.simulator.owners import owner_of
from stripe_handler_cli.lab.simulator.render_entitlements import MOST_TOLD, SUMMARY
from stripe_handler_cli.lab.simulator.truth.settings import CHOSEN

ON: dict[str, Any] = {"entitlements": True}


def _keys(body: dict[str, Any]) -> list[str]:
    return [one["lookup_key"] for one in body["entitlements"]["data"]]


def test_they_are_told_only_where_that_is_asked_for_and_nothing_else_changes() -> None:
    """Not without the switch, nor to a destination that does not subscribe to them."""
    without = [life.events for life in iterate_lives(71, 60)]
    with_them = list(iterate_lives(71, 60, SimulationOptions(**ON)))
    told = [event for life in with_them for event in life.events if event["type"] == ENTITLEMENTS_UPDATED]
    assert len(told) > 30
    assert [
        [event for event in life.events if event["type"] != ENTITLEMENTS_UPDATED] for life in with_them
    ] == without
    types = tuple(kind for kind in EVENT_TYPES if kind != ENTITLEMENTS_UPDATED)
    silent = iterate_lives(71, 60, SimulationOptions(**ON, event_types=types))
    assert all("entitlements" not in profile for life in silent for profile in life.profiles.values())


def test_a_summary_follows_the_products_that_are_paid_for() -> None:
    """One a second at most, each with what it was before; in the end what the profile shows."""
    for life in iterate_lives(72, 80, SimulationOptions(**ON, long_entitlements=False)):
        events = [event for event in life.events if event["type"] == ENTITLEMENTS_UPDATED]
        seconds = [event["created"] for event in events]
        assert seconds == sorted(set(seconds))
        before: list[str] = []
        for event in events:
            old = event["data"]["previous_attributes"]["entitlements"]["data"]
            assert [one["lookup_key"] for one in old] == before
            before = _keys(event["data"]["object"])
        for profile in life.profiles.values():
            assert profile.get("entitlements", []) == before
            features = FEATURES.get(profile.get("subscriptionProductId", ""), ())
            if (
                profile
                and profile["subscriptionStatus"] in {"active", "trialing"}
                and life.version.has_products
            ):
                assert not events or not features or set(features) & set(before)


def test_an_event_holds_ten_and_says_that_there_are_more() -> None:
    """The truth has all; without `long_entitlements` there are never more."""
    more = 0
    for life in iterate_lives(73, 60, SimulationOptions(**ON, scenarios=("upgrade",))):
        for event in life.events:
            if event["type"] == ENTITLEMENTS_UPDATED:
                body = event["data"]["object"]["entitlements"]
                assert len(body["data"]) <= MOST_TOLD
                more += body["has_more"]
        for profile in life.profiles.values():
            has_more = len(profile.get("entitlements", [])) > MOST_TOLD
            last = [event for event in life.events if event["type"] == ENTITLEMENTS_UPDATED][-1:]
            assert [event["data"]["object"]["entitlements"]["has_more"] for event in last] in ([has_more], [])
    assert more > 5
    short = SimulationOptions(**ON, scenarios=("upgrade",), long_entitlements=False)
    found = [profile for life in iterate_lives(73, 60, short) for profile in life.profiles.values()]
    assert max(len(profile.get("entitlements", [])) for profile in found) == MOST_TOLD


def test_one_user_at_most_has_what_a_customer_is_entitled_to() -> None:
    """Where the subscriptions have several owners, the one whom the customer's metadata names, or nobody."""
    kinds: Counter[str] = Counter()
    names = ("other_app", "shared_customer", "owner_move")
    options = SimulationOptions(**ON, scenarios=names, customers=True, settings=CHOSEN)
    for life in iterate_lives(74, 200, options):
        [customer_id] = life.book.customers
        told = life.book.entitlements.get(customer_id)
        if told and told[-1][1].lookup_keys:
            owners = {owner_of(life.book, key) for key in life.book.subscriptions} - {None}
            showing = [user for user, profile in life.profiles.items() if "entitlements" in profile]
            kinds[f"{len(owners)} owners, {len(showing)} shows"] += 1
            named = life.book.customers[customer_id][-1][1].metadata.get("userId")
            if len(owners) > 1:
                assert showing == ([named] if named in owners else [])
    assert set(kinds) == {"1 owners, 1 shows", "2 owners, 1 shows", "2 owners, 0 shows"}


def test_a_thin_life_has_them_as_snapshots() -> None:
    """Stripe's thin event of entitlements names no object, and so no customer."""
    options = SimulationOptions(**ON, thin=True)
    told = [event for life in iterate_lives(75, 40, options) for event in life.events]
    mine = [event for event in told if "entitlements" in event["type"]]
    assert {event["type"] for event in mine} == {ENTITLEMENTS_UPDATED}
    assert all(event["type"].startswith("v1.") for event in told if event not in mine)
    assert all(subject_id(event).startswith("cus_") for event in mine)


def test_the_account_tells_all_of_them_as_of_a_second() -> None:
    """By the customer's id; nothing before the first."""
    made = simulate(76, 40, SimulationOptions(**ON, scenarios=("upgrade",), eras=("2025-clover",)))
    account = SimulatedAccount(made, CustomerClocks(ahead_seconds=0, monotonic=lambda: 0.0))
    checked = 0
    for life in made.lives:
        [customer_id] = life.book.customers
        for event in life.events:
            if event["type"] == ENTITLEMENTS_UPDATED:
                account.sent([event])
                body = account.find(SUMMARY, customer_id).body
                assert body is not None
                assert _keys(dict(body))[:MOST_TOLD] == _keys(event["data"]["object"])
                assert life.book.find(SUMMARY, customer_id, event["created"] - 1) != body
                assert account.find("event", event["id"]).body == event
                checked += 1
    assert checked > 20
