"""A pass of the drift check is the same in one slice or in many, and only lost events count as drift."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stripe_subscription_handler.comparison.differences import Difference, Kind
from stripe_subscription_handler.conversation.model import Tables
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.decisions.view_settings import ViewSettings
from stripe_subscription_handler.errors import PassHeldError, StripeUnavailableError
from stripe_subscription_handler.events.envelope import parse_event
from stripe_subscription_handler.stripe_side.api import Snapshot
from support import events
from support.lost_events import Story, shown, stories
from support.reconciling import Account, Reconciliation
from support.slicing import INTERVAL_SECONDS, Sliced

BODIES = {
    f"sub_{n}": events.subscription(
        id=f"sub_{n}", user=f"user_{n}", customer=f"cus_{n}", created=events.T0 + n
    )
    for n in range(7)
}


def world(*, delivered: bool = True) -> Reconciliation:
    """Seven subscriptions; delivered, so that nothing differs, or none of them."""
    made = Reconciliation(Account(dict(BODIES)))
    for n, body in enumerate(BODIES.values()):
        if delivered:
            made.tables.deliver(
                parse_event(events.created(body, event_id=f"evt_{n}", created=body["created"]))
            )
    return made


def which(found: list[Difference]) -> set[tuple[str, str, str | None]]:
    """Kind, subscription and user of differences."""
    return {(one.kind, one.subscription_id, one.user_id) for one in found}


@given(story=stories(), ends=st.lists(st.booleans(), max_size=60))
@settings(max_examples=75, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_many_slices_are_one_pass(story: Story, ends: list[bool]) -> None:
    """Wherever slices end, they find what one run of reconcile finds, once each."""
    whole = Reconciliation(Account(story.bodies), Tables(policy=Policy()))
    story.befall(whole.tables)
    sliced = Sliced(Reconciliation(Account(story.bodies), Tables(policy=Policy())))
    story.befall(sliced.world.tables)
    following = iter(ends)
    went = sliced.whole_pass(lambda: next(following, False))
    expected = whole.run()
    assert which(sliced.told) == which(expected)
    assert len(sliced.told) == len(expected) == went.believed.differences
    assert went.looked.subscriptions == len(story.bodies)


@given(story=stories(), ends=st.lists(st.booleans(), max_size=60))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_repairing_pass_leaves_nothing(story: Story, ends: list[bool]) -> None:
    """The profiles show the truth, and the next day's pass finds nothing."""
    sliced = Sliced(Reconciliation(Account(story.bodies), Tables(policy=Policy())), repair=True)
    story.befall(sliced.world.tables)
    following = iter(ends)
    went = sliced.whole_pass(lambda: next(following, False))
    assert went.believed.remaining == 0
    assert shown(sliced.world.tables) == shown(story.truth())
    sliced.a_day_passes()
    assert sliced.whole_pass().believed.differences == 0


def test_each_slice_gets_on_although_its_time_is_up_at_once() -> None:
    """One page each: 7 subscriptions on 4 pages, 4 pages of profiles, 7 second looks."""
    sliced = Sliced(world(delivered=False))
    went = sliced.whole_pass(lambda: True)
    assert which(sliced.told) == {(Kind.MISSING_PROFILE, f"sub_{n}", f"user_{n}") for n in range(7)}
    assert went.drift_pass.slices == sliced.slices > 10
    assert (went.looked.subscriptions, went.looked.differences) == (7, 7)


def test_pages_are_kept_together() -> None:
    """Not each page costs a write: here all of them, then the end of the walk and of the slice."""
    sliced = Sliced(world())
    assert sliced.slice().drift_pass.finished is not None
    assert sliced.passes.saves == 2


def test_nothing_is_written_unless_it_repairs() -> None:
    """Looking leaves the tables as they are."""
    sliced = Sliced(world(delivered=False))
    sliced.whole_pass()
    assert not sliced.world.tables.profiles
    assert not any(one.repaired for one in sliced.told)
    sliced.repair = True
    sliced.a_day_passes()
    assert sliced.whole_pass().believed.remaining == 0
    assert set(sliced.world.tables.profiles) == {f"user_{n}" for n in range(7)}


