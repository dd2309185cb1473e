"""Reads profiles and link items in batches, and scans the profile table. Uses boto3; writes nothing."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from stripe_subscription_handler.comparison.batch import Together
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.conversation.messages import Links
from stripe_subscription_handler.decisions.ledger import LIVE, OTHERS, SETTINGS, known_ids
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

    def together(
        self, user_ids: Iterable[str], keys: Iterable[tuple[str, str]], customer_ids: Iterable[str]
    ) -> Together:
        """Read the items of users, links and customers in as few requests as there can be."""
        config = self.config
        sync = config.sync_table_name
        places: dict[tuple[str, Any], tuple[str, Mapping[str, str]]] = {
            **{("user", one): (config.table_name, config.profile_key(one)) for one in user_ids},
            **{("link", key): (sync, link_key(*key)) for key in keys},
            **{("customer", one): (sync, customer_key(one)) for one in customer_ids},
        }
        found = _read_across(self.client, places, self.send)

        def of(kind: str) -> dict[Any, Item]:
            return {name: item for (one, name), item in found.items() if one == kind}

        return Together(of("user"), of("link"), of("customer"))

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
        names = {"#shown": "subscriptionId", "#live": LIVE, "#others": OTHERS, "#settings": SETTINGS} | {
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
            FilterExpression=" OR ".join(
                f"attribute_exists({name})" for name in ("#shown", "#live", "#others")
            ),
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
        known = known_ids(item) | shown
        return None if user_id is None else Shown(user_id, known, item.get(SETTINGS))


def read_items(
    client: "DynamoDBClient",
    table_name: str,
    keys: Mapping[_Name, Mapping[str, str]],
    send: Send = lambda call, parameters: call(**parameters),
) -> dict[_Name, Item]:
    """Read the items of these keys, where there are any, by the names the keys go by."""
    return _read_across(client, {name: (table_name, key) for name, key in keys.items()}, send)


def _read_across(
    client: "DynamoDBClient", places: Mapping[_Name, tuple[str, Mapping[str, str]]], send: Send
) -> dict[_Name, Item]:
    """Read items of several tables, by the names that their places (table and key) go by."""
    found: dict[_Name, Item] = {}
    attributes = {table: sorted(key) for table, key in places.values()}
    names = list(places)
    for start in range(0, len(names), _BATCH):
        wanted = {_place(*places[name]): name for name in names[start : start + _BATCH]}
        for table, item in _batch_get(client, wanted, send):
            found[wanted[_place(table, {one: item[one] for one in attributes[table]})]] = item
    return found


_Place = tuple[str, tuple[tuple[str, str], ...]]
"""A table, and the names and values of a key."""


def _place(table: str, key: Mapping[str, str]) -> _Place:
    return table, tuple(sorted(key.items()))


def _batch_get(client: "DynamoDBClient", places: Iterable[_Place], send: Send) -> Iterator[tuple[str, Item]]:
    request: Any = {}
    for table, key in places:
        asked = request.setdefault(table, {"Keys": [], "ConsistentRead": True})
        asked["Keys"].append(to_wire(dict(key)))
    while request:
        answer: Any = send(client.batch_get_item, {"RequestItems": request})
        for table, items in answer.get("Responses", {}).items():
            for item in items:
                yield table, from_wire(item) or {}
        # What did not fit into one answer, or was throttled, is asked for again.
        request = answer.get("UnprocessedKeys")


def user_of_key(key: Mapping[str, Any], config: Config) -> str | None:
    """The user whose profile has this key; None where it is the key of some other item of the table."""
    return config.keys.user_of(key)
