"""The sync table: owner links and parked events, with one request for each question. Decides nothing.

A customer has an item `LINK` (see `owner_links`), and an item `PARKED#<event>` for each event that waits.
DynamoDB removes a parked event `PARKED_SECONDS` after it was parked (TTL attribute `expiresAt`). The index
`PARKED_INDEX` holds parked events alone, so that they can be found without knowing their customers.
"""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from stripe_subscription_handler.conversation.messages import (
    ItemSeen,
    Links,
    Park,
    Parked,
    Unpark,
    WriteLink,
    Written,
)
from stripe_subscription_handler.conversation.owner_links import PARKED, USERS, link_value, owner_attribute
from stripe_subscription_handler.decisions.decision import OwnerLink
from stripe_subscription_handler.dynamodb.expressions import Placeholders
from stripe_subscription_handler.dynamodb.wire import from_wire, to_wire
from stripe_subscription_handler.errors import UserNotFoundError
from stripe_subscription_handler.events.envelope import StripeEvent, parse_event

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PARKED_SECONDS = 30 * 24 * 3600
"""How long an event waits for its customer to be linked: as long as Stripe lists it."""
PARKED_INDEX = "parked-by-expiry"
"""The index of parked events, in the order in which they expire; `terraform/modules/tables` makes it."""
WAITING_FOR = "waitingFor"
"""The index's partition key. Only parked events have it, so no other item is in the index."""
WAITING_FOR_USER = "user"
"""Its one value. One partition takes 1,000 parked events a second, far more than are ever parked."""
EXPIRES_AT = "expiresAt"
"""The index's sort key, and the attribute by which DynamoDB removes items: a Unix time in seconds."""
LARGEST_PARKED_BYTES = 400_000
"""Largest event that can wait: DynamoDB's item of 400 KB (409,600 bytes) less its other attributes."""

Send = Callable[[Callable[..., Any], dict[str, Any]], Any]
"""Sends a request: calls a client's method with parameters, counting it."""


def link_key(customer_id: str) -> dict[str, str]:
    return {"PK": f"CUSTOMER#{customer_id}", "SK": "LINK"}


def parked_key(customer_id: str, event_id: str) -> dict[str, str]:
    return {"PK": f"CUSTOMER#{customer_id}", "SK": f"PARKED#{event_id}"}


def parked_query(table_name: str, customer_id: str) -> dict[str, Any]:
    first = parked_key(customer_id, "")
    return {
        "TableName": table_name,
        "KeyConditionExpression": "PK = :customer AND begins_with(SK, :parked)",
        "ExpressionAttributeValues": to_wire({":customer": first["PK"], ":parked": first["SK"]}),
        "ConsistentRead": True,
    }