def test_an_event_on_its_way_is_no_drift() -> None:
    """Stripe changes something between slices, and the event arrives one slice later."""
    made = world()
    late: list[dict[str, Any]] = []
    changes = iter(range(7))

    def between() -> None:
        for event in late:
            made.tables.deliver(parse_event(event))
        late.clear()
        n = next(changes, None)
        if n is not None:
            body = {**made.account.bodies[f"sub_{n}"], "status": "past_due"}
            made.account.bodies[f"sub_{n}"] = body
            created = made.account.second = made.account.second + 10
            late.append(
                events.updated(body, event_id=f"evt_late_{n}", created=created, previous={"status": "active"})
            )

    between()
    sliced = Sliced(made)
    went = sliced.whole_pass(lambda: True, between)
    assert went.looked.differences > 0
    assert (sliced.told, went.believed.differences) == ([], 0)


def test_a_lost_event_counts_although_others_come() -> None:
    """What was lost at the first look and is still missing at the second counts."""
    made = world()
    lost = {**BODIES["sub_3"], "status": "past_due"}
    made.account.bodies["sub_3"] = lost
    sliced = Sliced(made)
    went = sliced.whole_pass()
    assert which(sliced.told) == {(Kind.STALE, "sub_3", "user_3")}
    assert went.believed.remaining == 1


def test_what_differs_in_another_way_each_time_counts_at_the_third_look() -> None:
    """Or a busy subscription whose events never arrive would hide for ever."""
    made = world()
    statuses = iter(("past_due", "unpaid", "paused", "active"))

    def change() -> None:
        made.account.bodies["sub_3"] = {**BODIES["sub_3"], "status": next(statuses)}

    change()
    sliced = Sliced(made)
    sliced.whole_pass(between=change)
    assert which(sliced.told) == {(Kind.STALE, "sub_3", "user_3")}
    assert sliced.slices == 3


def test_two_invocations_do_not_work_at_once() -> None:
    """The second one is refused until the first has ended, or its time is surely up."""
    sliced = Sliced(world())
    sliced.passes.take("another", sliced.now, sliced.now + 900)
    with pytest.raises(PassHeldError):
        sliced.slice()
    assert sliced.passes.held is not None
    sliced.now += 900
    assert sliced.slice().drift_pass.finished is not None
    assert sliced.passes.held is None


def test_an_invocation_that_lost_its_hold_keeps_nothing() -> None:
    """What another one keeps meanwhile is not overwritten."""
    sliced = Sliced(world())
    with pytest.raises(PassHeldError):
        sliced.slice(
            lambda: bool(sliced.passes.take("another", sliced.now + 1000, sliced.now + 2000)) or True
        )
    assert sliced.passes.kept is None


def test_a_pass_begins_once_an_interval() -> None:
    """In between there is nothing to do, unless somebody wants a pass now."""
    sliced = Sliced(world())
    first = sliced.slice()
    sliced.now += INTERVAL_SECONDS - 1
    assert not sliced.slice().worked
    assert sliced.slice(begin=True).drift_pass.id != first.drift_pass.id
    sliced.a_day_passes()
    assert sliced.slice().worked


def test_a_pass_that_gets_nowhere_is_given_up() -> None:
    """After three intervals a new one begins: the subscription at which Stripe's list went on may be gone."""
    sliced = Sliced(world())
    stuck = sliced.slice(lambda: True)
    assert stuck.drift_pass.finished is None
    sliced.now += 3 * INTERVAL_SECONDS
    assert sliced.slice().drift_pass.id != stuck.drift_pass.id


def test_stripes_silence_ends_the_slice_and_not_the_pass() -> None:
    """What was done is kept; the error is seen; the next slice goes on from there."""
    made = world(delivered=False)
    made.account.breaks_after = 2
    sliced = Sliced(made)
    with pytest.raises(ConnectionError):
        sliced.slice()
    assert sliced.passes.held is None
    made.account.breaks_after = None
    went = sliced.whole_pass()
    assert went.looked.subscriptions == 7
    assert len(sliced.told) == 7


