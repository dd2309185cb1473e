"""`stripe-handler show` as people read it: whose a subscription is and why, and what is in a wrong place."""

from datetime import datetime
from io import StringIO
from typing import Any

import attrs
from rich.console import Console

from stripe_handler_cli.operate.show.report import print_customer, print_to_repair, print_user
from stripe_handler_cli.stack.function_log import LogLine
from stripe_handler_cli.stack.lost_ledger import LedgerLook, lost_by_lines
from stripe_handler_cli.stack.stored import CustomerRecord, ParkedEvent, UserRecord
from stripe_handler_cli.stack.stored.misplaced import Misplaced
from stripe_subscription_handler.conversation.links import EVERYTHING, Customer, Link
from stripe_subscription_handler.conversation.messages import Links
from stripe_subscription_handler.conversation.model import Tables
from stripe_subscription_handler.decisions.access import FOR_EVER
from stripe_subscription_handler.decisions.claims import Claim, Kind
from stripe_subscription_handler.decisions.ledger import Ledger
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.decisions.view_settings import DEFAULTS, ViewSettings
from stripe_subscription_handler.events.envelope import parse_event
from stripe_subscription_handler.events.own_attributes import compiled
from stripe_subscription_handler.events.selection import Selection
from support import events
from support.screens import NARROW, plain, screen

SECOND = "2026-11-03T10:00:00Z"
MOVED = Claim(Kind.LABEL, f"0 {SECOND} 1", "u[2]", {"evt_1": ("u1", "u[2]")})
WAITS = Claim(Kind.CUSTOMER, f"{SECOND} 1", "u3")
PARKED = ParkedEvent(
    "moved sub_2 evt_2", None, "cus_1", "sub_2", SECOND, "2026-12-03T10:00:00Z", moved_to="u3"
)
RECORD = CustomerRecord.of(
    "cus_1",
    Links(
        Customer(WAITS, frozenset({PARKED.event_id})),
        {
            "sub_1": Link("u[2]", MOVED),
            "sub_2": Link(None, WAITS),
            "sub_3": Link("u1", Claim(Kind.GUESS, "", "u1")),
        },
    ),
    {},
    (PARKED,),
)


OWN = ViewSettings(profile_attributes={"plan": "items.data[0].price.id"})


def told(width: int | None = None) -> list[str]:
    """What is printed of the customer, line by line, on a terminal or in a pipe."""
    text = plain(screen(lambda console: print_customer(console, RECORD), width))
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def test_each_subscription_tells_its_owner_why_and_since_when() -> None:
    """One line a row where the output is no terminal; who had it before, where the label tells."""
    assert told()[:7] == [
        "cus_1 u1, u[2]",
        f"its metadata names u3, since {SECOND} or before",
        "subscription owner by since",
        f"sub_1 u[2] its own label {SECOND}, before it u1",
        f"sub_2 nobody yet, for u3 the customer's metadata or a checkout session {SECOND} or before",
        "sub_3 u1 a guess: the customer's only user -",
        "parked what waits since forgotten at",
    ]


def test_what_waits_for_a_profile_is_told_as_such() -> None:
    """It is no event."""
    line = f"moved sub_2 evt_2 moved subscription, until u3 has a profile {SECOND} 2026-12-03T10:00:00Z"
    assert told()[7:] == [line]


def test_it_holds_at_80_columns() -> None:
    """Each link is a record, nothing is cut off."""
    lines = told(NARROW)
    assert max(map(len, lines)) <= NARROW
    assert "by the customer's metadata or a checkout session" in " ".join(lines)


def test_what_is_not_the_users_is_told_with_its_repair() -> None:
    """In a line of its own, to be copied."""
    found = [Misplaced("sub_1", "u[9]", "u1", "cus_1"), Misplaced("sub_2", "u[9]", None, "cus_1")]
    text = screen(lambda console: print_to_repair(console, found, " --workspace production"))
    assert text.split("\n") == [
        "",
        "sub_1 is held by u[9], but it belongs to u1. To repair it, with a Stripe key:",
        "  stripe-handler sync 'u[9]' --workspace production",
        "",
        "sub_2 is held by u[9], but no link names its owner. To repair it, with a Stripe key:",
        "  stripe-handler sync 'u[9]' --workspace production",
        "",
    ]


def shown_of(at: str, shows: ViewSettings = DEFAULTS, **body: Any) -> list[str]:
    """What is printed of a user with one subscription, looked at a moment, line by line."""
    written = Policy(shows=OWN)
    tables = Tables(policy=written)
    selection = Selection(expressions=compiled(OWN.profile_attributes, "PROFILE_ATTRIBUTES"))
    subscription = events.subscription(**body)
    tables.deliver(parse_event(events.created(subscription), selection))
    record = UserRecord.of("user_1", {"PK": "USER#user_1"}, tables.profiles["user_1"], shows)
    out = StringIO()
    print_user(Console(file=out, width=160), record, LedgerLook(), datetime.fromisoformat(at), "")
    return [" ".join(line.split()) for line in out.getvalue().splitlines() if line.strip()]


