"""Wrong usage of the operators' commands is told before anything is asked of AWS, with exit code 2."""

from pathlib import Path

import pytest

from support.commands import Commands

WITHOUT_AWS = {
    "AWS_ACCESS_KEY_ID": "x",
    "AWS_SECRET_ACCESS_KEY": "x",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    "AWS_DEFAULT_REGION": "us-east-1",
}
OUTPUTS = dict.fromkeys(
    ("archive_name", "archive_arn", "event_bus_arn", "rule_arn", "function_name", "log_group_name"), "x"
)


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    """Commands for a stack that nobody can reach."""
    return Commands.of(WITHOUT_AWS, OUTPUTS, tmp_path)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("show",), "name a USER, or a customer with --customer"),
        (("show", "user_1", "--customer", "cus_1"), "name a USER, or a customer with --customer"),
        (("show", "-u", "--customer", "cus_1"), "name a USER, or a customer with --customer"),
        (("explain", "--u"), "goes behind a -- of its own: stripe-handler explain -- --u"),
        (("explain",), "Missing argument 'USER'"),
        (("explain", "user_1", "--since", "yesterday"), "ISO-8601"),
        (("explain", "user_1", "--stripe-url", "http://evil.example"), "to Stripe or to this machine only"),
        (("reconcile", "--stripe-url", "http://evil.example"), "to Stripe or to this machine only"),
        (("reconcile", "--stripe-key-variable", "NO_SUCH_KEY"), "the environment variable NO_SUCH_KEY is"),
        (("sync", "user_1", "--stripe-url", "http://evil.example"), "to Stripe or to this machine only"),
        (("replay",), "--from, or --follow NAME, or --cancel NAME"),
        (("replay", "--from", "1h", "--cancel", "x"), "--from, or --follow NAME, or --cancel NAME"),
        (("replay", "--from", "1h", "--to", "2h"), "is not before --to"),
        (("replay", "--from", "tomorrow"), "ISO-8601"),
    ],
)
def test_wrong_usage(commands: Commands, arguments: tuple[str, ...], told: str) -> None:
    """The message says what is wrong."""
    ran = commands.run(*arguments)
    assert (ran.exit_code, ran.out) == (2, "")
    assert told in " ".join(ran.err.split())


@pytest.mark.parametrize("command", ["show", "explain", "replay"])
def test_help_has_examples(commands: Commands, command: str) -> None:
    """At least three, as one would type them."""
    ran = commands.run(command, "--help")
    assert ran.exit_code == 0
    assert ran.out.count(f"stripe-handler {command} ") >= 3
