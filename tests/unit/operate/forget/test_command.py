"""What `stripe-handler forget` takes, before it looks at anything."""

from pathlib import Path

import pytest

from support.commands import run


@pytest.mark.parametrize(
    "arguments", [["forget"], ["forget", "user_1", "--undo", "cus_1"]], ids=["nobody", "both"]
)
def test_one_user_or_one_customer_is_named(arguments: list[str], tmp_path: Path) -> None:
    """Neither is guessed."""
    path = tmp_path / "outputs.json"
    path.write_text('{"function_arn": {"value": "arn:aws:lambda:eu-west-1:1:function:f"}}', encoding="utf-8")
    ran = run([*arguments, "--outputs", str(path)], {})
    assert ran.exit_code == 2
    assert "name a USER, or a customer with --undo" in ran.err


def test_the_help_says_what_stays_and_what_to_do_first() -> None:
    """The app's own attributes; the customer at Stripe."""
    told = " ".join(run(["forget", "--help"], {}).out.split())
    assert "The app's own attributes stay" in told
    assert "Delete the customer at Stripe first" in told
