"""A run goes through everything page by page, and one that was broken off goes on where it was."""

import stat
from pathlib import Path

import pytest

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.reconcile.checkpoint import Checkpoint
from stripe_handler_cli.operate.reconcile.missed import handle_missed
from stripe_subscription_handler.comparison.differences import Kind
from stripe_subscription_handler.comparison.tally import SHOWN, Difference, Tally
from stripe_subscription_handler.conversation.model import Tables
from stripe_subscription_handler.events.envelope import parse_event
from support import events
from support.reconciling import Account, Reconciliation

BODIES = {
    f"sub_{n}": events.subscription(
        id=f"sub_{n}", user=f"user_{n}", customer=f"cus_{n}", created=events.T0 + n
    )
    for n in range(7)
}


def test_every_page_is_compared() -> None:
    """Of Stripe's list, and of the table."""
    made = Reconciliation(Account(dict(BODIES)))
    assert {one.subscription_id for one in made.run(apply=True)} == set(BODIES)
    made.account.bodies.clear()
    assert [one.kind for one in made.run()] == [Kind.UNKNOWN_TO_STRIPE] * 7


def test_a_broken_run_goes_on(tmp_path: Path) -> None:
    """Pages that were done are not compared again; the counts go on too."""
    made = Reconciliation(Account(dict(BODIES), breaks_after=2), path=tmp_path / "state.sqlite")
    with pytest.raises(ConnectionError):
        made.run(apply=True)
    assert set(made.tables.profiles) == {"user_3", "user_4", "user_5", "user_6"}
    made.account.breaks_after = None
    with Checkpoint.at(made.path, {"apply": True}) as kept:
        assert (kept.read("after"), kept.read("tally")["subscriptions"]) == ("sub_3", 4)
    assert {one.subscription_id for one in made.run(apply=True)} == {"sub_0", "sub_1", "sub_2"}
    assert set(made.tables.profiles) == {f"user_{n}" for n in range(7)}


def test_a_run_of_several_workers_goes_on(tmp_path: Path) -> None:
    """What is noted lies behind what is done: nothing is left out, whoever was further."""
    made = Reconciliation(Account(dict(BODIES), breaks_after=3), path=tmp_path / "state.sqlite", workers=3)
    with pytest.raises(ConnectionError):
        made.run(apply=True)
    with Checkpoint.at(made.path, {"apply": True}) as kept:
        noted = kept.read("tally") or {"subscriptions": 0}
        done = sorted(BODIES, reverse=True)[: noted["subscriptions"]]
    assert {f"user_{one.removeprefix('sub_')}" for one in done} <= set(made.tables.profiles)
    made.account.breaks_after = None
    made.run(apply=True)
    assert set(made.tables.profiles) == {f"user_{n}" for n in range(7)}
    assert made.run() == []


def test_a_finished_run_leaves_no_state(tmp_path: Path) -> None:
    """So the next one begins at the beginning."""
    made = Reconciliation(Account(dict(BODIES)), path=tmp_path / "state.sqlite")
    made.run()
    assert list(tmp_path.iterdir()) == []


def test_the_state_of_another_run_is_refused(tmp_path: Path) -> None:
    """With what to do about it; and so is a file that is no state at all."""
    with Checkpoint.at(tmp_path / "one", {"table": "a"}):
        pass
    with pytest.raises(CliError, match="is of another run"), Checkpoint.at(tmp_path / "one", {"table": "b"}):
        pass
    (tmp_path / "two").write_text("something else, long enough to be taken for a file of SQLite's")
    with pytest.raises(CliError, match="is not a state file"), Checkpoint.at(tmp_path / "two", {}):
        pass


def test_the_state_is_its_owners_alone(tmp_path: Path) -> None:
    """It names users and their subscriptions."""
    with Checkpoint.at(tmp_path / "one", {"table": "a"}):
        assert stat.S_IMODE((tmp_path / "one").stat().st_mode) == 0o600


HAPPENED = [
    events.created(BODIES["sub_1"], event_id="evt_1", created=events.T0 + 1),
    events.updated(
        {**BODIES["sub_1"], "status": "past_due"},
        event_id="evt_2",
        created=events.T0 + 2,
        previous={"status": "active"},
    ),
    events.paid(
        events.invoice(sub="sub_1", user="user_1", customer="cus_1"), event_id="evt_3", created=events.T0 + 3
    ),
]


def missed(tables: Tables, *, apply: bool, listed: list[dict[str, object]] | None = None) -> list[Difference]:
    """What a run over the list of events finds."""
    newest_first = HAPPENED[::-1] if listed is None else listed
    made = Reconciliation(Account(listed=newest_first), tables)
    found: list[Difference] = []
    with Checkpoint.at(made.path, {}) as checkpoint:
        handle_missed(made.account, events.T0, checkpoint, made.comparer(found, apply=apply))
    return found


def test_events_that_were_missed_are_handled() -> None:
    """And then they are no longer missed."""
    tables = Tables()
    tables.deliver(parse_event(HAPPENED[0]))
    assert [one.event_id for one in missed(tables, apply=False)] == ["evt_3", "evt_2"]
    assert tables.profiles["user_1"]["subscriptionStatus"] == "active"
    assert all(one.repaired for one in missed(tables, apply=True))
    profile = tables.profiles["user_1"]
    assert (profile["subscriptionStatus"], profile["lastPaymentStatus"]) == ("past_due", "succeeded")
    assert missed(tables, apply=False) == []


def test_an_event_that_a_newer_one_made_worthless_was_not_missed() -> None:
    """The decision about it is to skip it."""
    tables = Tables()
    for event in HAPPENED[1:]:
        tables.deliver(parse_event(event))
    assert missed(tables, apply=False) == []


def test_an_event_without_a_user_is_reported_unless_it_waits() -> None:
    """A parked one was not missed."""
    nobody = [events.created(events.subscription(user=None), event_id="evt_9", created=events.T0 + 9)]
    tables = Tables()
    assert [one.kind for one in missed(tables, apply=False, listed=nobody)] == [Kind.UNMAPPED]
    tables.deliver(parse_event(nobody[0]))
    assert missed(tables, apply=False, listed=nobody) == []


def test_a_malformed_event_does_not_end_the_run() -> None:
    """It is reported by its id, and the next one is handled."""
    broken = {**HAPPENED[1], "data": {}}
    found = missed(Tables(), apply=True, listed=[broken, HAPPENED[0]])
    assert [(one.kind, one.event_id) for one in found] == [
        (Kind.UNREADABLE, "evt_2"),
        (Kind.MISSED_EVENT, "evt_1"),
    ]


def test_what_is_kept_in_memory_is_bounded() -> None:
    """Differences are counted; only the first are kept."""
    tally = Tally()
    for number in range(3 * SHOWN):
        tally.add(Difference(Kind.STALE, f"sub_{number}", repaired=number % 2 == 0))
    assert (len(tally.shown), tally.differences, tally.remaining) == (SHOWN, 3 * SHOWN, 3 * SHOWN // 2)
    assert Tally.from_json(tally.as_json()).as_json() == tally.as_json()
