"""Every scenario is a life a Stripe subscription can have."""

from collections import Counter
from typing import Any

import pytest

from stripe_handler_cli.lab.simulator import ERAS, SCENARIOS, SimulatedLife, SimulationOptions, iterate_lives
from support.scenarios import options_for

LEGAL = {
    None: {"incomplete", "trialing", "active"},
    "incomplete": {"active", "incomplete_expired"},
    "trialing": {"active", "past_due", "paused", "canceled"},
    "active": {"past_due", "canceled"},
    "past_due": {"active", "unpaid", "canceled"},
    "unpaid": {"active", "canceled"},
    "paused": {"active", "canceled"},
    "canceled": set(),
    "incomplete_expired": set(),
}
"""Status → statuses Stripe can move it to in our scenarios."""


def _walks(life: SimulatedLife) -> dict[str, list[tuple[str, str]]]:
    """Subscription → (event type, status) of its events, in order."""
    walks: dict[str, list[tuple[str, str]]] = {}
    for event in life.events:
        body = event["data"]["object"]
        if body["object"] == "subscription":
            walks.setdefault(body["id"], []).append((event["type"].rpartition(".")[2], body["status"]))
    return walks


def _statuses(*names: str, **options: Any) -> set[str]:
    lives = iterate_lives(21, 60, SimulationOptions(scenarios=names, **options))
    return {status for life in lives for walk in _walks(life).values() for _, status in walk}


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_is_a_legal_walk(name: str) -> None:
    """It begins with `created`, moves between statuses as Stripe does, and nothing follows its end."""
    for life in iterate_lives(20, 25, options_for(name)):
        for walk in _walks(life).values():
            assert [kind for kind, _ in walk].count("created") == 1
            assert walk[0][0] == "created"
            status = None
            for kind, new in walk:
                assert new == status or new in LEGAL[status], walk
                assert (kind == "deleted") <= (new == "canceled")
                status = new
            assert "deleted" not in [kind for kind, _ in walk[:-1]]


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("first_payment_abandoned", {"incomplete", "incomplete_expired", "active"}),
        ("trial_pauses", {"trialing", "paused", "active", "canceled"}),
        ("trial_cancels", {"trialing", "canceled"}),
        ("dunning_recovered", {"past_due", "active"}),
        ("dunning_unpaid", {"past_due", "unpaid"}),
        ("dunning_canceled", {"past_due", "canceled"}),
        ("canceled_while_due", {"past_due", "canceled"}),
        ("invoice_voided", {"past_due", "active"}),
        ("zero_invoices", {"active", "past_due", "unpaid", "canceled"}),
    ],
)
def test_a_scenario_reaches_its_statuses(name: str, statuses: set[str]) -> None:
    """What the name promises does happen."""
    assert statuses <= _statuses(name)


def _bought(**options: Any) -> list[list[dict[str, Any]]]:
    """Of lives in which something is bought: the first payment, and the subscription's first two events."""
    found = []
    alone = SimulationOptions(
        scenarios=("checkout",), second_scenario_share=0.0, expanded_share=0.0, **options
    )
    for life in iterate_lives(22, 60, alone):
        states = [event for event in life.events if "subscription" in event["type"]]
        paid = next(event for event in life.events if event["type"] == "invoice.payment_succeeded")
        found.append([paid, *states[:2]])
    return found


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"eras": ("2023",)}, id="Checkout before 2025-03-31"),
        pytest.param({"eras": ("2026-endive",), "own_page_share": 1.0}, id="an app's own page"),
    ],
)
def test_what_waits_for_its_payment_is_mostly_active_in_the_same_second(options: dict[str, Any]) -> None:
    """`incomplete`, the payment and `active` share one second in most lives, and not in all."""
    seconds: Counter[int] = Counter()
    for paid, created, updated in _bought(**options):
        first = created["data"]["object"], updated["data"]["object"]
        assert [body["status"] for body in first] == ["incomplete", "active"]
        assert paid["data"]["object"]["attempt_count"] == 1
        seconds[updated["created"] - created["created"]] += 1
    assert seconds[0] > 20
    assert len(seconds) > 2


@pytest.mark.parametrize("era", ["2025-basil", "2025-clover", "2026-endive"])
def test_checkout_charges_before_it_makes_the_subscription(era: str) -> None:
    """Since 2025-03-31: it is `active` when it is created, and its paid invoice may count no attempt."""
    attempts: Counter[int] = Counter()
    for paid, created, *_ in _bought(eras=(era,), own_page_share=0.0):
        body, invoice = created["data"]["object"], paid["data"]["object"]
        assert (body["status"], body["latest_invoice"]) == ("active", invoice["id"])
        assert body["default_payment_method"]
        assert (invoice["status"], invoice["attempted"]) == ("paid", True)
        attempts[invoice["attempt_count"]] += 1
    assert set(attempts) == {0, 1}
    assert attempts[0] > attempts[1]


def test_only_checkout_completes_a_session() -> None:
    """A page of the app's own makes subscriptions of which no session tells."""
    for share, expected in ((0.0, True), (1.0, False)):
        options = SimulationOptions(
            scenarios=("checkout",), eras=("2026-endive",), sessions=True, own_page_share=share
        )
        for life in iterate_lives(22, 20, options):
            told = {event["type"] for event in life.events}
            assert ("checkout.session.completed" in told) == expected


