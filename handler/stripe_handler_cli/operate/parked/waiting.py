"""What waits for a user: how many events, and the first of them to expire. Decides what is soon."""

from typing import TYPE_CHECKING

import attrs

from stripe_handler_cli.stack.stored import ParkedEvent, first_to_expire
from stripe_subscription_handler.events.fields import iso_time
from stripe_subscription_handler.operations.parked_count import EXPIRING_SECONDS, count_parked

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@attrs.frozen
class WaitingEvent(ParkedEvent):
    """An event that waits for a user.

    Attributes:
        is_expiring: Whether it expires within 7 days, or should have.
    """

    is_expiring: bool


@attrs.frozen
class Waiting:
    """What waits for a user.

    Attributes:
        expiring: How many of them expire within 7 days, or should have.
        events: The first of them to expire.
    """

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
