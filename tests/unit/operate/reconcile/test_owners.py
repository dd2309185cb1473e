"""Subscriptions in profiles that do not own them are found without asking Stripe."""

import json
from io import StringIO
from typing import Any

import attrs
import pytest
from click.testing import CliRunner
from rich.console import Console

from stripe_handler_cli.cli import root
from stripe_handler_cli.operate.reconcile.owners import OwnersFound, find_misplaced
from stripe_handler_cli.operate.reconcile.report import conclude_owners, print_owners
from stripe_handler_cli.stack.stored import lost
from stripe_handler_cli.stack.stored.lost import Lost
from stripe_handler_cli.stack.stored.misplaced import Misplaced, confirmed, holdings
from stripe_subscription_handler.conversation.model import Tables
from stripe_subscription_handler.decisions.ledger import OTHERS, subscription_attribute
from stripe_subscription_handler.events.envelope import parse_event
from support import events
from support.reconciling import Profiles, Reconciliation

USERS = 5


def world() -> Tables:
    """Some users with a subscription each, over several pages of the scan."""
    tables = Tables()
    for number in range(USERS):
        changes = {"id": f"sub_{number}", "customer": f"cus_{number}", "user": f"user_{number}"}
        tables.deliver(parse_event(events.created(events.subscription(**changes), event_id=f"evt_{number}")))
    return tables


def copied(tables: Tables, of_user: str, to_user: str, *attributes: str) -> None:
    """Somebody has copied what one profile holds into another one, whole or in part."""
    item = tables.profiles[of_user]
    tables.profiles[to_user] = {name: item[name] for name in attributes or item}


def found(tables: Tables) -> list[tuple[str, str, str | None]]:
    """Subscription, whose profile holds it, whose it is."""
    seen: list[int] = []
    result = find_misplaced(Profiles(tables), lambda _what, done, _about: seen.append(done), USERS)
    assert seen[-1] == result.scanned == len(tables.profiles)
    return [(one.subscription_id, one.user_id, one.owner) for one in result.misplaced]


def test_where_every_subscription_is_with_its_owner_nothing_is_found() -> None:
    """All profiles are looked at."""
    assert found(world()) == []


def test_a_subscription_in_two_profiles_is_found_at_the_one_that_does_not_own_it() -> None:
    """Wherever the two stand in the table."""
    for other in ("user_00", "user_9"):
        tables = world()
        copied(tables, "user_2", other)
        assert found(tables) == [("sub_2", other, "user_2")]


def test_a_link_that_names_another_user_is_found() -> None:
    """The profile holds it alone all the same."""
    tables = world()
    link = tables.links["cus_1", "sub_1"]
    tables.links["cus_1", "sub_1"] = {**link, "owner": "user_9"}
    assert found(tables) == [("sub_1", "user_1", "user_9")]


@pytest.mark.parametrize("is_gone", [True, False])
def test_a_link_that_names_nobody_is_found(*, is_gone: bool) -> None:
    """It is gone, or nobody has the subscription by it."""
    tables = world()
    link = dict(tables.links.pop(("cus_1", "sub_1")))
    if not is_gone:
        del link["owner"]
        tables.links["cus_1", "sub_1"] = link
    assert found(tables) == [("sub_1", "user_1", None)]


def test_a_profile_that_only_shows_what_another_user_has_is_found() -> None:
    """The app wrote it itself, before a migration; what nobody has by a link is left to the app."""
    tables = world()
    copied(tables, "user_2", "user_9", "subscriptionId", "stripeCustomerId")
    assert found(tables) == [("sub_2", "user_9", "user_2")]
    del tables.links["cus_2", "sub_2"], tables.profiles["user_2"]
    assert found(tables) == []


HELD = subscription_attribute("sub_2")


def with_a_payment_of(tables: Tables, user_id: str) -> None:
    """A user's profile has a payment of `sub_2` alone, which does not tell its customer."""
    paid = events.paid(events.invoice(sub="sub_2", user="user_2", customer="cus_2"), event_id="evt_paid")
    tables.deliver(parse_event(paid))
    tables.profiles[user_id] = {OTHERS: {"sub_2"}, HELD: {"p": tables.profiles["user_2"][HELD]["p"]}}


def test_a_payment_in_another_profile_is_found() -> None:
    """Whether that one is scanned before the owner's or after it."""
    for other in ("user_00", "user_9"):
        tables = world()
        with_a_payment_of(tables, other)
        assert found(tables) == [("sub_2", other, "user_2")]


def test_a_payment_alone_is_nothing() -> None:
    """Its subscription's first event is still on its way."""
    tables = world()
    with_a_payment_of(tables, "user_9")
    del tables.profiles["user_2"]
    assert found(tables) == []


def test_what_moved_while_it_was_looked_at_is_not_told() -> None:
    """Profile and link are two reads; the second look finds them agreed."""
    tables = world()
    copied(tables, "user_2", "user_9")
    first = holdings(Profiles(tables), ["user_2", "user_9"]).misplaced
    assert len(first) == 1
    del tables.profiles["user_9"]
    assert confirmed(Profiles(tables), first) == ()


@pytest.mark.parametrize("attributes", [(), ("subscriptionId", "stripeCustomerId")])
def test_the_named_command_repairs_it(attributes: tuple[str, ...]) -> None:
    """`sync` of the user who holds or shows it takes it out."""
    tables = world()
    copied(tables, "user_2", "user_9", *attributes)
    made = Reconciliation(tables=tables)
    body = events.subscription(id="sub_2", customer="cus_2", user="user_2")
    made.comparer([], apply=True).snapshots([body], "2026-11-01T00:00:00Z", ["user_9"])
    assert found(tables) == []


