"""The sync table: how links, customers' records and parked events are stored, and read. Decides nothing.

A customer has a partition: a record `CUSTOMER`, a link `LINK#<subscription>` for each subscription, and
`PARKED#<event>` for whatever waits. The keys have digests of the ids, and the ids are attributes: so nothing
but the attribute `forgotten` is left of a forgotten one. No item grows with the number of subscriptions.
DynamoDB removes a parked
event `PARKED_SECONDS` after it was first parked (TTL attribute `expiresAt`): one that waits and is delivered
again, by a replay say, does not begin anew. The index `PARKED_INDEX` holds parked events alone, so that they
can be found without knowing their customers.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from stripe_subscription_handler.conversation.links import Customer, Link, digest, is_mark
from stripe_subscription_handler.conversation.messages import Links, Moved, Parked
from stripe_subscription_handler.decisions.ledger import Held
from stripe_subscription_handler.dynamodb.wire import from_wire, to_wire
from stripe_subscription_handler.errors import InvalidEventError, UserNotFoundError
from stripe_subscription_handler.events.envelope import StripeEvent, parse_event
from stripe_subscription_handler.events.selection import Selection
from stripe_subscription_handler.loggable import loggable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PARKED_SECONDS = 30 * 24 * 3600
"""How long an event waits for its user to be named: as long as Stripe lists it."""
PARKED_INDEX = "parked-by-expiry"
"""The index of parked events, in the order in which they expire; `terraform/modules/tables` makes it."""
WAITING_FOR = "waitingFor"
"""The index's partition key. Only parked events have it, so no other item is in the index."""
WAITING_FOR_USER = "user"
"""Its one value. One partition takes 1,000 parked events a second, far more than are ever parked."""
EXPIRES_AT = "expiresAt"
"""The index's sort key, and the attribute by which DynamoDB removes items: a Unix time in seconds."""
CUSTOMER_ID = "customer"
SUBSCRIPTION_ID = "subscription"
"""Attributes that hold Stripe's ids, whose digests are in the keys."""
LARGEST_PARKED_BYTES = 400_000
"""Largest event that can wait: DynamoDB's item of 400 KB (409,600 bytes) less its other attributes."""

_CUSTOMER = "CUSTOMER#"
_RECORD = "CUSTOMER"
_LINK = "LINK#"
_PARKED = "PARKED#"
_AFTER_LINKS = "LINK$"
"""Sorts after every link and before every parked event, as the record sorts before them."""

Send = Callable[[Callable[..., Any], dict[str, Any]], Any]
"""Sends a request: calls a client's method with parameters, counting it."""


def customer_key(customer_id: str) -> dict[str, str]:
    return {"PK": f"{_CUSTOMER}{digest(customer_id)}", "SK": _RECORD}


def link_key(customer_id: str, subscription_id: str) -> dict[str, str]:
    return customer_key(customer_id) | {"SK": f"{_LINK}{digest(subscription_id)}"}


def link_ids(customer_id: str, subscription_id: str) -> dict[str, str]:
    """The attributes of a link that say whose and which it is, as long as it is not forgotten."""
    return {CUSTOMER_ID: customer_id, SUBSCRIPTION_ID: subscription_id}


def ids_of_link(item: Mapping[str, Any]) -> tuple[str, str] | None:
    """The customer and the subscription of a link; None where the item is another one, or a mark."""
    is_link = str(item["SK"]).startswith(_LINK) and not is_mark(item)
    return (str(item[CUSTOMER_ID]), str(item[SUBSCRIPTION_ID])) if is_link else None


def is_record(item: Mapping[str, Any]) -> bool:
    """Whether an item of the sync table is a customer's record."""
    return str(item["SK"]) == _RECORD


def parked_key(customer_id: str, event_id: str) -> dict[str, str]:
    return customer_key(customer_id) | {"SK": f"{_PARKED}{event_id}"}


def parked_id(item: Mapping[str, Any]) -> str | None:
    """By what id an item of the sync table waits; None where it is another one."""
    return _after(item, _PARKED)


def links_query(table_name: str, customer_id: str) -> dict[str, Any]:
    """The request that reads a customer's record and links."""
    return _query(table_name, customer_id, _RECORD, _AFTER_LINKS)


def partition_query(table_name: str, customer_id: str) -> dict[str, Any]:
    """The request that reads all there is of a customer."""
    return _query(table_name, customer_id, _RECORD, f"{_PARKED}\U0010ffff")


def _query(table_name: str, customer_id: str, first: str, last: str) -> dict[str, Any]:
    values = {":customer": customer_key(customer_id)["PK"], ":first": first, ":last": last}
    return {
        "TableName": table_name,
        "KeyConditionExpression": "PK = :customer AND SK BETWEEN :first AND :last",
        "ExpressionAttributeValues": to_wire(values),
        "ConsistentRead": True,
    }


