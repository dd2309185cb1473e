"""The commands explain themselves, refuse wrong usage, and tell what they found."""

import json
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from stripe_handler_cli.cli import root
from stripe_handler_cli.operate.reconcile import report
from stripe_handler_cli.operate.reconcile.report import conclude, teller
from stripe_subscription_handler.comparison.differences import Difference, Kind
from stripe_subscription_handler.comparison.fields import Field
from stripe_subscription_handler.comparison.tally import SHOWN, Tally

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
        (["reconcile", "--since", "31d"], "is more than 30 days ago"),
        (["reconcile", "--since", "yesterday"], "yesterday is not an ISO-8601 time"),
        (["reconcile", "--rate", "0"], "Invalid value for '--rate'"),
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
