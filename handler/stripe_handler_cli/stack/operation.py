"""Asks the deployed function one of its operations, and waits for the answer."""

import json
from collections.abc import Mapping
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_subscription_handler.operations.names import OPERATION_KEY

_MARGIN_SECONDS = 15
"""The client waits longer than the function may run: a cold start and Lambda's own work come on top."""


def asked(stack: DeployedStack, operation: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Invoke the function with an operation; what it answers.

    Raises:
        CliError: The function cannot be invoked, or ended with an error.
    """
    patience = Config(
        retries={"total_max_attempts": 1},
        connect_timeout=5,
        read_timeout=int(stack.function_configuration["Timeout"]) + _MARGIN_SECONDS,
    )
    payload = json.dumps({OPERATION_KEY: operation, **arguments}).encode()
    try:
        answer = stack.endpoint.client("lambda", patience).invoke(
            FunctionName=stack.invoked_function, Payload=payload
        )
        told = json.loads(answer["Payload"].read() or b"null")
    except (ClientError, BotoCoreError) as error:
        raise CliError(f"The function {stack.invoked_function} cannot be asked: {error}") from error
    if answer.get("FunctionError") or not isinstance(told, dict):
        found = told if isinstance(told, dict) else {}
        kind, message = found.get("errorType", "an error"), found.get("errorMessage", "no message")
        raise CliError(f"The function {stack.invoked_function} ended with {kind}: {message}")
    return told
