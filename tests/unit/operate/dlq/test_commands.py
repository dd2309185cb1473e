"""Options of the `dlq` commands: what changes something must be told what."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from stripe_handler_cli.cli import root
from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.dlq.wiring import redrive_hold_seconds
from stripe_handler_cli.stack.dead_letters.messages import Choice, Layer
from stripe_handler_cli.stack.dead_letters.of_stack import queues, user_id_metadata_key
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.endpoint import Endpoint
from support.dynamodb import client_error

OUTPUTS = {
    "function_name": "f",
    "failure_queue_url": "https://failures",
    "delivery_dead_letter_queue_url": "https://delivery",
}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["redrive"], "say which messages: --id, --error-type, --layer, or --all"),
        (["drop", "--out", "x"], "say which messages: --id, --error-type, --layer, or --all"),
        (["redrive", "--all", "--id", "evt_1"], "--all does not go with --id or --error-type"),
        (["redrive", "--all", "--rate", "0"], "Invalid value for '--rate'"),
        (["redrive", "--layer", "nowhere"], "'nowhere' is not one of 'delivery', 'function'"),
        (["redrive", "--from-file", "none.jsonl"], "'none.jsonl' does not exist"),
        (["show"], "Missing argument 'ID'"),
        (["list", "--limit", "0"], "Invalid value for '--limit'"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_done(
    tmp_path: Path, arguments: list[str], message: str
) -> None:
    """Exit code 2."""
    outputs = tmp_path / "outputs.json"
    outputs.write_text(json.dumps({name: {"value": value} for name, value in OUTPUTS.items()}))
    result = CliRunner().invoke(root, ["dlq", *arguments, "--outputs", str(outputs)])
    assert (result.exit_code, message in result.output) == (2, True), result.output


@pytest.mark.parametrize("command", ["list", "show", "redrive", "drop"])
def test_every_command_explains_itself(command: str) -> None:
    """With examples."""
    result = CliRunner().invoke(root, ["dlq", command, "--help"])
    assert (result.exit_code, "Examples:" in result.output) == (0, True)


class Functions:
    """Lambda with one function, or none."""

    def __init__(self, configuration: dict[str, Any] | None) -> None:
        """Answer with a configuration; None for a function that is gone."""
        self.configuration = configuration

    def get_function_configuration(self, **_: Any) -> dict[str, Any]:
        """The function's settings."""
        if self.configuration is None:
            raise client_error("ResourceNotFoundException", "GetFunctionConfiguration")
        return self.configuration


def stack(configuration: dict[str, Any] | None, **outputs: Any) -> DeployedStack:
    """A stack with such a function."""
    return DeployedStack(Endpoint({}, lambda _: Functions(configuration)), {**OUTPUTS, **outputs})


def test_users_are_read_as_the_function_reads_them() -> None:
    """By the deployed function's own setting."""
    variables = {"DYNAMODB_TABLE_NAME": "t", "SYNC_TABLE_NAME": "s", "USER_ID_METADATA_KEY": "account"}
    warnings: list[str] = []
    found = stack({"Environment": {"Variables": variables}})
    assert (user_id_metadata_key(found, warnings.append), warnings) == ("account", [])


@pytest.mark.parametrize("configuration", [None, {}])
def test_without_a_function_users_are_read_under_the_default_key(configuration: Any) -> None:
    """The queues must be readable just then; a warning says so."""
    warnings: list[str] = []
    assert user_id_metadata_key(stack(configuration), warnings.append) == "userId"
    assert "settings cannot be read" in warnings[0]


def test_a_message_is_hidden_for_longer_than_the_function_can_take() -> None:
    """A function of 15 minutes, too."""
    assert redrive_hold_seconds(stack({"Timeout": 900})) > 900
    assert redrive_hold_seconds(stack({"Timeout": 30})) == 300


def test_only_queues_that_can_hold_a_choice_are_asked_for() -> None:
    """A stack whose outputs lack the other queue can be worked on."""
    found = queues(stack({}, failure_queue_url=None), Choice(layers=frozenset({Layer.DELIVERY})), "userId")
    assert [(queue.layer, queue.url) for queue in found] == [(Layer.DELIVERY, "https://delivery")]
    with pytest.raises(CliError, match="--resource failure_queue_url=VALUE"):
        queues(stack({}, failure_queue_url=None), Choice(), "userId")
