"""From a deployed stack to its queues and its function. Finds and connects; decides nothing."""

from collections.abc import Callable
from datetime import timedelta

from botocore.exceptions import ClientError

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.dlq.invoking import Invoker, invoking_config, longest_invocation_seconds
from stripe_handler_cli.stack.dead_letters.messages import DeadLetter
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.function_log import History

_SHORTEST_HOLD_SECONDS = 300
"""A redrive lasts; messages it leaves should not come back to it all the time."""

_TRIED_BEFORE = timedelta(days=1)
"""Lambda tries an event for 6 hours at most before its message is sent; a day leaves a margin."""


def invoker(stack: DeployedStack) -> Invoker:
    client = stack.endpoint.client("lambda", invoking_config(_function_timeout_seconds(stack)))
    return Invoker(client, stack.invoked_function)


def history(stack: DeployedStack, letter: DeadLetter, warn: Callable[[str], None]) -> History | None:
    """The attempts at a letter's event, by the function's log; None if that cannot be read."""
    if letter.event_id is None or letter.sent_at is None:
        return History()
    try:
        return stack.function_log.history(letter.event_id, letter.sent_at - _TRIED_BEFORE)
    except (CliError, ClientError) as error:
        warn(f"The function's log cannot be read: {error}")
        return None


def redrive_hold_seconds(stack: DeployedStack) -> int:
    """How long a redrive hides a message: longer than the function can take for it."""
    return max(_SHORTEST_HOLD_SECONDS, longest_invocation_seconds(_function_timeout_seconds(stack)))


def _function_timeout_seconds(stack: DeployedStack) -> int:
    return int(stack.function_configuration["Timeout"])
