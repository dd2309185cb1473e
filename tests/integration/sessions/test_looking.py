"""Scripted sessions of people who look: on terminals of every width, in pipes, without colours.

A session's commands stand in a table. What must be on the screen stands there too; what holds for every
screen is in `support.screen_rules`.
"""

import pytest

from stripe_handler_cli.stack.endpoint import Endpoint
from support.desk import BROKEN, CHANGED, UPGRADED, WAITING, WIPED, Desk, Session, cus, sub
from support.provoking import configuration
from support.sessions import NARROW, PIPED, Mode

pytestmark = pytest.mark.embedded

SESSIONS = {
    # 2. The cause is another subscription's event: what it changed in the one shown, nobody claims.
    "explain": Session(f"explain {UPGRADED.user_id}", (sub(UPGRADED, 2), UPGRADED.event_id("second"))),
    # 3. What is known is shown, and then that Stripe does not answer.
    "explain without Stripe's answer": Session(
        f"explain {UPGRADED.user_id}",
        (UPGRADED.event_id("second"), "Error: ", "$STRIPE_API_KEY"),
        exit_code=1,
        key="sk_test_of_somebody_else",
        modes=(NARROW, PIPED),
    ),
    # 8. One changed attribute is one difference.
    "reconcile": Session(
        "reconcile --state-file {mode}.sqlite",
        (sub(CHANGED), CHANGED.user_id, "1 difference"),
        exit_code=1,
        together=(sub(CHANGED), CHANGED.user_id, "subscriptionStatus free → active"),
    ),
    "sync --dry-run": Session(
        f"sync {CHANGED.user_id} --dry-run",
        (sub(CHANGED), "1 difference"),
        exit_code=1,
        together=(sub(CHANGED), CHANGED.user_id),
        modes=(NARROW, PIPED),
    ),
    "show": Session(
        f"show {CHANGED.user_id}",
        (sub(CHANGED), "the ledger says"),
        exit_code=1,
        together=("subscriptionStatus", "free", "the ledger says active"),
    ),
    "show --customer": Session(
        f"show --customer {cus(WAITING)}",
        (cus(WAITING), WAITING.event_id("created")),
        exit_code=1,
        modes=(NARROW, PIPED),
    ),
    "parked": Session(
        "parked",
        (
            WAITING.event_id("created"),
            sub(WAITING),
            cus(WAITING),
            f"  stripe-handler link {sub(WAITING)} USER",
        ),
        together=(WAITING.event_id("created"), sub(WAITING), cus(WAITING)),
    ),
    "replay --dry-run": Session(
        "replay --from 2h --dry-run", ("Nothing was started.",), modes=(NARROW, PIPED)
    ),
    # Messages alone: wrong usage, and an id that nobody has.
    "wrong usage": Session(
        "dlq redrive",
        ("say which messages: --id, --error-type, --layer, or --all",),
        exit_code=2,
        modes=(NARROW, PIPED),
    ),
    "nobody": Session(
        f"sync {WIPED.user_id}_who_never_was",
        (f"{WIPED.user_id}_who_never_was",),
        exit_code=1,
        modes=(NARROW, PIPED),
    ),
}


@pytest.mark.parametrize("session", SESSIONS.values(), ids=SESSIONS)
def test_a_screen_holds_everywhere(session: Session, desk: Desk) -> None:
    """Ids are whole, nothing is too wide, colours stay where they are wanted, a pipe has a row in a line."""
    session.typed_at(desk)


@pytest.mark.parametrize("mode", [NARROW, PIPED], ids=lambda mode: mode.name)
def test_dead_letters_hold_too(mode: Mode, desk: Desk) -> None:
    """One after the other, for one who looks hides them from the other."""
    event = BROKEN.event_id("poison")
    listed = Session(
        "dlq list", (event, "InvalidEventError"), together=(event, BROKEN.user_id, "InvalidEventError")
    )
    listed.holds(desk.told("dlq", "list", mode=mode))


# 14. A missing table is named.
MISSING = "itest-no-such-table-of-a-long-name"
MISSING_SESSIONS = [
    Session(typed, (f"there is no table {MISSING}",), exit_code=1, modes=(NARROW, PIPED))
    for typed in (
        f"show {CHANGED.user_id}",
        f"explain {CHANGED.user_id}",
        "send customer.subscription.created --user user_of_no_table",
    )
]


def test_a_missing_table_is_named(desk: Desk, endpoint: Endpoint) -> None:
    """14. By show, explain and send."""
    function = desk.pipeline.outputs["function_name"]
    with configuration(endpoint, function, DYNAMODB_TABLE_NAME=MISSING):
        for session in MISSING_SESSIONS:
            session.typed_at(desk)


WIPED_SESSIONS = {
    # 1. The ledger is gone, and the command that restores it.
    name: Session(
        f"{name} {WIPED.user_id}",
        (
            "The ledger is gone",
            WIPED.event_id(""),
            f"stripe-handler sync {WIPED.user_id} --outputs outputs.json",
        ),
        exit_code=1,
        modes=(NARROW, PIPED),
    )
    for name in ("show", "explain")
}


@pytest.mark.parametrize("session", WIPED_SESSIONS.values(), ids=WIPED_SESSIONS)
def test_a_wiped_profile_is_told_everywhere(session: Session, wiped: Desk) -> None:
    """1. With the command that restores it, which is in one line to copy."""
    session.typed_at(wiped)
