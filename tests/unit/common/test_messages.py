"""Messages on stderr: folded by us on a terminal, between words; a line stays one in a pipe."""

import io
import sys
from typing import Any

import attrs
import click
import pytest

from stripe_handler_cli import cli as commands
from stripe_handler_cli.common import console, messages
from stripe_handler_cli.common.errors import CliError, exit_code
from support.screens import MIDDLE, NARROW
from support.screens import console as of_width

SUBSCRIPTION = "sub_1MowQVLkdIwHu7ixeRlqHVzs"
COMMAND = f"stripe-handler sync --subscription {SUBSCRIPTION} --outputs a/path/of/some/outputs.json"
MESSAGE = (
    f"The subscription of this user is {SUBSCRIPTION}, whose customer is cus_NffrFeUfNV2Hib. "
    f"`{COMMAND}` reads it from Stripe now.\n  {COMMAND}"
)


@attrs.frozen
class Written:
    """Everything that goes to stderr, at a width."""

    kept: Any

    @property
    def text(self) -> str:
        """What was written."""
        return str(self.kept.file.getvalue())


@pytest.fixture(params=[NARROW, MIDDLE, None], ids=str)
def written(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Written:
    """A terminal of a width, or a pipe, in place of stderr."""
    kept = of_width(request.param)
    monkeypatch.setattr(messages, "reporter", lambda: kept)
    return Written(kept)


def holds(written: Written, *whole: str) -> None:
    """What is copied is whole; nothing else is wider than the terminal."""
    for one in whole:
        assert one in written.text
    if written.kept.is_terminal:
        wide = [line.strip("` ") for line in written.text.splitlines() if len(line) > written.kept.width]
        assert [line for line in wide if " " in line and not line.startswith("stripe-handler ")] == []


def test_an_error_is_folded_between_words(written: Written) -> None:
    """Ids are whole, and a command is in one line, in backticks or by itself; a pipe gets it as it is."""

    def fail() -> None:
        raise CliError(MESSAGE)

    assert exit_code(fail) == 1
    holds(written, SUBSCRIPTION, "cus_NffrFeUfNV2Hib", f"`{COMMAND}`", f"\n  {COMMAND}\n")
    if not written.kept.is_terminal:
        assert written.text == f"Error: {MESSAGE}\n"


def test_wrong_usage_is_folded_as_well(written: Written) -> None:
    """Of a command of ours: the usage, the hint and the message."""
    path = "a-directory-with-a-long-name/" * 3 + "outputs.json"
    assert commands.cli(["parked", path]) == click.UsageError.exit_code
    holds(written, path, "Usage: stripe-handler parked [OPTIONS]", "--help' for help.", "Error: Got")


def test_a_question_is_folded_and_answered(
    written: Written, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On stderr; no answer is an abort."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert messages.agrees(f"Is {MESSAGE.splitlines()[0]} Go on?")
    asked = capsys.readouterr()
    assert asked.out.strip() == ""
    assert f"`{COMMAND}`" in asked.err
    if written.kept.is_terminal:
        lines = asked.err.splitlines()
        assert [line for line in lines if len(line) > written.kept.width and COMMAND not in line] == []
    with pytest.raises(click.Abort):
        messages.agrees("Go on?")


def test_what_is_said_has_no_markup(written: Written) -> None:
    """Brackets and `:key:` are what they are: a user's id may hold them."""
    messages.tell("The user [bold]:key:[/bold] has none.")
    assert written.text == "The user [bold]:key:[/bold] has none.\n"


def test_the_console_of_messages_is_stderrs() -> None:
    """Results go to stdout."""
    assert console.reporter().stderr
