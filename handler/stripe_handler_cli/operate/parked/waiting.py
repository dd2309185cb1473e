"""What waits for a user: how many events, and the first to expire; has the function count them too."""

import json
import shlex
from typing import TYPE_CHECKING

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.stack.stored import ParkedEvent, first_to_expire
from stripe_subscription_handler.events.fields import iso_time
from stripe_subscription_handler.operations.names import COUNT_PARKED_REQUEST
from stripe_subscription_handler.operations.parked_count import EXPIRING_SECONDS, count_parked

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient


@attrs.frozen
class WaitingEvent(ParkedEvent):
    """An event that waits for a user, and whether it expires within 7 days, or should have."""

    is_expiring: bool = attrs.field(kw_only=True)

    def next_step(self, stack_options: str = "") -> str | None:
        """The command that ends the wait, once USER is filled in, or that tells which subscription to label.

        The latter where the event names none, as one about an invoice, or that Stripe failed to generate
        another. None where it cannot be read, or is of another account, whose lists are not read; and where
        its user is known and only lacks a profile. The options lead it to the same stack; each has a space
        before it.
        """
        if self.event_type is None or self.moved_to is not None:
            return None
        if self.subscription_id is None:
            if self.account:
                return None
            return f"stripe-handler reconcile --customer {shlex.quote(self.customer_id)}{stack_options}"
        account = f" --account {shlex.quote(self.account)}" if self.account else ""
        return f"stripe-handler link {shlex.quote(self.subscription_id)} USER{account}{stack_options}"


@attrs.frozen
class Waiting:
    """How many events wait for a user, how many of them expire within 7 days, and the first to expire."""

    parked: int
    expiring: int
    events: tuple[WaitingEvent, ...]


def read_waiting(
    client: "DynamoDBClient", table_name: str, now: int, *, limit: int, expiring_only: bool = False
) -> Waiting:
    """Read what waits at a second of Unix time: all are counted, the first of them listed."""
    count = count_parked(client, table_name, now)
    soon = iso_time(now + EXPIRING_SECONDS, "now")
    events = (
        WaitingEvent(**attrs.asdict(event), is_expiring=event.expires_at <= soon)
        for event in first_to_expire(client, table_name, limit)
    )
    found = tuple(event for event in events if event.is_expiring or not expiring_only)
    return Waiting(count.parked, count.expiring, found)


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
