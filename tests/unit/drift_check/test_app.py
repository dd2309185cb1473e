"""The drift check's entry point: its input, and what it logs of a difference."""

import subprocess
import sys

import pytest

from stripe_subscription_handler.comparison.differences import Difference, Kind
from stripe_subscription_handler.comparison.fields import Field
from stripe_subscription_handler.drift_check.app import told
from stripe_subscription_handler.drift_check.request import REQUEST, Wanted
from stripe_subscription_handler.errors import InvalidEventError

KEY = "stripe-subscription-handler"


def test_what_the_schedule_sends_is_taken() -> None:
    """And what a person may add."""
    assert Wanted.read(REQUEST) == Wanted()
    assert Wanted.read({**REQUEST, "begin": True, "most-seconds": 0}) == Wanted(begin=True, most_seconds=0)
    assert Wanted.read({**REQUEST, "backfill": True}) == Wanted(backfill=True)


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({}, KEY),
        ([], KEY),
        ({KEY: "count-parked"}, KEY),
        ({**REQUEST, "begin": "yes"}, "begin"),
        ({**REQUEST, "backfill": 1}, "backfill"),
        ({**REQUEST, "beginn": True}, "beginn"),
        ({**REQUEST, "most-seconds": -1}, "most-seconds"),
        ({**REQUEST, "most-seconds": True}, "most-seconds"),
    ],
)
def test_another_input_is_refused(raw: object, field: str) -> None:
    """The error names the field."""
    with pytest.raises(InvalidEventError) as caught:
        Wanted.read(raw)
    assert caught.value.field == field


def test_a_difference_is_told_without_values() -> None:
    """The names of fields, ids, and the command that repairs it; a user's e-mail address is a fingerprint."""
    fields = (Field("subscriptionStatus", "free", "active"), Field("lastPaymentAmount", 1, 2))
    line = told(Difference(Kind.VIEW, "sub_1", "someone@example.com", "cus_1", fields, note="of someone"))
    assert line == {
        "kind": "view",
        "subscription_id": "sub_1",
        "user_id": line["user_id"],
        "fields": ["lastPaymentAmount", "subscriptionStatus"],
        "repaired": False,
        "command": "stripe-handler sync --subscription sub_1",
    }
    assert line["user_id"].startswith("sha256:")


def test_a_missed_event_is_told_by_its_id() -> None:
    """It may be of no subscription; the command is that for events."""
    line = told(Difference(Kind.MISSED_EVENT, "", "user_1", "cus_1", event_id="evt_1"))
    assert (line["event_id"], line["command"]) == ("evt_1", "stripe-handler reconcile --since 3d --apply")


@pytest.mark.parametrize(
    "difference",
    [
        Difference(Kind.UNMAPPED, "sub_1"),
        Difference(Kind.VIEW, "sub_1", "user_1", repaired=True),
        Difference(Kind.VIEW, "what; rm -rf is no id", "user_1"),
    ],
)
def test_no_command_where_none_repairs_it(difference: Difference) -> None:
    """A person's work, or done already; and nothing that is no id gets into a shell."""
    assert "command" not in told(difference)


def test_handling_an_event_imports_nothing_of_it() -> None:
    """A cold start of the handler does not pay for it."""
    program = (
        "import sys, stripe_subscription_handler.app as app\n"
        "print([name for name in sys.modules if 'drift' in name])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603
    assert ran.stdout.strip() == "[]"