def test_a_portal_cancel_follows_the_billing_mode() -> None:
    """Classic sets `cancel_at_period_end`, flexible sets `cancel_at` only."""
    shapes = set()
    for life in iterate_lives(23, 60, SimulationOptions(scenarios=("portal_cancel",), eras=("2025-clover",))):
        for event in life.events:
            body = event["data"]["object"]
            if body["object"] == "subscription" and body["cancel_at"]:
                shapes.add((body["billing_mode"]["type"], body["cancel_at_period_end"]))
    assert shapes == {("classic", True), ("flexible", False)}


def test_a_failed_payment_says_when_stripe_tries_again() -> None:
    """Attempts count up, each announces the next, and the one Stripe gives up with announces none."""
    for life in iterate_lives(24, 40, SimulationOptions(scenarios=("dunning_canceled",), eras=("2023",))):
        attempts: dict[str, list[tuple[int, int | None, int]]] = {}
        for event in life.events:
            body = event["data"]["object"]
            if event["type"] == "invoice.payment_failed":
                attempts.setdefault(body["id"], []).append(
                    (body["attempt_count"], body["next_payment_attempt"], event["created"])
                )
        for tries in attempts.values():
            assert [count for count, _, _ in tries] == list(range(1, len(tries) + 1))
            assert [after for _, after, _ in tries[:-1]] == [made for _, _, made in tries[1:]]
            assert tries[-1][1] is None


def test_items_have_periods_of_their_own_only_since_2025() -> None:
    """Before basil all items of a subscription share one period."""
    different = {
        era: any(
            len({item.period_end for item in subscription.items}) > 1
            for life in iterate_lives(25, 40, SimulationOptions(scenarios=("several_items",), eras=(era,)))
            for states in life.book.subscriptions.values()
            for _, subscription in states
        )
        for era in ERAS
        if era != "2014"
    }
    assert different == {
        "2016": False,
        "2019": False,
        "2023": False,
        "2025-basil": True,
        "2025-clover": True,
        "2026-endive": True,
    }


def test_a_second_subscription_runs_while_the_first_one_ends() -> None:
    """Resubscribing overlaps: the second is created before the first is deleted."""
    overlaps = 0
    for life in iterate_lives(26, 20, SimulationOptions(scenarios=("resubscribe",), eras=("2023",))):
        order = [(event["type"].rpartition(".")[2], event["data"]["object"]["id"]) for event in life.events]
        first = order[0][1]
        second_created = max(index for index, (kind, _) in enumerate(order) if kind == "created")
        overlaps += order.index(("deleted", first)) > second_created
    assert overlaps >= 15


def test_metadata_comes_later() -> None:
    """The created event names nobody, a later update does, and tells that nothing was there before."""
    for life in iterate_lives(
        27, 20, SimulationOptions(scenarios=("metadata_later",), second_scenario_share=0.0)
    ):
        assert life.events[0]["data"]["object"]["metadata"] == {}
        told = [event["data"].get("previous_attributes", {}).get("metadata", {}) for event in life.events]
        assert sum("userId" in old and old["userId"] is None for old in told) == 1


def test_updates_share_a_second_and_may_end_where_they_began() -> None:
    """Bursts happen; with cycles switched off none of them returns to its beginning."""

    def cycles(*, allowed: bool) -> tuple[int, int]:
        options = SimulationOptions(scenarios=("same_second",), same_second_cycles=allowed, eras=("2023",))
        bursts = returns = 0
        for life in iterate_lives(28, 40, options):
            seconds: dict[tuple[str, int], list[dict[str, Any]]] = {}
            for event in life.events:
                if event["type"].endswith("updated"):
                    key = (event["data"]["object"]["id"], event["created"])
                    seconds.setdefault(key, []).append(event)
            for updates in seconds.values():
                bursts += len(updates) > 1
                old = updates[0]["data"]["previous_attributes"].get("items", {}).get("data")
                returns += len(updates) > 1 and old == updates[-1]["data"]["object"]["items"]["data"]
        return bursts, returns

    bursts, returns = cycles(allowed=True)
    assert bursts > 20
    assert returns > 5
    assert cycles(allowed=False)[1] == 0


def test_old_versions_never_have_three_updates_in_a_second() -> None:
    """With a piece missing a handler looks at today's API, which tells more than their events do."""
    for life in iterate_lives(29, 80, SimulationOptions(eras=("2014", "2016"))):
        updates = Counter(
            (event["data"]["object"]["id"], event["created"])
            for event in life.events
            if event["type"].endswith("updated")
        )
        assert max(updates.values(), default=0) <= 2


def test_some_accounts_expand_references() -> None:
    """Customer, product, latest invoice and subscription come as whole objects in some lives, else as ids."""
    expanded = set()
    for life in iterate_lives(30, 30, SimulationOptions(eras=("2023",), expanded_share=1.0)):
        for event in life.events:
            body = event["data"]["object"]
            expanded |= {key for key, value in body.items() if isinstance(value, dict) and value.get("id")}
            for item in body.get("items", {}).get("data", ()):
                expanded |= {key for key, value in item["price"].items() if isinstance(value, dict)}
    assert {"customer", "latest_invoice", "product", "subscription"} <= expanded
    for life in iterate_lives(30, 30, SimulationOptions(eras=("2023",), expanded_share=0.0)):
        assert all(isinstance(event["data"]["object"]["customer"], str) for event in life.events)
