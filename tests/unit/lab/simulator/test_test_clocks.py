"""A life under a test clock is the same life, told within moments; Stripe's lists leave it out."""

from itertools import pairwise

import attrs
import pytest

from stripe_handler_cli.lab.fake_stripe import API_KEY, FakeStripe
from stripe_handler_cli.lab.fake_stripe.accounts import AccountClock, SimulatedAccount
from stripe_handler_cli.lab.simulator import SimulatedLife, Simulation, SimulationOptions, simulate
from stripe_handler_cli.lab.simulator.test_clocks import LONGEST_SECONDS
from stripe_handler_cli.operate.reconcile.command import connect
from stripe_handler_cli.stack.stripe_options import StripeAccess
from stripe_subscription_handler.comparison.account import Account
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.events.selection import PLAIN

NOT = SimulationOptions(
    eras=("2026-endive",), sessions=True, customers=True, entitlements=True, expanded_share=0.0
)
UNDER = attrs.evolve(NOT, test_clock_share=1.0)


@pytest.fixture(scope="module")
def pairs() -> list[tuple[SimulatedLife, SimulatedLife]]:
    """The same lives, without and with a clock."""
    return list(zip(simulate(81, 40, NOT).lives, simulate(81, 40, UNDER).lives, strict=True))


def test_everything_of_a_life_is_under_its_clock(pairs: list[tuple[SimulatedLife, SimulatedLife]]) -> None:
    """Its customer, its subscriptions, its invoices; each life has a clock of its own."""
    clocks = set()
    for _, life in pairs:
        bodies = [life.book.find("customer", key, second=2**40) for key in life.book.customers]
        [clock] = {one["test_clock"] for one in bodies if one and not one.get("deleted")} or {None}
        for kind, held in (("subscription", life.book.subscriptions), ("invoice", life.book.invoices)):
            shown = [life.book.find(kind, key) for key in held]
            assert {one["test_clock"] for one in shown if one} <= {clock or shown[0]["test_clock"]}  # type: ignore[index]
        clocks.add(clock)
    assert len(clocks - {None}) > len(pairs) / 2
    assert all(clock is None or clock.startswith("clock_") for clock in clocks)


def test_objects_have_the_clocks_time_and_events_the_real_one(
    pairs: list[tuple[SimulatedLife, SimulatedLife]],
) -> None:
    """What is told is the same, in the same order, and nothing takes long; a second stays a second."""
    for without, life in pairs:
        for one, other in zip(without.happenings, life.happenings, strict=True):
            told = other.event["data"]["object"]
            assert {**one.event["data"]["object"], "test_clock": None} == {**told, "test_clock": None}
            assert one.event["id"] == other.event["id"]
        for (one, told_one), (other, told_other) in pairwise(
            zip(without.happenings, life.happenings, strict=True)
        ):
            took, takes = other.second - one.second, told_other.second - told_one.second
            assert takes == took or 0 < takes < took
            assert (one.event["created"] == other.event["created"]) == (
                told_one.event["created"] == told_other.event["created"]
            )
        assert life.happenings[-1].second - life.happenings[0].second <= LONGEST_SECONDS * 10_000
    last = max((life for _, life in pairs), key=lambda life: len(life.happenings))
    ends = [body["current_period_end"] for body in _items(last)]
    assert max(ends) > last.happenings[-1].second, "the clock is ahead of what events say"


def _items(life: SimulatedLife) -> list[dict[str, int]]:
    shown = (life.book.find("subscription", key) for key in life.book.subscriptions)
    return [item for body in shown if body for item in body["items"]["data"]]


def test_the_profiles_are_those_of_the_same_life(pairs: list[tuple[SimulatedLife, SimulatedLife]]) -> None:
    """In the clock's time; only when an attempt failed is told by the event alone, in its time."""
    for without, life in pairs:
        for user, profile in life.profiles.items():
            same = dict(without.profiles[user])
            if profile.get("lastPaymentStatus") == "failed":
                same["lastPaymentAt"] = profile["lastPaymentAt"]
            assert profile == same


def test_stripes_lists_leave_it_out_unless_its_clock_or_customer_is_named() -> None:
    """And by its id it is found, as it is at the moment that events have come to."""
    made: Simulation = simulate(82, 6, attrs.evolve(UNDER, test_clock_share=0.5, scenarios=("checkout",)))
    clocked = [life for life in made.lives if _clock(made, life) is not None]
    assert 0 < len(clocked) < len(made.lives)
    under = {key for life in clocked for key in life.book.subscriptions}
    clock = AccountClock(monotonic=lambda: 0.0)
    with FakeStripe(SimulatedAccount(made, clock), now=clock.now) as stripe:
        stripe.account.sent(made.events)  # type: ignore[attr-defined]
        config = Config("t", "s", stripe_api_url=stripe.url)
        account = Account(connect(config, StripeAccess(API_KEY, "KEY"), lambda: None), PLAIN)
        listed = {body["id"] for page in account.subscriptions() for body in page.objects}
        assert listed == set(made.subscriptions) - under
        for life in clocked:
            [customer] = life.book.customers
            for named in (([customer], []), ([], [_clock(made, life) or ""])):
                pages = account.subscriptions_of(*named)
                assert {body["id"] for page in pages for body in page.objects} == set(life.book.subscriptions)
            for key in life.book.subscriptions:
                found = account.subscription(key)
                assert found is not None
                assert found.object["test_clock"] == _clock(made, life)


def _clock(made: Simulation, life: SimulatedLife) -> str | None:
    [customer] = life.book.customers
    body = made.customer(customer) or {}
    clock: str | None = body.get("test_clock")
    return clock
