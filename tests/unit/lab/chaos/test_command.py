"""The command's options are checked before anything is started."""

from click.testing import CliRunner

from stripe_handler_cli.lab.chaos.command import chaos


def test_faults_of_a_stripe_that_is_not_asked_are_a_contradiction() -> None:
    """A usage error that names both options."""
    result = CliRunner().invoke(chaos, ["--without-stripe", "--stripe-faults", "3"])
    assert result.exit_code == 2
    assert "--stripe-faults and --without-stripe exclude each other" in result.output


def test_a_day_is_a_command_beside_it() -> None:
    """With options of its own; a workspace that does not exist is a message."""
    text = CliRunner().invoke(chaos, ["day", "--help"]).output
    assert all(word in text for word in ("--workspace", "--check-every", "--no-repair", "--out", "Examples:"))


def test_the_help_says_what_can_go_wrong() -> None:
    """Kills, faults and examples."""
    text = CliRunner().invoke(chaos, ["--help"]).output
    assert all(word in text for word in ("--kills", "--stripe-faults", "--without-stripe", "Examples:"))
