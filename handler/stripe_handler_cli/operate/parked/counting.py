"""Has the deployed function count parked events now, so that the alarms need not wait for the hour."""

import json
from typing import TYPE_CHECKING

from stripe_handler_cli.common.errors import CliError
from stripe_subscription_handler.operations.names import COUNT_PARKED_REQUEST

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


def count_now(client: "LambdaClient", function_name: str) -> None:
    """Invoke the function as its schedule does; its log line is what the metrics are made of.

    Raises:
        CliError: The function failed; the message has the error's type.
    """
    answer = client.invoke(FunctionName=function_name, Payload=json.dumps(COUNT_PARKED_REQUEST).encode())
    content = answer["Payload"].read()
    if "FunctionError" not in answer:
        return
    try:
        error_type = json.loads(content).get("errorType")
    except (ValueError, AttributeError):
        error_type = None
    raise CliError(
        f"{function_name} could not count parked events: {error_type or answer['FunctionError']}. "
        "Its log group has the reason."
    )
