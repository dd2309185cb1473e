"""Ctrl-C at any moment, the first second included, ends a command with one line and exit code 130."""

import subprocess
import sys
from pathlib import Path

import pytest

from stripe_handler_cli.cli import cli
from stripe_handler_cli.common.errors import exit_code
from stripe_handler_cli.operate.parked.command import parked

INTERRUPTED_WHILE_A_MODULE_IS_LOADED = """
import os, signal, sys

signal.signal(signal.SIGINT, signal.default_int_handler)
wanted, swallows = sys.argv.pop(1), sys.argv.pop(1) == "swallows"

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == wanted:
            sys.meta_path.remove(self)
            try:
                os.kill(os.getpid(), signal.SIGINT)
            except BaseException:
                if not swallows:
                    raise

sys.meta_path.insert(0, Interrupting())
from stripe_handler_cli.__main__ import main
sys.exit(main())
"""
SHOW = ("show", "user_1", "--outputs")


def interrupted(module: str, how: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a command line in a process that gets Ctrl-C when it begins to load a module."""
    script = INTERRUPTED_WHILE_A_MODULE_IS_LOADED
    return subprocess.run(  # noqa: S603 - our own Python
        [sys.executable, "-c", script, module, how, *arguments],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


@pytest.mark.parametrize(
    "module",
    [
        "stripe_handler_cli.common.interrupts",
        "stripe_handler_cli.cli",
        "click",
        "stripe_handler_cli.operate.show.command",
        "stripe_handler_cli.stack.deployed",
        "boto3",
    ],
)
def test_ctrl_c_while_something_is_loaded_is_one_line(module: str, tmp_path: Path) -> None:
    """The entry point's own modules, the command's, and what its work needs."""
    outputs = tmp_path / "outputs.json"
    outputs.write_text("{}", encoding="utf-8")
    ended = interrupted(module, "raises", *SHOW, str(outputs))
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "Stopped.\n")


def test_ctrl_c_is_not_lost_in_a_library_that_catches_everything(tmp_path: Path) -> None:
    """Until a command is loaded, nothing can catch it."""
    ended = interrupted("click", "swallows", *SHOW, str(tmp_path))
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "Stopped.\n")


def test_ctrl_c_while_a_command_works_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command could tidy up before."""
    tidied = []

    def works(*_: object) -> None:
        try:
            raise KeyboardInterrupt
        finally:
            tidied.append("the command")

    monkeypatch.setattr(parked, "invoke", works)
    assert cli(["parked"]) == 130
    assert (tidied, capsys.readouterr()) == (["the command"], ("", "Stopped.\n"))


def test_a_program_of_its_own_ends_alike(capsys: pytest.CaptureFixture[str]) -> None:
    """Those that the Makefile runs."""

    def works() -> None:
        raise KeyboardInterrupt

    assert exit_code(works) == 130
    assert capsys.readouterr() == ("", "Stopped.\n")