def parked_since(now: int) -> dict[str, int]:
    """The attributes that say since when and until when something waits; the first ones stay."""
    return {"parkedAt": now, EXPIRES_AT: now + PARKED_SECONDS}


def parked_content(
    customer_id: str, kept: StripeEvent | Moved, stripe_event: Mapping[str, Any]
) -> dict[str, Any]:
    """The other attributes (plain Python values): an event, as it came, or a moved subscription.

    Raises:
        UserNotFoundError: The event is too large for an item.
    """
    content: dict[str, Any] = {WAITING_FOR: WAITING_FOR_USER, CUSTOMER_ID: customer_id}
    if isinstance(kept, Moved):
        attributes = kept.held.to_attributes(kept.subscription_id)
        held = {name: value for name, value in attributes.items() if value is not None}
        return content | {SUBSCRIPTION_ID: kept.subscription_id, "created": kept.created, "held": held}
    text = json.dumps(stripe_event, separators=(",", ":"))
    if len(text) > LARGEST_PARKED_BYTES:
        raise UserNotFoundError(
            f"the user of event {loggable(kept.id)} is not known yet, and its {len(text):,} bytes are more "
            f"than the {LARGEST_PARKED_BYTES:,} that can be parked"
        )
    return content | {"event": text}


@attrs.frozen
class SyncTable:
    """The sync table, for reading."""

    client: "DynamoDBClient"
    name: str
    send: Send
    selection: Selection

    def read_link(self, customer_id: str, subscription_id: str) -> Links:
        record, link = (
            self._item(key) for key in (customer_key(customer_id), link_key(customer_id, subscription_id))
        )
        customer = Customer.from_attributes(record)
        if link is not None and is_mark(link):
            return Links(customer, marks=frozenset({digest(subscription_id)}))
        return Links(customer, {} if link is None else {subscription_id: Link.from_attributes(link)})

    def link(self, customer_id: str, subscription_id: str) -> Link | None:
        """Read one link alone; a mark is none."""
        item = self._item(link_key(customer_id, subscription_id))
        return None if item is None or is_mark(item) else Link.from_attributes(item)

    def read_links(self, customer_id: str) -> Links:
        return read_links(self._pages(links_query(self.name, customer_id)))

    def read_parked(self, customer_id: str) -> Parked:
        items = list(self._pages(partition_query(self.name, customer_id)))
        found, events = read_links(items), {}
        for item in items:
            event_id = parked_id(item)
            if event_id is not None and (kept := self._kept(customer_id, event_id, item)) is not None:
                events[event_id] = kept
        # What cannot be read any more is no reason to forget that it waits.
        waiting = (parked_id(item) for item in items)
        unreadable = frozenset(id_ for id_ in waiting if id_ is not None and id_ not in events)
        customer = attrs.evolve(found.customer, parked=found.customer.parked - unreadable)
        return Parked(customer, found.links, events, found.marks, unreadable)

    def _kept(self, customer_id: str, event_id: str, item: Mapping[str, Any]) -> StripeEvent | Moved | None:
        if "held" in item:
            held = Held.from_attributes(item[SUBSCRIPTION_ID], item["held"])
            return Moved(event_id, item["created"], customer_id, item[SUBSCRIPTION_ID], held)
        try:
            return parse_event(json.loads(item["event"]), self.selection)
        except InvalidEventError:
            return None

    def _pages(self, parameters: dict[str, Any]) -> Iterator[dict[str, Any]]:
        while True:
            page = self.send(self.client.query, parameters)
            yield from (from_wire(item) or {} for item in page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            parameters["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _item(self, key: Mapping[str, str]) -> dict[str, Any] | None:
        parameters = {"TableName": self.name, "Key": to_wire(key), "ConsistentRead": True}
        return from_wire(self.send(self.client.get_item, parameters).get("Item"))


def read_links(items: "Iterator[dict[str, Any]] | list[dict[str, Any]]") -> Links:
    """Read a customer's record and links out of the items of its partition (plain Python values)."""
    customer, links, marks = Customer(), dict[str, Link](), set[str]()
    for item in items:
        place = _after(item, _LINK)
        if place is not None and is_mark(item):
            marks.add(place)
        elif place is not None:
            links[item[SUBSCRIPTION_ID]] = Link.from_attributes(item)
        elif is_record(item):
            customer = Customer.from_attributes(item)
    return Links(customer, links, frozenset(marks))


def _after(item: Mapping[str, Any], prefix: str) -> str | None:
    key = str(item["SK"])
    return key.removeprefix(prefix) if key.startswith(prefix) else None
