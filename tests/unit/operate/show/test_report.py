"""`stripe-handler show` as people read it: whose a subscription is and why, and what is in a wrong place."""

from io import StringIO

from rich.console import Console

from stripe_handler_cli.operate.show.report import print_customer, print_misplaced
from stripe_handler_cli.stack.stored import CustomerRecord, ParkedEvent
from stripe_handler_cli.stack.stored.misplaced import Misplaced
from stripe_subscription_handler.conversation.links import Customer, Link
from stripe_subscription_handler.conversation.messages import Links
from stripe_subscription_handler.decisions.claims import Claim, Kind

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


def told(width: int = 160) -> list[str]:
    """What is printed of the customer, line by line."""
    out = StringIO()
    print_customer(Console(file=out, width=width), RECORD)
    return [" ".join(line.split()) for line in out.getvalue().splitlines() if line.strip()]


def test_each_subscription_tells_its_owner_why_and_since_when() -> None:
    """One line a row where the output is no terminal; who had it before, where the label tells."""
    assert told()[:7] == [
        "cus_1 u1, u[2]",
        f"its metadata names u3, since {SECOND} or before",
        "subscription owner by since",
        f"sub_1 u[2] its own label {SECOND}, before it u1",
        f"sub_2 nobody yet, for u3 the customer's metadata or a checkout session {SECOND} or before",
        "sub_3 u1 a guess: the customer's only user",
        "parked what waits since forgotten at",
    ]


def test_what_waits_for_a_profile_is_told_as_such() -> None:
    """It is no event."""
    line = f"moved sub_2 evt_2 moved subscription, until u3 has a profile {SECOND} 2026-12-03T10:00:00Z"
    assert told()[7:] == [line]


def test_it_holds_at_80_columns() -> None:
    """Cells are folded, nothing is cut off."""
    lines = told(80)
    assert max(map(len, lines)) <= 80
    assert "checkout" in " ".join(lines)


def test_what_is_not_the_users_is_told_with_its_repair() -> None:
    """In a line of its own, to be copied."""
    out = StringIO()
    found = [Misplaced("sub_1", "u[9]", "u1", "cus_1"), Misplaced("sub_2", "u[9]", None, "cus_1")]
    print_misplaced(Console(file=out, width=80), found, " --workspace production")
    assert out.getvalue().split("\n") == [
        "",
        "sub_1 is held by u[9], but it belongs to u1. To repair it:",
        "  stripe-handler sync 'u[9]' --workspace production",
        "",
        "sub_2 is held by u[9], but no link names its owner. To repair it:",
        "  stripe-handler sync 'u[9]' --workspace production",
        "",
    ]
