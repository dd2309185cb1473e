"""The profile table on the day: reads what profiles say, and does to it what apps and operators do."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from stripe_handler_cli.lab.simulator import Settings, told_by
from stripe_handler_cli.lab.simulator.truth.profile import ATTRIBUTES
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.dynamodb.wire import from_wire, to_wire

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_READ_TOGETHER, _WRITTEN_TOGETHER = 100, 25
"""DynamoDB takes no more in one request."""
_OF_THE_APP = {"email": "somebody@example.com", "theme": "dark"}


@attrs.frozen
class ProfileTable:
    """The profiles of the day's users, and no others."""

    client: "DynamoDBClient"
    config: Config
    settings: Settings
    users: tuple[str, ...]

    def views(self) -> dict[str, dict[str, Any]]:
        """User id → what their profile says of Stripe; empty where there is none."""
        names = (*ATTRIBUTES, *self.settings.profile_attributes)
        found = {user: told_by(item, self.settings) for user, item in self._read(self.users, names).items()}
        return {user: found.get(user, {}) for user in self.users}

    def copied(self) -> dict[str, dict[str, Any]]:
        """A copy of every profile that there is, whole."""
        return self._read(self.users, ())

    def set_back(self, copy: Mapping[str, Mapping[str, Any]]) -> None:
        """Make the profiles what they were when they were copied, as when a table is restored."""
        name = self.config.table_name
        requests: list[Any] = [
            {"PutRequest": {"Item": to_wire(copy[user])}}
            if user in copy
            else {"DeleteRequest": {"Key": to_wire(self.config.profile_key(user))}}
            for user in self.users
        ]
        for some in _in_parts(requests, _WRITTEN_TOGETHER):
            left: Any = {name: list(some)}
            while left:
                left = self.client.batch_write_item(RequestItems=left).get("UnprocessedItems")

    def replace(self, user: str) -> None:
        """Put the app's own item in place of a profile, as an app does that does not know better."""
        item = self.config.profile_key(user) | _OF_THE_APP
        self.client.put_item(TableName=self.config.table_name, Item=to_wire(item))

    def _read(self, users: Iterable[str], names: Sequence[str]) -> dict[str, dict[str, Any]]:
        name = self.config.table_name
        by_key = {tuple(self.config.profile_key(user).values()): user for user in users}
        keys = [key for key in self.config.profile_key("-") if key]
        wanted: dict[str, Any] = {"ConsistentRead": True}
        if names:
            places = {f"#{number}": one for number, one in enumerate(dict.fromkeys((*keys, *names)))}
            wanted |= {"ProjectionExpression": ", ".join(places), "ExpressionAttributeNames": places}
        found: dict[str, dict[str, Any]] = {}
        for some in _in_parts(list(by_key.values()), _READ_TOGETHER):
            left: Any = {name: {**wanted, "Keys": [to_wire(self.config.profile_key(user)) for user in some]}}
            while left:
                answer = self.client.batch_get_item(RequestItems=left)
                for wire in answer["Responses"].get(name, []):
                    item = from_wire(wire) or {}
                    found[by_key[tuple(item[key] for key in keys)]] = item
                left = answer.get("UnprocessedKeys")
        return found


def _in_parts(values: Sequence[Any], most: int) -> Iterable[Sequence[Any]]:
    return (values[start : start + most] for start in range(0, len(values), most))