def lost_in(tables: Tables) -> list[tuple[str, str]]:
    """Subscription, and whose profile has lost it."""
    result = find_misplaced(Profiles(tables), lambda _what, _done, _about: None, USERS)
    return [(one.subscription_id, one.user_id) for one in result.lost]


def test_what_the_apps_put_item_wiped_is_found() -> None:
    """The item is there, the ledger is not; of a user whom the app has deleted, nothing is told."""
    tables = world()
    tables.profiles["user_2"] = {"email": "x", "subscriptionStatus": "free"}
    del tables.profiles["user_3"]
    assert lost_in(tables) == [("sub_2", "user_2")]


def test_an_old_copy_of_an_item_that_was_put_back_is_found() -> None:
    """It has a ledger, which lacks what was bought since."""
    tables = world()
    old = dict(tables.profiles["user_2"])
    later = events.subscription(id="sub_9", customer="cus_9", user="user_2", created=events.T0 + 9)
    tables.deliver(parse_event(events.created(later, event_id="evt_9")))
    tables.profiles["user_2"] = old
    assert lost_in(tables) == [("sub_9", "user_2")]
    [lost] = find_misplaced(Profiles(tables), lambda _what, _done, _about: None, USERS).lost
    assert lost.repair(" --workspace x") == "stripe-handler sync user_2 --workspace x --customer cus_9"


def test_what_is_dead_and_shrunk_to_an_id_is_not_lost() -> None:
    """Of several dead ones the ledger keeps the best."""
    tables = world()
    for number in (7, 8):
        body = events.subscription(
            id=f"sub_{number}",
            customer="cus_2",
            user="user_2",
            status="canceled",
            ended_at=events.T0 + number,
        )
        tables.deliver(
            parse_event(events.deleted(body, event_id=f"evt_{number}", created=events.T0 + number))
        )
    assert lost_in(tables) == []


def test_what_moves_while_it_is_looked_for_is_not_lost() -> None:
    """The link names somebody else by the time of the second look."""
    tables = world()
    tables.profiles["user_2"] = {"email": "x"}
    first = lost.lost(Profiles(tables), Profiles(tables).scan_links({"at": 2}).links)
    assert [one.user_id for one in first] == ["user_2"]
    tables.links["cus_2", "sub_2"] = {**tables.links["cus_2", "sub_2"], "owner": "user_1"}
    assert lost.confirmed(Profiles(tables), first) == ()


FOUND = OwnersFound(
    (
        Misplaced("sub_1MowQVLkdIwHu7ixeRlqHVzs", "user_[9]", "user_2", "cus_2"),
        Misplaced("sub_2", "u", None, "c"),
    ),
    1200,
    3400,
)


def test_people_are_told_what_is_where_and_what_to_run() -> None:
    """In 80 columns; the commands stand in lines of their own, to be copied."""
    out = StringIO()
    print_owners(Console(file=out, width=80), FOUND, " --workspace production")
    lines = [line.rstrip() for line in out.getvalue().splitlines()]
    assert lines[1].split() == ["sub_1MowQVLkdIwHu7ixeRlqHVzs", "user_[9]", "it", "belongs", "to", "user_2"]
    assert "Looked at 1,200 profiles with a subscription, of 3,400 items: 2 held by a" in lines
    assert "  stripe-handler sync 'user_[9]' --workspace production" in lines
    assert "  stripe-handler reconcile --apply --workspace production" in lines
    assert max(map(len, lines)) <= 80


def test_people_are_told_what_was_lost() -> None:
    """With the customer, by whom it is restored."""
    out = StringIO()
    only_lost = attrs.evolve(FOUND, misplaced=(), lost=(Lost("sub_1", "u", "cus_1"),))
    print_owners(Console(file=out, width=120), only_lost, "")
    assert "1 lost by the profile that owns it." in out.getvalue()
    assert "  stripe-handler sync u --customer cus_1\n" in out.getvalue()
    assert conclude_owners(only_lost, "", as_json=True) == 1


def test_json_is_a_line_each_with_its_repair_and_a_summary(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1 where something was found, else 0."""
    assert conclude_owners(FOUND, "", as_json=True) == 1
    first, _, last = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first == {
        "subscription_id": "sub_1MowQVLkdIwHu7ixeRlqHVzs",
        "user_id": "user_[9]",
        "owner": "user_2",
        "customer_id": "cus_2",
        "repair": "stripe-handler sync 'user_[9]'",
    }
    assert last == {"summary": {"profiles": 1200, "items": 3400, "misplaced": 2, "lost": 0}}
    assert conclude_owners(attrs.evolve(FOUND, misplaced=()), "", as_json=False) == 0
    assert "every subscription is where its link says" in capsys.readouterr().out


@pytest.mark.parametrize("other", [["--apply"], ["--since", "6h"], ["--restart"], ["--state-file", "x"]])
def test_it_goes_with_no_other_choice(other: list[str], tmp_path: Any) -> None:
    """Exit code 2, before anything is read."""
    (tmp_path / "outputs.json").write_text("{}")
    arguments = ["reconcile", "--owners", *other, "--outputs", str(tmp_path / "outputs.json")]
    result = CliRunner().invoke(root, arguments)
    assert (result.exit_code, "--owners only looks" in result.output) == (2, True), result.output