@attrs.frozen
class SyncTable:
    """The sync table.

    Attributes:
        clock: The Unix time in seconds.
    """

    client: "DynamoDBClient"
    name: str
    send: Send
    clock: Callable[[], float]
    user_id_metadata_key: str

    def read_links(self, customer_id: str) -> Links:
        return Links(item=self._item(link_key(customer_id)))

    def link_update(self, link: OwnerLink, *, unless_parked: bool) -> dict[str, Any]:
        """The update that writes an owner link where the subscription has none, as part of a transaction."""
        words = Placeholders()
        owner, value = words.name(owner_attribute(link.subscription_id)), words.value(link_value(link))
        users, user = words.name(USERS), words.value({link.user_id})
        condition = f"attribute_not_exists({words.name(PARKED)})" if unless_parked else None
        # An owner is set once; moving one is `WriteLink.moves`.
        expression = f"SET {owner} = if_not_exists({owner}, {value}) ADD {users} {user}"
        return self._update(link.customer_id, expression, words, condition)

    def write_link(self, request: WriteLink) -> Written | Links | ItemSeen:
        if not request.moves:
            self.send(self.client.update_item, self.link_update(request.link, unless_parked=False))
            return Written()
        link, words = request.link, Placeholders()
        owner, value = words.name(owner_attribute(link.subscription_id)), words.value(link_value(link))
        users, user = words.name(USERS), words.value({link.user_id})
        version = f"{owner}.{words.name('version')} < {words.value(link.version)}"
        parameters = self._update(
            link.customer_id,
            f"SET {owner} = {value} ADD {users} {user}",
            words,
            f"attribute_not_exists({owner}) OR {version}",
        )
        try:
            response = self.send(self.client.update_item, {**parameters, "ReturnValues": "ALL_NEW"})
        except self.client.exceptions.ConditionalCheckFailedException as error:
            # A later owner has been written.
            refused: Any = error.response
            return ItemSeen(from_wire(refused.get("Item")))
        return Links(from_wire(response.get("Attributes")))

    def park(self, request: Park, stripe_event: Mapping[str, Any]) -> Written | ItemSeen:
        """Keep an event, if its subscription has no owner yet.

        Raises:
            UserNotFoundError: The event is too large for an item.
        """
        text = json.dumps(stripe_event, separators=(",", ":"))
        if len(text) > LARGEST_PARKED_BYTES:
            raise UserNotFoundError(
                f"the user of event {request.event_id} is not known yet, and its {len(text):,} bytes are "
                f"more than the {LARGEST_PARKED_BYTES:,} that can be parked"
            )
        words = Placeholders()
        conditions = []
        if request.subscription_id is not None:
            owner = words.name(owner_attribute(request.subscription_id))
            conditions.append(f"attribute_not_exists({owner})")
        if request.unless_users:
            conditions.append(f"attribute_not_exists({words.name(USERS)})")
        expression = f"ADD {words.name(PARKED)} {words.value({request.event_id})}"
        update = self._update(request.customer_id, expression, words, " AND ".join(conditions) or None)
        now = int(self.clock())
        item = {
            **parked_key(request.customer_id, request.event_id),
            "event": text,
            "parkedAt": now,
            EXPIRES_AT: now + PARKED_SECONDS,
            WAITING_FOR: WAITING_FOR_USER,
        }
        put = {"TableName": self.name, "Item": to_wire(item)}
        try:
            self.send(self.client.transact_write_items, {"TransactItems": [{"Update": update}, {"Put": put}]})
        except self.client.exceptions.TransactionCanceledException as error:
            reason: Any = error.response.get("CancellationReasons", [{}])[0]
            if reason.get("Code") != "ConditionalCheckFailed":
                raise
            return ItemSeen(item=from_wire(reason.get("Item")))
        return Written()

    def read_parked(self, customer_id: str) -> Parked:
        # The ids are read first: an event that is not found although its id was there is gone.
        ids = (self._item(link_key(customer_id)) or {}).get(PARKED, set())
        found: dict[str, StripeEvent] = {}
        parameters = parked_query(self.name, customer_id)
        while True:
            page = self.send(self.client.query, parameters)
            for item in page["Items"]:
                kept = json.loads(item["event"]["S"])
                event = parse_event(kept, user_id_metadata_key=self.user_id_metadata_key)
                found[event.id] = event
            if "LastEvaluatedKey" not in page:
                break
            parameters["ExclusiveStartKey"] = page["LastEvaluatedKey"]
        return Parked(tuple(found.values()), tuple(sorted(ids - found.keys())))

    def unpark(self, request: Unpark) -> Written:
        words = Placeholders()
        expression = f"DELETE {words.name(PARKED)} {words.value({request.event_id})}"
        update = self._update(request.customer_id, expression, words, None)
        event = {"TableName": self.name, "Key": to_wire(parked_key(request.customer_id, request.event_id))}
        # An event that was found gone may have been parked anew; then it stays.
        gone = {"ConditionCheck": {**event, "ConditionExpression": "attribute_not_exists(PK)"}}
        items = [{"Update": update}, gone if request.expired else {"Delete": event}]
        try:
            self.send(self.client.transact_write_items, {"TransactItems": items})
        except self.client.exceptions.TransactionCanceledException as error:
            reason: Any = error.response.get("CancellationReasons", [{}])[-1]
            if not request.expired or reason.get("Code") != "ConditionalCheckFailed":
                raise
        return Written()

    def _item(self, key: Mapping[str, str]) -> dict[str, Any] | None:
        parameters = {"TableName": self.name, "Key": to_wire(key), "ConsistentRead": True}
        return from_wire(self.send(self.client.get_item, parameters).get("Item"))

    def _update(
        self, customer_id: str, expression: str, words: Placeholders, condition: str | None
    ) -> dict[str, Any]:
        conditional = {"ConditionExpression": condition, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        return {
            "TableName": self.name,
            "Key": to_wire(link_key(customer_id)),
            "UpdateExpression": expression,
            "ExpressionAttributeNames": words.names,
            "ExpressionAttributeValues": to_wire(words.values),
            **(conditional if condition else {}),
        }
