"""The commands the doctor names are commands the AWS CLI has, with the options they need."""

import functools
import shlex
from pathlib import Path
from typing import Any

import boto3
import click
import pytest

from stripe_handler_cli.cli import root
from stripe_handler_cli.operate.doctor.areas import CHECKS
from stripe_handler_cli.operate.doctor.commands import fill_in
from support.aws_commands import aws_commands, run_command

VALUES = {
    "targets": '[{"Id": "t", "Arn": "arn:a"}]',
    "log_group_name": "/aws/lambda/f",
    "policy_arn": "arn:aws:iam::aws:policy/Any",
}
COMMANDS = {
    command
    for check in CHECKS
    for fix in check.fixes
    for command in aws_commands(fill_in(fix, VALUES, {"apply": "terraform apply"}))
}


OWN = {
    fix.split("{")[0].split("&&")[0]
    for check in CHECKS
    for fix in check.fixes
    if fix.startswith("stripe-handler ")
}


class RequestMadeError(Exception):
    """The request was complete, and would have been sent."""


@functools.cache
def client(service: str) -> Any:
    """A client whose requests are checked against AWS's model and not sent."""
    made = boto3.client(
        service,  # type: ignore[call-overload]
        region_name="us-east-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",  # noqa: S106 - a dummy
    )

    def stop(**_: Any) -> None:
        raise RequestMadeError

    made.meta.events.register("before-call", stop)
    return made


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_a_command_exists(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Service, command and options are AWS's; nothing required is missing."""
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist/handler.zip").write_bytes(b"zip")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RequestMadeError):
        run_command(command, client)


@pytest.mark.parametrize("command", sorted(OWN))
def test_a_command_of_ours_exists(command: str) -> None:
    """With its options."""
    found: click.Command = root
    words = shlex.split(command)[1:]
    while isinstance(found, click.Group):
        _, command, words = found.resolve_command(click.Context(found), words)
        assert command is not None
        found = command
    options = {option for parameter in found.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= options


def test_a_wrong_option_would_be_noticed() -> None:
    """The check above can fail."""
    with pytest.raises(AssertionError, match="no option --bus"):
        run_command("aws events enable-rule --name r --bus b", client)
    with pytest.raises(AssertionError, match="no command"):
        run_command("aws events enable-rules --name r", client)
