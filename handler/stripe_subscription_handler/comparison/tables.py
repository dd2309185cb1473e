"""Reads profiles and link items in batches, and scans the profile table. Uses boto3; writes nothing."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from stripe_subscription_handler.config import Config
from stripe_subscription_handler.conversation.messages import Links
from stripe_subscription_handler.decisions.ledger import KNOWN, SETTINGS
from stripe_subscription_handler.dynamodb.sync_table import Send, SyncTable, customer_key, link_key
from stripe_subscription_handler.dynamodb.wire import from_wire, to_wire

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_BATCH = 100
"""Keys that one BatchGetItem takes."""
SEGMENTS = 8
"""The table is scanned in so many parts, one after the other: how many are done tells how far it is."""

Item = dict[str, Any]
_Name = TypeVar("_Name")


@attrs.frozen
class ScanPosition:
    """How far the scan has got.

    Attributes:
        after: The key after which the segment goes on, on the wire; None at its beginning.
    """

    segment: int = 0
    after: Mapping[str, Any] | None = None


@attrs.frozen
class Shown:
    """A user, and every subscription that the user's item knows or shows, forgotten ones left out.

    Attributes:
        settings: Fingerprint of those by which the item was written; None where this project wrote nothing.
    """

    user_id: str
    subscription_ids: frozenset[str]
    settings: str | None = None


@attrs.frozen
class ScanPage:
    """One page of the scan.

    Attributes:
        profiles: The profiles on it that know a subscription.
        next: Where it goes on; None at the end.
    """

    profiles: tuple[Shown, ...]
    scanned: int
    next: ScanPosition | None


@attrs.frozen
class Tables:
    """The profile table and the sync table, for reading.

    Attributes:
        scan_limit: Most items that one page of a scan looks at; None: a megabyte.
        send: Sends the requests that read named items.
    """

    client: "DynamoDBClient"
    config: Config
    scan_limit: int | None = None
    send: Send = lambda call, parameters: call(**parameters)

    def profile(self, user_id: str) -> Item | None:
        return self.profiles([user_id]).get(user_id)

    def profiles(self, user_ids: Iterable[str]) -> dict[str, Item]:
        keys = {user_id: self.config.profile_key(user_id) for user_id in user_ids}
        return read_items(self.client, self.config.table_name, keys, self.send)

    def links(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Item]:
        """Read links by customer id and subscription id, where there are any."""
        wanted = {key: link_key(*key) for key in keys}
        return read_items(self.client, self.config.sync_table_name, wanted, self.send)

    def customers(self, customer_ids: Iterable[str]) -> dict[str, Item]:
        """Read customers' records, where there are any."""
        keys = {customer_id: customer_key(customer_id) for customer_id in customer_ids}
        return read_items(self.client, self.config.sync_table_name, keys, self.send)

    def links_of(self, customer_id: str) -> Links:
        """Read a customer's record and all its links."""
        config = self.config
        sync_table = SyncTable(self.client, config.sync_table_name, self.send, config.selection)
        return sync_table.read_links(customer_id)

    def item_count(self) -> int:
        """About how many items the profile table has; DynamoDB counts every six hours."""
        return int(self.client.describe_table(TableName=self.config.table_name)["Table"].get("ItemCount", 0))

    def scan(self, position: ScanPosition) -> ScanPage:
        """Read one page of profiles: only keys and subscription ids travel."""
        config = self.config
        key_names = [name for name in (config.partition_key_name, config.sort_key_name) if name]
        names = {"#shown": "subscriptionId", "#known": KNOWN, "#settings": SETTINGS} | {
            f"#key{number}": name for number, name in enumerate(key_names)
        }
        start: Any = {"ExclusiveStartKey": position.after} if position.after else {}
        if self.scan_limit is not None:
            start["Limit"] = self.scan_limit
        answer: Any = self.client.scan(
            TableName=config.table_name,
            Segment=position.segment,
            TotalSegments=SEGMENTS,
            ProjectionExpression=", ".join(names),
            FilterExpression="attribute_exists(#shown) OR attribute_exists(#known)",
            ExpressionAttributeNames=names,
            **start,
        )
        items = (from_wire(item) or {} for item in answer["Items"])
        profiles = tuple(profile for item in items if (profile := self._shown(item)) is not None)
        after = answer.get("LastEvaluatedKey")
        following = ScanPosition(position.segment, after) if after else ScanPosition(position.segment + 1)
        is_over = following.segment == SEGMENTS
        return ScanPage(profiles, answer["ScannedCount"], None if is_over else following)

    def _shown(self, item: Item) -> Shown | None:
        user_id = user_of_key(item, self.config)
        shown = {item["subscriptionId"]} if "subscriptionId" in item else set()
        known = frozenset(shown | item.get(KNOWN, set()))
        return None if user_id is None else Shown(user_id, known, item.get(SETTINGS))


def read_items(
    client: "DynamoDBClient",
    table_name: str,
    keys: Mapping[_Name, Mapping[str, str]],
    send: Send = lambda call, parameters: call(**parameters),
) -> dict[_Name, Item]:
    """Read the items of these keys, where there are any, by the names the keys go by."""
    names = list(keys)
    found: dict[_Name, Item] = {}
    for start in range(0, len(names), _BATCH):
        wanted = {tuple(sorted(keys[name].items())): name for name in names[start : start + _BATCH]}
        attributes = sorted(next(iter(keys.values())))
        for item in _batch_get(client, table_name, [dict(key) for key in wanted], send):
            found[wanted[tuple((attribute, item[attribute]) for attribute in attributes)]] = item
    return found


def _batch_get(
    client: "DynamoDBClient", table_name: str, keys: list[dict[str, str]], send: Send
) -> Iterator[Item]:
    request: Any = {table_name: {"Keys": [to_wire(key) for key in keys], "ConsistentRead": True}}
    while request:
        answer: Any = send(client.batch_get_item, {"RequestItems": request})
        for item in answer.get("Responses", {}).get(table_name, ()):
            yield from_wire(item) or {}
        # What did not fit into one answer, or was throttled, is asked for again.
        request = answer.get("UnprocessedKeys")


def user_of_key(key: Mapping[str, Any], config: Config) -> str | None:
    """The user whose profile has this key; None where it is the key of some other item of the table."""
    return config.keys.user_of(key)
