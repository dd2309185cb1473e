"""Keeps the drift check's passes in the sync table. Decides nothing.

The item `DRIFT-CHECK` / `PASS` is the last pass, and who holds it. What its pages told is in a partition of
its own, `DRIFT-CHECK#<pass>`, which DynamoDB removes in time (TTL attribute `expiresAt`). The role may write
items whose partition key begins with `DRIFT-CHECK` and no others, unless it may repair.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from stripe_subscription_handler.comparison.full_pass import PARTITION
from stripe_subscription_handler.comparison.tables import read_items
from stripe_subscription_handler.drift_check.drift_pass import DriftPass
from stripe_subscription_handler.drift_check.fingerprints import Sighting
from stripe_subscription_handler.drift_check.looks import Look
from stripe_subscription_handler.dynamodb.sync_table import EXPIRES_AT
from stripe_subscription_handler.dynamodb.wire import from_wire, to_wire
from stripe_subscription_handler.errors import PassHeldError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KEPT_SECONDS = 30 * 24 * 3600
_PASS_KEY = {"PK": PARTITION, "SK": "PASS"}


@attrs.frozen
class PassTable:
    """The sync table, as far as passes are kept there (`PassStore`)."""

    client: "DynamoDBClient"
    name: str

    def take(self, holder: str, now: float, until: float) -> DriftPass | None:
        values = {":holder": holder, ":now": int(now), ":until": int(until) + 1}
        answer = self._update_pass(
            "SET heldBy = :holder, heldUntil = :until",
            "attribute_not_exists(heldUntil) OR heldUntil <= :now",
            values,
        )
        kept = answer.get("lastPass")
        return None if kept is None else DriftPass.from_json(json.loads(kept))

    def last(self) -> DriftPass | None:
        """The last pass, as it was kept last, for whoever only looks."""
        kept = read_items(self.client, self.name, {"pass": _PASS_KEY}).get("pass", {}).get("lastPass")
        return None if kept is None else DriftPass.from_json(json.loads(kept))

    def save(self, holder: str, drift_pass: DriftPass) -> None:
        values = {":holder": holder, ":pass": json.dumps(drift_pass.as_json(), separators=(",", ":"))}
        self._update_pass("SET lastPass = :pass", "heldBy = :holder", values)

    def release(self, holder: str) -> None:
        self._update_pass("REMOVE heldBy, heldUntil", "heldBy = :holder", {":holder": holder})

    def _update_pass(self, update: str, condition: str, values: Mapping[str, Any]) -> dict[str, Any]:
        try:
            answer = self.client.update_item(
                TableName=self.name,
                Key=to_wire(_PASS_KEY),
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeValues=to_wire(values),
                ReturnValues="ALL_NEW",
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            raise PassHeldError("another invocation of the drift check is at work") from None
        return from_wire(answer.get("Attributes")) or {}

    def put_sighting(self, drift_pass: DriftPass, sighting: Sighting) -> None:
        self._put(drift_pass, f"SEEN#{drift_pass.sightings:08}", attrs.asdict(sighting, recurse=False))

    def sightings(self, drift_pass: DriftPass) -> Iterable[Sighting]:
        # Without any, the last would come before the first.
        for item in self._query(drift_pass, "SEEN#00000000", f"SEEN#{drift_pass.sightings - 1:08}"):
            yield Sighting(
                bytes(item["pairs"]),
                bytes(item["subscriptions"]),
                tuple(item["nobodys"]),
                tuple(item["unreadable"]),
            )

    def put_looks(self, drift_pass: DriftPass, looks: Sequence[Look]) -> None:
        text = json.dumps([look.as_json() for look in looks], separators=(",", ":"))
        self._put(drift_pass, f"LOOK#{drift_pass.looks:08}", {"looks": text})

    def looks(self, drift_pass: DriftPass, number: int) -> tuple[Look, ...]:
        if number >= drift_pass.looks:
            return ()
        key = f"LOOK#{number:08}"
        return tuple(
            Look.from_json(values)
            for item in self._query(drift_pass, key, key)
            for values in json.loads(item["looks"])
        )

    def _put(self, drift_pass: DriftPass, sort_key: str, values: Mapping[str, Any]) -> None:
        key = {"PK": f"{PARTITION}#{drift_pass.id}", "SK": sort_key}
        item = {**key, **values, EXPIRES_AT: drift_pass.started + _KEPT_SECONDS}
        self.client.put_item(TableName=self.name, Item=to_wire(item))

    def _query(self, drift_pass: DriftPass, first: str, last: str) -> Iterator[dict[str, Any]]:
        if last < first:
            return
        parameters: Any = {
            "TableName": self.name,
            "KeyConditionExpression": "PK = :pass AND SK BETWEEN :first AND :last",
            "ExpressionAttributeValues": to_wire(
                {":pass": f"{PARTITION}#{drift_pass.id}", ":first": first, ":last": last}
            ),
            "ConsistentRead": True,
        }
        while True:
            page = self.client.query(**parameters)
            for item in page["Items"]:
                yield from_wire(item) or {}
            if "LastEvaluatedKey" not in page:
                return
            parameters["ExclusiveStartKey"] = page["LastEvaluatedKey"]