def test_the_answer_comes_first_with_the_moment_of_the_look() -> None:
    """Until when, then each product with its quantity; both sides of the end."""
    until = "2025-12-25T08:26:40Z"
    item = shown_of("2025-12-01T00:00:00Z", OWN, quantity=3)
    assert item[1] == f"access until {until} (looked at 2025-12-01T00:00:00Z)"
    assert item[2:4] == [
        "product until quantity status subscription price lookup key",
        f"prod_1 {until} 3 active sub_1 price_basic -",
    ]
    late = shown_of("2030-01-01T00:00:00Z", OWN, quantity=3)
    assert late[1] == f"no access any more: it ended {until} (looked at 2030-01-01T00:00:00Z)"
    assert f"prod_1 {until}, past 3 active sub_1 price_basic -" in late
    assert shown_of(until, OWN)[1].startswith("no access any more")


def test_what_gives_no_access_says_so() -> None:
    """Nothing is compared with a clock then."""
    lines = shown_of("2025-12-01T00:00:00Z", OWN, status="incomplete")
    assert lines[1] == "no access: no subscription gives any (looked at 2025-12-01T00:00:00Z)"


def test_access_without_an_end_is_told_as_such() -> None:
    """No year 9999."""
    record = UserRecord("user_1", {}, {"subscriptionAccessUntil": FOR_EVER}, Ledger())
    out = StringIO()
    print_user(Console(file=out, width=160), record, LedgerLook(), datetime.fromisoformat(SECOND), "")
    assert f"access without an end: Stripe names no end of a period (looked at {SECOND})" in out.getvalue()


def test_own_attributes_are_told_as_such_and_last() -> None:
    """The two that the answer tells are not told again."""
    lines = shown_of("2025-12-01T00:00:00Z", OWN)
    names = [line.split()[0] for line in lines[lines.index("attribute value") + 1 :]]
    assert "subscriptionAccessUntil" not in names
    assert "plan (own) price_basic" in lines
    assert not any("settings have changed" in line for line in lines)


def test_other_settings_are_told_with_the_command() -> None:
    """And what they would show instead."""
    lines = shown_of("2025-12-01T00:00:00Z", DEFAULTS)
    assert "plan (own) price_basic, the ledger says absent" in lines
    assert any("settings have changed" in line and "reconcile --views --apply" in line for line in lines)


def test_a_ledger_that_is_gone_is_told_first_with_the_command_that_restores_it() -> None:
    """Also where there is no item; where the log could not be read, that."""
    line = LogLine(
        handled_at=datetime.fromisoformat(SECOND),
        decision="write",
        event_id="evt_1",
        user_id="u[1]",
        changed=("subscriptionId",),
    )
    for item in (None, {"email": "x"}):
        record, out = UserRecord.of("u[1]", {}, item), StringIO()
        look = LedgerLook(lost_by_lines(record, [line]))
        print_user(
            Console(file=out, width=80), record, look, datetime.fromisoformat(SECOND), " --workspace w"
        )
        assert "The ledger is gone: by the function's log this profile was written" in out.getvalue()
        assert "\n  stripe-handler sync 'u[1]' --workspace w\n" in out.getvalue()
    out = StringIO()
    print_user(
        Console(file=out, width=160), record, LedgerLook(unread="why"), datetime.fromisoformat(SECOND), ""
    )
    assert "Whether there was a ledger is not known: why." in out.getvalue()


def test_a_customer_tells_what_was_forgotten_and_that_it_was_deleted() -> None:
    """How many subscriptions; which, nothing knows any more."""
    marks = frozenset({"0f" * 12, "1e" * 12})
    found = Links(Customer(forgotten=EVERYTHING, deleted=SECOND), {}, marks)
    record = CustomerRecord.of("cus_1", found, {}, ())
    text = plain(screen(lambda console: print_customer(console, record), None))
    assert "forgotten: events of 2 subscriptions are skipped, and so is what names a user" in text
    assert f"deleted at Stripe {SECOND}" in text
    told = record.as_json()
    assert (told["is_forgotten"], told["forgotten_subscriptions"], told["deleted"]) == (True, 2, SECOND)


def test_a_forgotten_user_is_not_told_to_restore_anything() -> None:
    """The log says that there was a profile, and the mark says why there is none."""
    written = LogLine(
        handled_at=datetime.fromisoformat(SECOND),
        decision="write",
        event_id="evt_1",
        user_id="u1",
        subscription_id="sub_1",
        changed=("subscriptionStatus",),
    )
    record = UserRecord.of("u1", {"PK": "USER#u1"}, None)
    lost = lost_by_lines(record, [written])
    assert lost is not None
    look = LedgerLook(attrs.evolve(lost, is_forgotten=True))
    now = datetime.fromisoformat(SECOND)
    text = plain(screen(lambda console: print_user(console, record, look, now, ""), None))
    assert "forgotten: sub_1 was u1's by the function's log, and has a mark" in text
    assert "stripe-handler sync" not in text


def test_the_export_has_all_that_is_kept() -> None:
    """The ledger as it is stored, and what waits as it came."""
    tables = Tables()
    tables.deliver(parse_event(events.created(events.subscription())))
    item = {"PK": "USER#user_1", **tables.profiles["user_1"]}
    told = UserRecord.of("user_1", {"PK": "USER#user_1"}, item).as_json(datetime.fromisoformat(SECOND))
    assert told["ledger"].keys() == {name for name in item if name.startswith("stripeLedger")}
    contents = {PARKED.event_id: {"customer_email": "ada@example.com"}}
    customer = CustomerRecord.of("cus_1", Links(Customer()), {}, (PARKED,), contents)
    [waits] = customer.as_json()["parked"]
    assert waits["event"] == {"customer_email": "ada@example.com"}
