"""A user's id may begin with a hyphen; an option that does not exist is told as such."""

import click
import pytest
from click.testing import CliRunner

from stripe_handler_cli.cli import COMMANDS
from stripe_handler_cli.common.user_command import UserCommand, as_argument
from stripe_handler_cli.stack.stored.misplaced import sync_command


@click.command(cls=UserCommand, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("first", required=False)
@click.argument("user", required=False)
@click.option("--since")
@click.option("--json", "as_json", is_flag=True)
def command(first: str | None, user: str | None, since: str | None, *, as_json: bool) -> None:
    """Say what was given."""
    click.echo(f"{first} {user} {since} {as_json}")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["-x"], "-x None None False"),
        (["sub_1", "-json", "--json"], "sub_1 -json None True"),
        (["--since", "-2h", "-1"], "-1 None -2h False"),
        (["--since=-2h", "u", "-h2"], "u -h2 -2h False"),
        (["--json", "--", "--x"], "--x None None True"),
        (["--since", "--", "u"], "u None -- False"),
        ([], "None None None False"),
        (["-"], "- None None False"),
    ],
)
def test_an_argument_with_a_hyphen_is_one(arguments: list[str], told: str) -> None:
    """Wherever it stands; the value of an option is the option's."""
    result = CliRunner().invoke(command, arguments)
    assert (result.exit_code, result.output.strip()) == (0, told), result.output


def test_what_begins_with_two_hyphens_is_an_option_unless_it_is_said_otherwise() -> None:
    """A typing error stays one, and the way out is told."""
    result = CliRunner().invoke(command, ["u", "--jsn"])
    assert result.exit_code == 2
    assert "No such option '--jsn'" in result.output.replace("option: --jsn", "option '--jsn'")
    assert "goes behind a -- of its own: command -- --jsn" in result.output
    assert CliRunner().invoke(command, ["-h"]).output.startswith("Usage: command")


def test_a_missing_value_is_told() -> None:
    """Of the option that wants it."""
    result = CliRunner().invoke(command, ["u", "--since"])
    assert (result.exit_code, "requires an argument" in result.output) == (2, True)


def test_every_command_that_takes_a_user_takes_such_a_one() -> None:
    """Told by the class that it is made of."""
    commands = [one.loaded() for one in COMMANDS]
    arguments = {
        one: {str(param.name) for param in one.params if param.param_type_name == "argument"}
        for one in commands
    }
    takes_user = {one for one, names in arguments.items() if names & {"user", "user_id"}}
    assert {"show", "explain", "sync", "link"} <= {str(one.name) for one in takes_user}
    assert all(isinstance(one, UserCommand) for one in takes_user)


def test_a_command_to_copy_has_the_user_as_the_shell_and_click_want_it() -> None:
    """At the end where it would be taken for an option."""
    assert (as_argument("a b"), as_argument("-x"), as_argument("--x")) == ("'a b'", "-x", "-- --x")
    assert sync_command("-x", " --workspace w") == "stripe-handler sync -x --workspace w"
    assert sync_command("--x", " --workspace w") == "stripe-handler sync --workspace w -- --x"
