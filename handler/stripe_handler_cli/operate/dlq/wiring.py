"""From a deployed stack to its queues and its function. Finds and connects; decides nothing."""

from collections.abc import Callable
from datetime import timedelta

from botocore.exceptions import ClientError

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.dlq.invoking import Invoker, invoking_config, longest_invocation_seconds
from stripe_handler_cli.operate.dlq.messages import Choice, DeadLetter, Layer
from stripe_handler_cli.operate.dlq.queues import Queue
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.function_log import History
from stripe_subscription_handler.events.selection import DEFAULT_USER_ID_METADATA_KEY

_OUTPUTS = {Layer.DELIVERY: "delivery_dead_letter_queue_url", Layer.FUNCTION: "failure_queue_url"}
_SHORTEST_HOLD_SECONDS = 300
"""A redrive lasts; messages it leaves should not come back to it all the time."""

_TRIED_BEFORE = timedelta(days=1)
"""Lambda tries an event for 6 hours at most before its message is sent; a day leaves a margin."""


def user_id_metadata_key(stack: DeployedStack, warn: Callable[[str], None]) -> str:
    """The metadata key that holds user ids; the default one if the function cannot tell.

    The queues must be readable above all when the function is gone.
    """
    try:
        return stack.config.user_id_metadata_key
    except (CliError, ClientError) as error:
        warn(
            f"The function's settings cannot be read ({error}); "
            f"users are looked for under '{DEFAULT_USER_ID_METADATA_KEY}'."
        )
        return DEFAULT_USER_ID_METADATA_KEY


def queues(stack: DeployedStack, choice: Choice, key: str) -> list[Queue]:
    """The queues that can hold something chosen.

    Raises:
        CliError: The stack's outputs do not name one of them.
    """
    client = stack.endpoint.queues
    return [
        Queue(client, stack.output(output), layer, key)
        for layer, output in _OUTPUTS.items()
        if choice.is_in(layer)
    ]


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
