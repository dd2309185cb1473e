"""From a deployed stack to its two queues. Finds and connects; decides nothing."""

from collections.abc import Callable

from botocore.exceptions import ClientError

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.stack.dead_letters.messages import Choice, Layer
from stripe_handler_cli.stack.dead_letters.queues import Queue
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_subscription_handler.events.selection import DEFAULT_USER_ID_METADATA_KEY

_OUTPUTS = {Layer.DELIVERY: "delivery_dead_letter_queue_url", Layer.FUNCTION: "failure_queue_url"}


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
    return [_queue(stack, layer, key) for layer in _OUTPUTS if choice.is_in(layer)]


def queues_of(stack: DeployedStack, *layers: Layer) -> list[Queue]:
    """The queues of these layers, read with the function's settings.

    Raises:
        CliError: The stack's outputs do not name one of them, or the function cannot tell its settings.
    """
    return [_queue(stack, layer, stack.config.user_id_metadata_key) for layer in layers]


def _queue(stack: DeployedStack, layer: Layer, key: str) -> Queue:
    return Queue(stack.endpoint.queues, stack.output(_OUTPUTS[layer]), layer, key)
