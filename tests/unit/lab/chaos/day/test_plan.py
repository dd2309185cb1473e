"""What a day brings: seeded, as much of each as was wanted, and everything is either delivered or missed."""

from collections import Counter

import attrs
import pytest

from stripe_handler_cli.lab.chaos.day.clock import DayClock
from stripe_handler_cli.lab.chaos.day.incidents import Amounts, Kind
from stripe_handler_cli.lab.chaos.day.plan import plan_day
from stripe_handler_cli.lab.chaos.day.stripe import DayAccount
from stripe_handler_cli.lab.fake_stripe import SimulatedAccount
from stripe_handler_cli.lab.simulator import SimulationOptions, second_of
from stripe_handler_cli.lab.simulator.days import simulate_day
from stripe_subscription_handler.events.envelope import parse_event

OPTIONS = SimulationOptions(
    eras=("2026-endive",), sessions=True, customers=True, entitlements=True, thin_share=0.5
)
DAY = simulate_day(5, 60, OPTIONS)
PLAN = plan_day(DAY, 5, Amounts())
SENT = {one.event["id"] for life in DAY.account.lives for one in life.happenings if one.second >= DAY.start}


def befallen(kind: Kind) -> set[str | None]:
    """The events that something befell."""
    return {one.event_id for one in PLAN.incidents if one.kind is kind}


def test_the_same_seed_is_the_same_plan() -> None:
    """A run can be repeated."""
    assert plan_day(DAY, 5, Amounts()) == PLAN
    assert plan_day(DAY, 6, Amounts()) != PLAN


def test_each_event_is_delivered_or_missed() -> None:
    """What is missed is an incident; some come twice, none before it happened."""
    delivered = Counter(event["id"] for _, event in PLAN.deliveries if event["id"] not in PLAN.told_late)
    missed = befallen(Kind.LOST) | befallen(Kind.DISABLED) | befallen(Kind.NOT_GENERATED)
    assert set(delivered) | missed == SENT
    assert not set(delivered) & missed
    assert any(count > 1 for count in delivered.values())
    assert all(second >= second_of(event) - 1 for second, event in PLAN.deliveries)
    assert [second for second, _ in PLAN.deliveries] == sorted(second for second, _ in PLAN.deliveries)


def test_nothing_is_delivered_while_the_destination_is_disabled() -> None:
    """What happens meanwhile is missed, but for what Stripe did not even make."""
    assert PLAN.disabled is not None
    since, until = PLAN.disabled
    happened = {
        one.event["id"]
        for life in DAY.account.lives
        for one in life.happenings
        if since <= one.second < until
    }
    assert happened <= befallen(Kind.DISABLED) | befallen(Kind.NOT_GENERATED)
    assert until - since == 45 * 60


def test_stripe_says_later_what_it_failed_to_make() -> None:
    """It comes without data, and has them when it is asked for; the event itself there never was."""
    clock = DayClock(start=DAY.end, speed=1)
    account = DayAccount(SimulatedAccount(DAY.account, clock), PLAN)
    assert PLAN.told_late
    for identifier, shown in PLAN.told_late.items():
        [delivered] = [event for _, event in PLAN.deliveries if event["id"] == identifier][:1]
        assert "data" not in delivered
        missed = parse_event(shown).missed
        assert missed is not None
        assert missed.object_id is not None
        if second_of(shown) <= DAY.end:
            assert account.find("v2.core.event", identifier).body == shown
    assert not set(account.newest_first("event")) & PLAN.not_generated
    assert {account.find("event", one).body for one in PLAN.not_generated} == {None}
    before = DayAccount(SimulatedAccount(DAY.account, DayClock(start=DAY.start, speed=1)), PLAN)
    assert {before.find("v2.core.event", one).body for one in PLAN.told_late} == {None}


def test_a_restored_table_befalls_whoever_changed_since_it_was_copied() -> None:
    """And nobody else."""
    assert PLAN.copied is not None
    assert PLAN.restored is not None
    changed = {
        user
        for user, seconds in DAY.moments.items()
        if any(PLAN.copied < s <= PLAN.restored for s in seconds)
    }
    assert {one.users[0] for one in PLAN.incidents if one.kind is Kind.RESTORED} == changed != set()


def test_what_is_not_admitted_is_neither_sent_nor_missed() -> None:
    """The rule holds it back."""
    plan = plan_day(DAY, 5, Amounts(), lambda event: not event["type"].endswith("invoice.paid"))
    assert 0 < plan.events < PLAN.events
    assert not any(event["type"].endswith("invoice.paid") for _, event in plan.deliveries)


@pytest.mark.parametrize("kind", Kind)
def test_what_is_not_wanted_does_not_happen(kind: Kind) -> None:
    """Each amount is one kind's."""
    fields = {Kind.DISABLED: "disabled_minutes", Kind.RESTORED: "restores"}
    name = fields.get(kind, kind.name.lower())
    plan = plan_day(DAY, 5, attrs.evolve(Amounts(), **{name: 0}))
    assert kind not in {one.kind for one in plan.incidents}
    assert {one.kind for one in PLAN.incidents} == set(Kind)


def test_without_its_stripe_nothing_is_lost() -> None:
    """Late and twice is what is left."""
    plan = plan_day(DAY, 5, Amounts().without_stripe().without_processes())
    assert {one.kind for one in plan.incidents} == {Kind.LATE}
    assert {event["id"] for _, event in plan.deliveries} == SENT
    assert (plan.kills, plan.faults, plan.replaced, plan.copied) == ((), (), (), None)
