"""What is told of a forgotten user: what went, what is left and until when; as JSON too."""

import json
from pathlib import Path

import pytest

from stripe_handler_cli.operate.forget.letters import Looked
from stripe_handler_cli.operate.forget.remaining import dropped_files, of_person
from stripe_handler_cli.operate.forget.report import Report, print_report
from stripe_handler_cli.stack.dead_letters.messages import Layer
from stripe_subscription_handler.conversation.forgetting import Forgotten
from stripe_subscription_handler.conversation.marking import FromCustomer
from support.screens import plain, screen

PART = FromCustomer("cus_1", frozenset({"user_2"}), frozenset({"sub_1"}), frozenset({"evt_1"}))
DONE = Forgotten("user_1", (PART,), ("stripeLedgerLive", "subscriptionId"), left=("theme",))
QUEUES = (Looked(Layer.DELIVERY, 3, 1, 1), Looked(Layer.FUNCTION, 2, 0, 0))


def told(report: Report) -> str:
    """What people read, in a pipe."""
    return plain(screen(lambda console: print_report(console, report, " --workspace production")))


def test_people_are_told_what_went_and_how_to_lift_it() -> None:
    """The command that lifts the marks leads to the same stack."""
    text = told(Report(DONE, QUEUES, (), 9))
    assert "2 attributes of the profile, 1 subscription of 1 customer, 1 parked event, 1 message" in text
    assert "only this user's part: 1 other user" in text
    assert "delivery dead-letter queue 3, failure queue 2" in text
    assert "stripe-handler forget --undo cus_1 --workspace production" in text


def test_a_dry_run_says_would_and_names_no_way_back() -> None:
    """Nothing has happened."""
    text = told(Report(DONE, QUEUES, (), 9, is_dry_run=True))
    assert text.startswith("Would forget")
    assert "--undo" not in text


def test_where_there_is_nothing_that_is_said() -> None:
    """In one sentence."""
    report = Report(Forgotten("user_1"), (Looked(Layer.DELIVERY, 3), Looked(Layer.FUNCTION)), (), 9)
    assert report.found_nothing
    assert told(report).startswith("Nothing is stored of user_1")


@pytest.mark.parametrize(
    ("looked", "is_whole"),
    [
        (Looked(Layer.DELIVERY, 2, 1, 1), True),
        (Looked(Layer.DELIVERY, 2, 1, 0), False),
        (Looked(Layer.DELIVERY, 2, 0, 0, held_by_others=1), False),
    ],
)
def test_it_is_whole_once_nothing_is_left_that_can_be_done(looked: Looked, *, is_whole: bool) -> None:
    """What could not be deleted, or not be looked at, is left for the next time."""
    assert Report(DONE, (looked,), (), 9).is_whole is is_whole


def test_json_has_all_of_it() -> None:
    """Ids in order, counts of each queue, and what is left."""
    left = of_person(DONE.left, 2, 0, [], "Profiles")
    found = json.loads(json.dumps(Report(DONE, QUEUES, left, 9).as_json()))
    assert found["customers"] == [
        {"id": "cus_1", "is_whole": False, "other_users": 1, "subscriptions": ["sub_1"], "parked": ["evt_1"]}
    ]
    assert found["profile"] == {
        "removed": ["stripeLedgerLive", "subscriptionId"],
        "is_deleted": False,
        "left": ["theme"],
    }
    assert [(one["queue"], one["seen"], one["removed"]) for one in found["queues"]] == [
        ("delivery dead-letter queue", 3, 1),
        ("failure queue", 2, 0),
    ]
    assert [one["where"] for one in found["left"]] == ["profile, table Profiles", "sync table"]


def test_files_that_dropped_messages_are_in_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of this person alone; an id that is a part of another's does not count."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert dropped_files("user_1", frozenset({"sub_1"})) == []
    directory = tmp_path / "stripe-handler" / "dropped"
    directory.mkdir(parents=True)
    for name, text in {
        "by_id": '{"id": "sub_1"}',
        "by_user": '{"Body": "{\\"userId\\": \\"user_1\\"}"}',
        "another": '{"id": "sub_10", "userId": "user_11"}',
    }.items():
        (directory / f"{name}.jsonl").write_text(text, encoding="utf-8")
    found = dropped_files("user_1", frozenset({"sub_1"}))
    assert [path.stem for path in found] == ["by_id", "by_user"]
