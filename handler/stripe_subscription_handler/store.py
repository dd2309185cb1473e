"""Executes decisions on DynamoDB: one request for each. The only module that uses boto3.

`Store.run` holds the conversation of `handling` with the two tables and counts the requests it makes.
"""

import random
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import attrs
import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.config import Config as ClientConfig
from botocore.exceptions import ClientError

from stripe_subscription_handler.config import Config
from stripe_subscription_handler.decide import FindOwner, OwnerLink, Write
from stripe_subscription_handler.errors import ConcurrentUpdateError
from stripe_subscription_handler.expressions import Placeholders, condition_expression, update_expression
from stripe_subscription_handler.handling import Handling, Links, Outcome, Refused, Written
from stripe_subscription_handler.ledger import KNOWN
from stripe_subscription_handler.owners import USERS, link_value, owner_attribute

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_CONDITION_FAILED = ("ConditionalCheckFailedException", "ConditionalCheckFailed")
_CONFLICT = ("TransactionConflictException", "TransactionConflict", "TransactionInProgressException")
_MAX_CONFLICTS = 10
_FIRST_PAUSE_SECONDS = 0.02
_LONGEST_PAUSE_SECONDS = 0.64

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


def dynamodb_client() -> "DynamoDBClient":
    """Make a DynamoDB client whose retries and time-outs fit in the function's 30 seconds."""
    return boto3.client(
        "dynamodb",
        config=ClientConfig(
            connect_timeout=2,
            read_timeout=4,
            retries={"mode": "standard", "total_max_attempts": 4},
            tcp_keepalive=True,
        ),
    )


@attrs.define
class Store:
    """The profile table and the sync table.

    Attributes:
        client: A DynamoDB client.
        config: Table names and keys.
        sleep: Waits between rounds that lost a race, in seconds.
        requests: Requests sent so far, the client's own retries included.
    """

    client: "DynamoDBClient"
    config: Config
    sleep: Callable[[float], None] = time.sleep
    requests: int = 0

    def run(self, conversation: Handling) -> Outcome:
        """Hold one event's conversation to its end.

        Raises:
            HandlerError: As the conversation says.
            botocore.exceptions.ClientError: DynamoDB refused for another reason than a failed condition.
        """
        refusals = 0
        try:
            request = next(conversation)
            while True:
                answer = self._answer(request)
                if isinstance(answer, Refused):
                    # The first refusal is the normal way to read the item; only later ones are lost races.
                    if refusals:
                        self._pause(refusals)
                    refusals += 1
                request = conversation.send(answer)
        except StopIteration as stop:
            outcome: Outcome = stop.value
            return outcome

    def _answer(self, request: Write | FindOwner) -> Written | Refused | Links:
        if isinstance(request, FindOwner):
            return self._links(request)
        return self._transact(request, request.link) if request.link else self._update(request)

    def _pause(self, attempt: int) -> None:
        longest = min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2**attempt)
        self.sleep(random.uniform(0, longest))  # noqa: S311 - jitter, not a secret

    def _update(self, write: Write) -> Written | Refused:
        def send() -> Written:
            response = self.client.update_item(
                **self._profile_update(write),
                ReturnValues="UPDATED_OLD",
            )
            self._count(response)
            return Written(old=_plain(response.get("Attributes")) or {})

        return self._unless_refused(send)

    def _transact(self, write: Write, link: OwnerLink) -> Written | Refused:
        def send() -> Written:
            response = self.client.transact_write_items(
                TransactItems=[
                    {"Update": self._profile_update(write)},
                    {"Update": self._link_update(link)},
                ]
            )
            self._count(response)
            return Written(old={})

        return self._unless_refused(send)

    def _unless_refused(self, send: Callable[[], Written]) -> Written | Refused:
        for attempt in range(_MAX_CONFLICTS):
            try:
                return send()
            except ClientError as error:
                self._count(error.response)
                code = error.response["Error"].get("Code", "")
                reasons: list[Any] = list(error.response.get("CancellationReasons", ()))
                codes = {code} | {reason.get("Code", "") for reason in reasons}
                if codes & set(_CONDITION_FAILED):
                    # In a transaction only the profile's update, the first, has a condition.
                    refused: Any = reasons[0] if reasons else error.response
                    return Refused(item=_plain(refused.get("Item")))
                if not codes & set(_CONFLICT):
                    raise
                self._pause(attempt)
        raise ConcurrentUpdateError(f"DynamoDB reported a transaction conflict {_MAX_CONFLICTS} times")

    def _profile_update(self, write: Write) -> Any:
        placeholders = Placeholders()
        known = {KNOWN: frozenset({write.known})}
        return {
            "TableName": self.config.table_name,
            "Key": _wire(self.config.profile_key(write.user_id)),
            "UpdateExpression": update_expression(write.set, write.remove, known, placeholders),
            "ConditionExpression": condition_expression(write.condition, placeholders),
            "ExpressionAttributeNames": placeholders.names,
            "ExpressionAttributeValues": _wire(placeholders.values),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }

    def _link_update(self, link: OwnerLink) -> Any:
        placeholders = Placeholders()
        name = placeholders.name(owner_attribute(link.subscription_id))
        value = placeholders.value(link_value(link))
        added = update_expression({}, (), {USERS: frozenset({link.user_id})}, placeholders)
        return {
            "TableName": self.config.sync_table_name,
            "Key": _wire(link_key(link.customer_id)),
            # An owner is set once; moving one is a decision of its own.
            "UpdateExpression": f"SET {name} = if_not_exists({name}, {value}) {added}",
            "ExpressionAttributeNames": placeholders.names,
            "ExpressionAttributeValues": _wire(placeholders.values),
        }

    def _links(self, question: FindOwner) -> Links:
        if question.customer_id is None:
            return Links(item=None)
        response = self.client.get_item(
            TableName=self.config.sync_table_name,
            Key=_wire(link_key(question.customer_id)),
            ConsistentRead=True,
        )
        self._count(response)
        return Links(item=_plain(response.get("Item")))

    def _count(self, response: Any) -> None:
        self.requests += 1 + response.get("ResponseMetadata", {}).get("RetryAttempts", 0)


def link_key(customer_id: str) -> dict[str, str]:
    """Key of a customer's link item in the sync table."""
    return {"PK": f"CUSTOMER#{customer_id}", "SK": "LINK"}


def _wire(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _serialize(value) for name, value in values.items()}


def _plain(item: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if item is None else {name: _deserialize(value) for name, value in item.items()}