def test_too_little_time_to_ask_is_no_error() -> None:
    """The slice ends as any other does."""
    sliced = Sliced(world(delivered=False))
    sliced.whole_pass(lambda: True)

    class Hurried(Account):
        def subscription(self, subscription_id: str) -> Snapshot | None:  # noqa: ARG002
            raise StripeUnavailableError("too little time is left of this invocation to ask Stripe")

    made = Reconciliation(Hurried({}))
    made.tables.deliver(parse_event(events.created(BODIES["sub_1"], event_id="evt_1", created=events.T0)))
    answers = iter((False, True))
    assert Sliced(made).slice(lambda: next(answers, True)).drift_pass.finished is None
    with pytest.raises(StripeUnavailableError):
        Sliced(made).slice()


SHORT = ViewSettings(access_renewal_grace_hours=1)


def test_a_pass_that_left_nothing_tells_by_which_settings() -> None:
    """One that found something and repaired nothing does not, nor one that is under way."""
    now = Policy().shows.fingerprint
    assert Sliced(world()).whole_pass().is_full(now)
    assert not Sliced(world()).whole_pass().is_full(SHORT.fingerprint)
    assert not Sliced(world(delivered=False)).whole_pass().is_full(now)
    assert Sliced(world(delivered=False), repair=True).whole_pass().is_full(now)
    assert not Sliced(world()).slice(lambda: True).is_full(now)


def test_a_pass_that_began_under_other_settings_is_none_of_todays() -> None:
    """Its first pages were held to be right by the others."""
    sliced = Sliced(world())
    sliced.slice(lambda: True)
    sliced.world.policy = Policy(shows=SHORT, can_ask_stripe=True)
    sliced.repair = True
    went = sliced.whole_pass()
    assert went.drift_pass.finished is not None
    assert not went.is_full(SHORT.fingerprint)


def test_changed_settings_are_drift_and_repaired_without_stripe() -> None:
    """Also of a profile whose subscription Stripe does not know; once each, like anything else."""
    sliced = Sliced(world(), repair=True)
    del sliced.world.account.bodies["sub_0"]
    sliced.world.policy = Policy(shows=SHORT, can_ask_stripe=True)
    went = sliced.whole_pass()
    assert which(sliced.told) == {(Kind.VIEW, f"sub_{n}", f"user_{n}") for n in range(7)} | {
        (Kind.UNKNOWN_TO_STRIPE, "sub_0", "user_0")
    }
    assert all(one.repaired for one in sliced.told if one.kind is Kind.VIEW)
    assert (went.believed.recomputed, went.believed.from_stripe, len(sliced.told)) == (7, 0, 8)
    assert went.is_full(SHORT.fingerprint)


def test_profiles_that_show_the_same_are_no_drift() -> None:
    """Although other settings were in force when they were written."""
    sliced = Sliced(world())
    sliced.world.policy = Policy(
        shows=ViewSettings(access_while_collection_paused=False), can_ask_stripe=True
    )
    went = sliced.whole_pass()
    assert (went.believed.differences, went.looked.differences) == (0, 0)
    assert went.looked.other_settings == 7


def test_a_backfill_repairs_at_first_sight() -> None:
    """Nothing is looked at again; what it repaired is told and counted once, over all slices."""
    checks = Sliced(world(delivered=False), repair=True)
    went = checks.slice(lambda: True, begin=True, backfill=True)
    assert went.drift_pass.is_backfill
    assert went.drift_pass.finished is None
    while went.drift_pass.finished is None:
        went = checks.slice()
    assert (went.looked.remaining, went.told.repaired.total(), went.told.remaining) == (0, len(BODIES), 0)
    assert len(checks.told) == len(BODIES)
    assert all(one.repaired for one in checks.told)
    assert checks.world.run() == []
    # The next one, on its schedule, is none.
    checks.a_day_passes()
    assert not checks.slice().drift_pass.is_backfill


def test_a_backfill_of_a_check_that_may_only_look_repairs_nothing() -> None:
    """It looks twice, as ever."""
    checks = Sliced(world(delivered=False))
    checks.slice(begin=True, backfill=True)
    went = checks.whole_pass()
    assert (went.told.differences, went.told.repaired.total()) == (len(BODIES), 0)
    assert checks.world.tables.profiles == {}
