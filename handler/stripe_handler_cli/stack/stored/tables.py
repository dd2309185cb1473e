"""Reads profiles, links and parked events for people, by the library's reader. Decides and writes nothing."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from stripe_handler_cli.stack.stored.customers import CustomerRecord
from stripe_handler_cli.stack.stored.parked import ParkedEvent, content_of, is_parked
from stripe_handler_cli.stack.stored.records import UserRecord
from stripe_subscription_handler.comparison.tables import Item, Tables, read_items
from stripe_subscription_handler.comparison.walk import Progress
from stripe_subscription_handler.conversation.links import FORGOTTEN, OWNER
from stripe_subscription_handler.dynamodb.sync_table import (
    CUSTOMER_ID,
    PARKED_INDEX,
    SUBSCRIPTION_ID,
    WAITING_FOR,
    WAITING_FOR_USER,
    ids_of_link,
    link_key,
    parked_id,
    partition_query,
    read_links,
)
from stripe_subscription_handler.dynamodb.wire import from_wire, to_wire

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_LARGEST_PAGE = 1000


@attrs.frozen(order=True)
class OwnedLink:
    """A subscription's link that names its owner."""

    owner: str
    customer_id: str
    subscription_id: str


@attrs.frozen
class LinkPage:
    """One page of a scan of the links.

    Attributes:
        after: Where it goes on, on the wire; None at the end.
    """

    links: tuple[OwnedLink, ...]
    scanned: int
    after: Mapping[str, Any] | None


@attrs.frozen
class StackTables(Tables):
    """The two tables of a stack."""

    def user(self, user_id: str) -> UserRecord:
        return self.users([user_id])[0]

    def users(self, user_ids: Iterable[str]) -> list[UserRecord]:
        """Read several, in their order."""
        wanted = list(user_ids)
        items = self.profiles(wanted)
        return [
            UserRecord.of(one, self.config.profile_key(one), items.get(one), self.config.shows)
            for one in wanted
        ]

    def customer(self, customer_id: str) -> CustomerRecord:
        query = partition_query(self.config.sync_table_name, customer_id)
        pages = self.client.get_paginator("query").paginate(**query)
        items = [from_wire(wire) or {} for page in pages for wire in page["Items"]]
        found = read_links(items)
        owners = {link.owner for link in found.links.values() if link.owner is not None}
        parked = [ParkedEvent.of(item) for item in items if is_parked(item)]
        parked.sort(key=lambda event: (event.parked_at, event.event_id))
        contents = {parked_id(item) or "": content_of(item) for item in items if is_parked(item)}
        return CustomerRecord.of(customer_id, found, self.profiles(owners), tuple(parked), contents)

    def is_marked(self, subscription_id: str) -> bool:
        """Whether a subscription of any customer was forgotten, by a scan of the whole sync table."""
        place = link_key("", subscription_id)["SK"]
        pages: Any = self.client.get_paginator("scan").paginate(
            TableName=self.config.sync_table_name,
            FilterExpression="SK = :place AND attribute_exists(#forgotten)",
            ProjectionExpression="SK",
            ExpressionAttributeNames={"#forgotten": FORGOTTEN},
            ExpressionAttributeValues=to_wire({":place": place}),
        )
        return any(page["Items"] for page in pages)

    def scan_links(self, after: Mapping[str, Any] | None = None, owner: str | None = None) -> LinkPage:
        """Read one page of the links that name an owner, or one owner; only these travel."""
        wanted = "attribute_exists(#owner)" if owner is None else "#owner = :owner"
        request: Any = {"ExclusiveStartKey": after} if after else {}
        if owner is not None:
            request["ExpressionAttributeValues"] = to_wire({":owner": owner})
        if self.scan_limit is not None:
            request["Limit"] = self.scan_limit
        answer: Any = self.client.scan(
            TableName=self.config.sync_table_name,
            ProjectionExpression="PK, SK, #owner, #customer, #subscription",
            FilterExpression=wanted,
            ExpressionAttributeNames={
                "#owner": OWNER,
                "#customer": CUSTOMER_ID,
                "#subscription": SUBSCRIPTION_ID,
            },
            **request,
        )
        items = [from_wire(item) or {} for item in answer["Items"]]
        keyed = ((item[OWNER], ids_of_link(item)) for item in items)
        links = tuple(OwnedLink(user, *key) for user, key in keyed if key is not None)
        return LinkPage(links, answer["ScannedCount"], answer.get("LastEvaluatedKey"))

    def links_to(self, user_id: str, progress: Progress) -> list[OwnedLink]:
        """Find every link that names this user, by a scan of the whole sync table: no index leads there."""
        found: list[OwnedLink] = []
        scanned, after, is_over = 0, None, False
        while not is_over:
            page = self.scan_links(after, user_id)
            found += page.links
            scanned, after = scanned + page.scanned, page.after
            is_over = after is None
            progress("items of the sync table", scanned, 0)
        return found


def first_to_expire(client: "DynamoDBClient", sync_table_name: str, limit: int) -> list[ParkedEvent]:
    """Read the parked events of all customers that expire first, in that order."""
    pages: Any = client.get_paginator("query").paginate(
        TableName=sync_table_name,
        IndexName=PARKED_INDEX,
        KeyConditionExpression=f"{WAITING_FOR} = :user",
        ExpressionAttributeValues=to_wire({":user": WAITING_FOR_USER}),
        PaginationConfig={"MaxItems": limit, "PageSize": min(limit, _LARGEST_PAGE)},
    )
    indexed = (from_wire(wire) or {} for page in pages for wire in page["Items"])
    keys = {(item["PK"], item["SK"]): {"PK": item["PK"], "SK": item["SK"]} for item in indexed}
    items: dict[tuple[str, str], Item] = read_items(client, sync_table_name, keys)
    # One that the index still has may have been applied or have expired a moment ago.
    return [ParkedEvent.of(items[key]) for key in keys if key in items]
