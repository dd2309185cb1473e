"""Reads the profile table and the sync table for people. Uses DynamoDB, decides nothing, writes nothing."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import attrs

from stripe_handler_cli.operate.show.record import CustomerRecord, ParkedEvent, UserRecord
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.dynamodb.sync_table import link_key, parked_key
from stripe_subscription_handler.dynamodb.wire import from_wire, to_wire
from stripe_subscription_handler.events.fields import iso_time

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@attrs.frozen
class UserTables:
    """The two tables of a stack.

    Attributes:
        client: A DynamoDB client.
        config: Their names and keys, as the deployed function has them.
    """

    client: "DynamoDBClient"
    config: Config

    @classmethod
    def of(cls, stack: DeployedStack) -> "UserTables":
        """Those of a deployed stack."""
        return cls(stack.endpoint.dynamodb, stack.config)

    def user(self, user_id: str) -> UserRecord:
        """Read a user's profile item."""
        key = self.config.profile_key(user_id)
        return UserRecord.of(user_id, key, self._item(self.config.table_name, key))

    def customer(self, customer_id: str) -> CustomerRecord:
        """Read a customer's links and parked events."""
        links = self._item(self.config.sync_table_name, link_key(customer_id))
        parked = sorted(self._parked(customer_id), key=lambda event: (event.parked_at, event.event_id))
        return CustomerRecord.of(customer_id, links, tuple(parked))

    def _item(self, table: str, key: dict[str, str]) -> dict[str, Any] | None:
        answer = self.client.get_item(TableName=table, Key=to_wire(key), ConsistentRead=True)
        return from_wire(answer.get("Item"))

    def _parked(self, customer_id: str) -> Iterator[ParkedEvent]:
        first = parked_key(customer_id, "")
        pages = self.client.get_paginator("query").paginate(
            TableName=self.config.sync_table_name,
            KeyConditionExpression="PK = :customer AND begins_with(SK, :parked)",
            ExpressionAttributeValues=to_wire({":customer": first["PK"], ":parked": first["SK"]}),
            ConsistentRead=True,
        )
        for page in pages:
            for wire in page["Items"]:
                item = from_wire(wire) or {}
                yield ParkedEvent(
                    event_id=str(item["SK"]).removeprefix(first["SK"]),
                    event_type=_event_type(item.get("event")),
                    parked_at=iso_time(int(item["parkedAt"]), "parkedAt"),
                    expires_at=iso_time(int(item["expiresAt"]), "expiresAt"),
                )


def _event_type(text: Any) -> str | None:
    try:
        found = json.loads(text)
    except (TypeError, ValueError):
        return None
    found_type = found.get("type") if isinstance(found, dict) else None
    return found_type if isinstance(found_type, str) else None
