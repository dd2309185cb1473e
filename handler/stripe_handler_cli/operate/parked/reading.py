"""Lists the events that wait for a user, in the order in which they expire. Reads the sync table only."""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from stripe_subscription_handler.dynamodb.sync_table import (
    EXPIRES_AT,
    PARKED_INDEX,
    WAITING_FOR,
    WAITING_FOR_USER,
)
from stripe_subscription_handler.dynamodb.wire import from_wire, to_wire
from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.events.envelope import parse_event
from stripe_subscription_handler.events.fields import iso_time
from stripe_subscription_handler.operations.parked_count import EXPIRING_SECONDS, count_parked

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_PARKED_PREFIX, _CUSTOMER_PREFIX = "PARKED#", "CUSTOMER#"


@attrs.frozen
class WaitingEvent:
    """An event that waits for a user.

    Attributes:
        event_id: The event.
        event_type: Stripe's type; None where the stored event cannot be read.
        customer_id: The customer whose link it waits for.
        subscription_id: The subscription to label; None where the event names none.
        parked_at: Since when, ISO-8601 UTC.
        expires_at: Until when, ISO-8601 UTC; DynamoDB removes it at some time after.
        is_expiring: Whether that is within 7 days, or past.
    """

    event_id: str
    event_type: str | None
    customer_id: str
    subscription_id: str | None
    parked_at: str
    expires_at: str
    is_expiring: bool


@attrs.frozen
class Waiting:
    """What waits for a user.

    Attributes:
        parked: How many events.
        expiring: How many of them expire within 7 days, or should have.
        events: The first of them to expire.
    """

    parked: int
    expiring: int
    events: tuple[WaitingEvent, ...]


def read_waiting(
    client: "DynamoDBClient", table_name: str, now: int, *, limit: int, expiring_only: bool = False
) -> Waiting:
    """Read what waits.

    Args:
        client: A DynamoDB client.
        table_name: The sync table.
        now: The Unix time in seconds.
        limit: How many events to list at most; all are counted.
        expiring_only: List only those that expire within 7 days.
    """
    count = count_parked(client, table_name, now)
    soon = now + EXPIRING_SECONDS
    found: list[WaitingEvent] = []
    for key in _keys(client, table_name, limit):
        item = from_wire(client.get_item(TableName=table_name, Key=key, ConsistentRead=True).get("Item"))
        if item is None:  # Applied or expired a moment ago; the index did not know yet.
            continue
        event = _waiting_event(item, soon)
        if expiring_only and not event.is_expiring:
            break
        found.append(event)
    return Waiting(count.parked, count.expiring, tuple(found))


def _keys(client: "DynamoDBClient", table_name: str, limit: int) -> Iterator[Any]:
    pages = client.get_paginator("query").paginate(
        TableName=table_name,
        IndexName=PARKED_INDEX,
        KeyConditionExpression=f"{WAITING_FOR} = :user",
        ExpressionAttributeValues=to_wire({":user": WAITING_FOR_USER}),
        PaginationConfig={"MaxItems": limit, "PageSize": min(limit, 1000)},
    )
    for page in pages:
        for item in page["Items"]:
            yield {"PK": item["PK"], "SK": item["SK"]}


def _waiting_event(item: Mapping[str, Any], soon: int) -> WaitingEvent:
    event_type, subscription_id = _about(item.get("event"))
    expires_at = int(item[EXPIRES_AT])
    return WaitingEvent(
        event_id=str(item["SK"]).removeprefix(_PARKED_PREFIX),
        event_type=event_type,
        customer_id=str(item["PK"]).removeprefix(_CUSTOMER_PREFIX),
        subscription_id=subscription_id,
        parked_at=iso_time(int(item["parkedAt"]), "parkedAt"),
        expires_at=iso_time(expires_at, EXPIRES_AT),
        is_expiring=expires_at <= soon,
    )


def _about(text: Any) -> tuple[str | None, str | None]:
    """Type and subscription of a stored event, as far as it can be read."""
    try:
        event = parse_event(json.loads(text))
    except (TypeError, ValueError, InvalidEventError):
        return None, None
    return event.type, event.subscription_id
