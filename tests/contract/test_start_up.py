"""The command line starts light: what is not called is not imported."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from stripe_handler_cli.cli import COMMANDS, root

HEAVY = ("boto3", "botocore", "rich", "stripe")
PRINT_MODULES = """
import sys
from stripe_handler_cli.cli import cli
assert cli(sys.argv[1:]) == 0
print(*sys.modules, sep="\\n", file=sys.stderr)
"""
WITHOUT_A_PACKAGE = """
import sys
sys.modules[sys.argv.pop(1)] = None
from stripe_handler_cli.__main__ import main
sys.exit(main())
"""


def modules_after(*arguments: str) -> set[str]:
    """What is imported when a command line has ended, in a process of its own."""
    completed = subprocess.run(  # noqa: S603 - our own Python
        [sys.executable, "-c", PRINT_MODULES, *arguments], capture_output=True, text=True, check=True
    )
    return set(completed.stderr.split())


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_no_command_is_imported_to_tell_of_all(option: str) -> None:
    """Nor what only commands need."""
    modules = modules_after(option)
    ours = {name for name in modules if name.startswith("stripe_handler_cli.")}
    assert ours <= {
        "stripe_handler_cli.cli",
        "stripe_handler_cli.common",
        "stripe_handler_cli.common.errors",
        "stripe_handler_cli.common.interrupts",
        "stripe_handler_cli.common.lazy_group",
    }
    assert modules.isdisjoint({*HEAVY, "attr", "attrs", "stripe_subscription_handler"})


# The doctor's options are its checks, and those know what they look at.
@pytest.mark.parametrize("command", [one.name for one in COMMANDS if one.name != "doctor"])
def test_help_needs_neither_aws_nor_stripe_nor_a_console(command: str) -> None:
    """A command imports what its work needs when it works."""
    assert modules_after(command, "--help").isdisjoint(HEAVY)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_command_is_listed_as_it_says_itself(command: click.Command) -> None:
    """By its name and the first sentence of its help."""
    _, loaded, _ = root.resolve_command(click.Context(root), [str(command.name)])
    assert loaded is not None
    assert loaded.name == command.name
    assert loaded.get_short_help_str(1000) == command.get_short_help_str(1000)


def test_a_misspelt_command_is_told_with_what_was_meant() -> None:
    """Which needs names only."""
    with pytest.raises(click.UsageError, match="No such command 'shwo'") as caught:
        root.resolve_command(click.Context(root), ["shwo"])
    assert "show" in caught.value.format_message()


@pytest.mark.parametrize("package", ["click", "rich"])
def test_a_missing_package_is_told_with_the_extra_that_brings_it(package: str) -> None:
    """Whenever it is missed: at once, or when a command wants to print."""
    arguments = [package, "simulate", "--users", "1", "--out", "-"]
    completed = subprocess.run(  # noqa: S603 - our own Python
        [sys.executable, "-c", WITHOUT_A_PACKAGE, *arguments], capture_output=True, text=True, check=False
    )
    assert (completed.returncode, completed.stdout) == (2, "")
    assert f"needs the package '{package}', which the extra [cli] brings" in completed.stderr


def test_a_closed_stdin_is_nobody_who_answers(tmp_path: Path) -> None:
    """It is told by a message, as for an empty input; never by a stack trace."""
    (tmp_path / "environments").mkdir()
    for name in ("development.tfvars", "development.tfvars.example"):
        (tmp_path / "environments" / name).touch()
    command = [sys.executable, "-m", "stripe_handler_cli", "init", "--terraform-directory", str(tmp_path)]
    completed = subprocess.run(  # noqa: S603 - our own Python
        ["sh", "-c", 'exec "$@" <&-', "sh", *command],  # noqa: S607 - any shell
        capture_output=True,
        text=True,
        check=False,
    )
    assert completed.returncode == 1
    assert "--yes replaces it" in completed.stderr
    assert "Traceback" not in completed.stderr
