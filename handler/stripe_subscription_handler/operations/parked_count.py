"""Counts the events that wait for a user, so that an alarm can tell before they expire. Changes nothing.

A schedule invokes the function with `names.COUNT_PARKED_REQUEST` instead of an event. The count goes into one
log line, from which metric filters make the metrics that the alarms watch.

An index of the sync table holds waiting events and nothing else (`sync_table.PARKED_INDEX`), in the order in
which they expire. It follows the table within about a second, soon enough for an hourly count.
"""

from typing import TYPE_CHECKING, Any

import attrs

from stripe_subscription_handler.dynamodb.store import Store
from stripe_subscription_handler.dynamodb.sync_table import (
    EXPIRES_AT,
    PARKED_INDEX,
    PARKED_SECONDS,
    WAITING_FOR,
    WAITING_FOR_USER,
)
from stripe_subscription_handler.dynamodb.wire import to_wire

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from stripe_subscription_handler.logger import Log

EXPIRING_SECONDS = 7 * 24 * 3600
"""How long before it expires a waiting event counts as expiring."""


@attrs.frozen
class ParkedCount:
    """The events that wait for a user.

    Attributes:
        expiring: Those that expire within `EXPIRING_SECONDS`, or should have and are not removed yet.
        oldest_seconds: How long the oldest has waited; None where none waits.
    """

    parked: int
    expiring: int
    oldest_seconds: int | None
    requests: int


def answer(store: Store, log: "Log") -> dict[str, Any]:
    """Count, write the log line, and tell whoever invoked the function by hand."""
    count = count_parked(store.client, store.config.sync_table_name, int(store.clock()))
    log.info(
        "parked_count",
        parked=count.parked,
        parked_expiring=count.expiring,
        oldest_parked_seconds=count.oldest_seconds,
        requests=count.requests,
    )
    return {"decision": "count", "parked": count.parked, "parkedExpiring": count.expiring}


def count_parked(client: "DynamoDBClient", table_name: str, now: int) -> ParkedCount:
    """Count the events that wait at a Unix time."""
    soon = now + EXPIRING_SECONDS
    expiring, first_requests = _count(client, table_name, "<=", soon)
    later, later_requests = _count(client, table_name, ">", soon)
    requests = first_requests + later_requests
    if not expiring + later:
        return ParkedCount(0, 0, None, requests)
    oldest = client.query(**_waiting(table_name, ">", 0), Limit=1)["Items"]
    waited = now - int(oldest[0][EXPIRES_AT]["N"]) + PARKED_SECONDS if oldest else None
    return ParkedCount(expiring + later, expiring, waited, requests + 1)


def _count(client: "DynamoDBClient", table_name: str, comparison: str, expires_at: int) -> tuple[int, int]:
    """How many there are, and how many requests it took: one for each megabyte of the index."""
    parameters = {**_waiting(table_name, comparison, expires_at), "Select": "COUNT"}
    count = requests = 0
    while True:
        page = client.query(**parameters)
        count, requests = count + page["Count"], requests + 1
        if "LastEvaluatedKey" not in page:
            return count, requests
        parameters["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _waiting(table_name: str, comparison: str, expires_at: int) -> dict[str, Any]:
    return {
        "TableName": table_name,
        "IndexName": PARKED_INDEX,
        "KeyConditionExpression": f"{WAITING_FOR} = :user AND {EXPIRES_AT} {comparison} :time",
        "ExpressionAttributeValues": to_wire({":user": WAITING_FOR_USER, ":time": expires_at}),
    }
