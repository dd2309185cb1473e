"""Counts the events that wait for a user, so that an alarm can tell before they expire. Changes nothing.

With it goes the age of the oldest event in each dead-letter queue (`queue_ages`), which AWS's own metric
forgets.

A schedule invokes the function with `names.COUNT_PARKED_REQUEST` instead of an event. The count goes into one
log line, from which metric filters make the metrics that the alarms watch.

An index of the sync table holds waiting events and nothing else (`sync_table.PARKED_INDEX`), in the order in
which they expire. It follows the table within about a second, soon enough for an hourly count.
"""

from typing import TYPE_CHECKING, Any

import attrs
from botocore.exceptions import BotoCoreError, ClientError

from stripe_subscription_handler.dynamodb.store import Store
from stripe_subscription_handler.dynamodb.sync_table import (
    EXPIRES_AT,
    PARKED_INDEX,
    PARKED_SECONDS,
    WAITING_FOR,
    WAITING_FOR_USER,
)
from stripe_subscription_handler.dynamodb.wire import to_wire
from stripe_subscription_handler.operations.queue_ages import oldest_seconds, queues_client

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

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


def answer(store: Store, log: "Log", queues: "Callable[[], SQSClient]" = queues_client) -> dict[str, Any]:
    """Count, write the log line, and tell whoever invoked the function by hand.

    A queue that cannot be asked does not keep the rest from being told: its age is missing from the line, and
    what is raised shows in the function's errors.

    Raises:
        ClientError, BotoCoreError: A table or a queue refused, or did not answer.
    """
    count = count_parked(store.client, store.config.sync_table_name, int(store.clock()))
    ages, problem = _ages(store, queues)
    log.info(
        "parked_count",
        parked=count.parked,
        parked_expiring=count.expiring,
        oldest_parked_seconds=count.oldest_seconds,
        **{f"{queue}_oldest_seconds": age for queue, age in ages.items()},
        requests=count.requests,
    )
    if problem is not None:
        raise problem
    told = {
        "deliveryQueueOldestSeconds": ages.get("delivery_queue"),
        "failureQueueOldestSeconds": ages.get("failure_queue"),
    }
    return {"decision": "count", "parked": count.parked, "parkedExpiring": count.expiring, **told}


def _ages(
    store: Store, queues: "Callable[[], SQSClient]"
) -> tuple[dict[str, int], ClientError | BotoCoreError | None]:
    """The ages that can be told, by queue, and why another one cannot."""
    config = store.config
    urls = {"delivery_queue": config.delivery_queue_url, "failure_queue": config.failure_queue_url}
    ages, problem = dict[str, int](), None
    client = queues() if any(urls.values()) else None
    for queue, url in urls.items():
        if client is None or not url:
            continue
        try:
            age = oldest_seconds(client, url, store.clock())
        except (ClientError, BotoCoreError) as error:
            problem = error
        else:
            ages |= {} if age is None else {queue: age}
    return ages, problem


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
