"""The commands explain themselves, refuse wrong usage, and tell what they found."""

import json
from decimal import Decimal
from io import StringIO
from pathlib import Path

import attrs
import pytest
from click.testing import CliRunner
from rich.console import Console

from stripe_handler_cli.cli import root
from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.reconcile import report
from stripe_handler_cli.operate.reconcile.checkpoint import Checkpoint, alone
from stripe_handler_cli.operate.reconcile.command import workers_for
from stripe_handler_cli.operate.reconcile.report import WITHOUT_DRY_RUN, conclude, plain, teller
from stripe_subscription_handler.comparison.differences import Difference, Kind
from stripe_subscription_handler.comparison.fields import Field
from stripe_subscription_handler.comparison.tally import SHOWN, Tally
from stripe_subscription_handler.events.subscription_items import SubscriptionItem
from support.naming import COMMANDS, bare_options, options
from support.screens import NARROW, screen

FOUND = Difference(
    Kind.STALE,
    "sub_1",
    "user_[1]",
    "cus_1",
    (Field("subscriptionStatus", "active", "past_due"), Field("subscriptionQuantity", Decimal(1), None)),
)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["sync"], "name a user, --subscription or --customer"),
        (["sync", "u", "--through-function", "--dry-run"], "--dry-run needs a key of your own"),
        (["reconcile", "--since", "31d"], "is more than 30 days ago"),
        (["reconcile", "--since", "yesterday"], "yesterday is not an ISO-8601 time"),
        (["reconcile", "--rate", "0"], "Invalid value for '--rate'"),
        (["reconcile", "--views", "--since", "6h"], "--views goes through everything"),
        (["reconcile", "--views", "--owners"], "--views goes through everything"),
        (["reconcile", "--views", "--in-aws"], "--views goes through everything"),
        (["reconcile", "--owners", "--in-aws"], "--owners only looks"),
        (["reconcile", "--in-aws", "--since", "6h"], "--in-aws goes through everything"),
        (["reconcile", "--in-aws", "--workers", "2"], "--in-aws goes through everything"),
        (["reconcile", "--test-clock", "clock_1", "--since", "6h"], "go with no --since"),
        (["reconcile", "--customer", "cus_1", "--restart"], "keep no state"),
        (["reconcile", "--workers", "0"], "Invalid value for '--workers'"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_done(
    tmp_path: Path, arguments: list[str], message: str
) -> None:
    """Exit code 2."""
    (tmp_path / "outputs.json").write_text("{}")
    result = CliRunner().invoke(root, [*arguments, "--outputs", str(tmp_path / "outputs.json")])
    assert (result.exit_code, message in result.output) == (2, True), result.output


@pytest.mark.parametrize("command", ["reconcile", "sync"])
def test_every_command_explains_itself(command: str) -> None:
    """With examples; and a key is never the value of an option."""
    result = CliRunner().invoke(root, [command, "--help"])
    assert (result.exit_code, "Examples:" in result.output) == (0, True)
    assert "--stripe-key-variable" in result.output


def test_there_are_as_many_workers_as_the_rate_feeds() -> None:
    """One at least, and no more than one process can use."""
    assert [workers_for(rate) for rate in (0.1, 2.5, 10, 20, 25, 1000)] == [1, 1, 4, 8, 10, 16]


def test_the_table_tells_fields_and_what_to_do() -> None:
    """What the profile has and what Stripe says; how many more there are."""
    tally = Tally(subscriptions=70)
    for _ in range(SHOWN):
        tally.add(FOUND)
    tally.add(Difference(Kind.UNMAPPED, "sub_2", note="nobody"))
    out = StringIO()
    console = Console(file=out, width=160)
    report.print_differences(console, tally)
    report.print_summary(console, tally, apply=False)
    text = out.getvalue()
    assert "user_[1]" in text
    assert "subscriptionStatus active → past_due, subscriptionQuantity 1 → -" in text
    assert "… and 1 more; --json prints all." in text
    assert "Compared 70 subscriptions of Stripe: 51 differences. --apply repairs what can be." in text


def test_json_is_a_line_a_difference_and_a_summary(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1 while something remains, 0 when all was repaired."""
    tally = Tally()
    teller(as_json=True)(FOUND)
    tally.add(FOUND)
    assert conclude(tally, as_json=True, apply=False) == 1
    first, last = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (first["kind"], first["fields"][1]) == (
        "stale",
        {"name": "subscriptionQuantity", "stored": 1, "stripe": None},
    )
    assert (last["summary"]["differences"], last["summary"]["remaining"]) == (1, 1)
    assert conclude(Tally(), as_json=True, apply=True) == 0


def summary_of(tally: Tally, *, apply: bool) -> str:
    """What is printed at the end."""
    out = StringIO()
    report.print_summary(Console(file=out, width=160), tally, apply=apply)
    return out.getvalue()


def test_the_summary_tells_what_came_from_where() -> None:
    """From the ledger, from Stripe; and what was only marked."""
    tally = Tally(profiles=9, other_settings=4)
    for kind in (Kind.VIEW, Kind.VIEW, Kind.STALE):
        tally.add(Difference(kind, "sub_1", "user_1", repaired=True))
    tally.add(Difference(Kind.UNMAPPED, "sub_2"))
    assert summary_of(tally, apply=True) == (
        "Compared 9 profiles: 4 differences, 3 repaired (2 computed anew from the ledger, 1 from Stripe), "
        "1 left.\nWritten under other settings, and right all the same: 4 profiles, marked with today's "
        "settings now.\n"
    )
    assert (tally.unrepaired, tally.as_json()["recomputed"], tally.as_json()["from_stripe"]) == (0, 2, 1)


def test_what_repairs_is_named_by_options_of_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    """`sync` repairs unless it is told not to; `reconcile` repairs if it is told to."""
    tally = Tally()
    tally.add(FOUND)
    assert conclude(tally, as_json=False, apply=False) == 1
    assert bare_options(capsys.readouterr().out) == {"--apply"} <= options(COMMANDS["reconcile",])
    assert conclude(tally, as_json=False, apply=False, to_repair=WITHOUT_DRY_RUN) == 1
    assert bare_options(capsys.readouterr().out) == {"--dry-run"} <= options(COMMANDS["sync",])


def test_of_the_products_only_what_differs_is_told() -> None:
    """By product and attribute; in JSON there are whole values, sets and items of Stripe's too."""
    stored = {"prod_1": {"quantity": Decimal(1), "status": "active"}, "prod_2": {"status": "active"}}
    told = {"prod_1": {"quantity": 2, "status": "active"}}
    fields = (
        Field("subscriptionProducts", stored, told),
        Field("items", (SubscriptionItem(product_id="prod_1"),), ()),
        Field("entitlements", {"b", "a"}, None),
    )
    tally = Tally()
    tally.add(Difference(Kind.STALE, "sub_1", "user_1", fields=fields))
    out = StringIO()
    report.print_differences(Console(file=out, width=300), tally)
    assert "subscriptionProducts.prod_1.quantity 1 → 2, subscriptionProducts.prod_2 {" in out.getvalue()
    line = json.loads(json.dumps(tally.shown[0].as_json(), default=plain))
    assert line["fields"][0]["stored"] == {
        "prod_1": {"quantity": 1, "status": "active"},
        "prod_2": {"status": "active"},
    }
    assert line["fields"][1]["stored"][0]["product_id"] == "prod_1"
    assert line["fields"][2]["stored"] == ["a", "b"]


def test_an_id_is_never_cut() -> None:
    """Nor folded, where there is a terminal of 80 columns: it is to be copied."""
    tally, long = Tally(), f"sub_{'x' * 40}"
    tally.add(attrs.evolve(FOUND, subscription_id=long, user_id="user_with_an_id_of_some_length"))
    text = screen(lambda console: report.print_differences(console, tally), NARROW)
    assert long in text
    assert "user_with_an_id_of_some_length" in text


def test_two_runs_at_once_do_not_meet(tmp_path: Path) -> None:
    """The second one is told so, and its state stays the first one's; afterwards it may run."""
    path = tmp_path / "runs" / "state.sqlite"
    with alone(path), Checkpoint.at(path, {"table": "t"}) as checkpoint:
        checkpoint.note(state={"after": "sub_1"})
        with pytest.raises(CliError, match=r"Another run of reconcile uses .*state\.sqlite at this moment"):
            alone(path).__enter__()
        checkpoint.finish()
    with alone(path), Checkpoint.at(path, {"table": "t"}) as checkpoint:
        checkpoint.note(state={"after": "sub_2"})
    with alone(path), Checkpoint.at(path, {"table": "t"}) as checkpoint:
        assert checkpoint.read("after") == "sub_2"
    with alone(path), Checkpoint.at(path, {"table": "t"}, restart=True) as checkpoint:
        assert checkpoint.read("after") is None
