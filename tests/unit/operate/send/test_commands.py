"""What `send` and `listen` refuse before they put anything on a bus."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest
from click.testing import CliRunner

from stripe_handler_cli.cli import cli
from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.stack.following.wiring import Wired, wire
from support.aws_fakes import FakeEvents

NO_STACK = "--terraform-directory", "none", "--resource", "function_name=f"
AWS, LOCAL = "https://events.eu-west-1.amazonaws.com", "http://localhost:4566"


def ran(*arguments: str, **environment: str) -> tuple[int, str]:
    """A command's exit code and what it wrote to stderr."""
    with CliRunner().isolation(env=environment) as (_, stderr, _):
        exit_code = cli([*arguments, *NO_STACK])
        sys.stderr.flush()
        return exit_code, stderr.getvalue().decode()


def test_a_type_needs_a_user() -> None:
    """Wrong usage, with an example."""
    exit_code, stderr = ran("send", "invoice.paid")
    assert exit_code == 2
    assert "--user user_7" in stderr


def test_what_is_neither_file_nor_type_is_wrong_usage(tmp_path: Path) -> None:
    """A misspelt type is not looked for in the file system's errors."""
    for what in ("invoice.payd", str(tmp_path)):
        exit_code, stderr = ran("send", what)
        assert exit_code == 2
        assert "neither a file nor a type" in stderr


def test_listen_needs_the_secret_and_says_where_it_comes_from() -> None:
    """It is never a flag's value."""
    exit_code, stderr = ran("listen", STRIPE_WEBHOOK_SECRET="")
    assert exit_code == 1
    assert "stripe listen --print-secret" in stderr


@pytest.mark.parametrize("path", ["hook", "/hook?x=1"])
def test_the_path_is_a_path(path: str) -> None:
    """As a request line has it."""
    assert ran("listen", "--path", path)[0] == 2


@attrs.frozen
class FakeFunctions:
    """Lambda with one function.

    Attributes:
        environment: The function's environment.
    """

    environment: Mapping[str, str]

    def get_function_configuration(self, **_: Any) -> dict[str, Any]:
        """The function."""
        tables = {"DYNAMODB_TABLE_NAME": "profiles", "SYNC_TABLE_NAME": "sync"}
        return {"Environment": {"Variables": {**tables, **self.environment}}}


def wired(url: str = LOCAL, **environment: str) -> Wired:
    """A stack on a custom bus whose function has these settings."""
    pattern = {"source": ["bridge"], "detail-type": []}
    clients = {"events": FakeEvents(url, pattern), "lambda": FakeFunctions(environment)}
    outputs = {"event_bus_name": "bus", "rule_name": "rule", "function_name": "f", "log_group_name": "g"}
    return wire(DeployedStack(Endpoint({}, clients.get), outputs))


def test_made_up_events_are_kept_from_live_profiles() -> None:
    """On AWS; a local stack set to live mode has no real ones."""
    with pytest.raises(CliError, match="real profiles"):
        wired(AWS, LIVEMODE="live").refuse_made_up()
    wired(LOCAL, LIVEMODE="live").refuse_made_up()
    wired(AWS, LIVEMODE="test").refuse_made_up()


def test_a_function_that_logs_no_decisions_cannot_be_followed() -> None:
    """Rather than waiting a minute for each event."""
    with pytest.raises(CliError, match=r"logs only WARNING.*--no-follow"):
        wired(LOG_LEVEL="WARNING").tail()
