"""Keeps the drift check's passes in the sync table. Uses boto3; decides nothing.

The item `DRIFT-CHECK` / `RUN` is the last pass, and who holds it. What its pages told is in a partition of
its own, `DRIFT-CHECK#<pass>`, which DynamoDB removes in time (TTL attribute `expiresAt`). The role may write
items whose partition key begins with `DRIFT-CHECK` and no others, unless it may repair.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from stripe_subscription_handler.drift_check.confirmation import Look
from stripe_subscription_handler.drift_check.fingerprints import Sighting
from stripe_subscription_handler.drift_check.sweep import Run
from stripe_subscription_handler.dynamodb.sync_table import EXPIRES_AT
from stripe_subscription_handler.dynamodb.wire import from_wire, to_wire
from stripe_subscription_handler.errors import RunHeldError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PARTITION = "DRIFT-CHECK"
"""How the partition keys of all these items begin; `terraform/modules/drift_check` has the same word."""
_KEPT_SECONDS = 30 * 24 * 3600
_RUN_KEY = {"PK": PARTITION, "SK": "RUN"}


@attrs.frozen
class RunTable:
    """The sync table, as far as passes are kept there.

    Attributes:
        client: A DynamoDB client.
        name: The table.
    """

    client: "DynamoDBClient"
    name: str

    def take(self, holder: str, now: float, until: float) -> Run | None:
        """Hold the passes, until a time at the latest; the last pass, if there was one.

        Raises:
            RunHeldError: Another invocation holds them.
        """
        values = {":holder": holder, ":now": int(now), ":until": int(until) + 1}
        answer = self._update_run(
            "SET heldBy = :holder, heldUntil = :until",
            "attribute_not_exists(heldUntil) OR heldUntil <= :now",
            values,
        )
        kept = answer.get("lastPass")
        return None if kept is None else Run.from_json(json.loads(kept))

    def save(self, holder: str, run: Run) -> None:
        """Keep how far a pass has got.

        Raises:
            RunHeldError: Another invocation holds them by now.
        """
        values = {":holder": holder, ":run": json.dumps(run.as_json(), separators=(",", ":"))}
        self._update_run("SET lastPass = :run", "heldBy = :holder", values)

    def release(self, holder: str) -> None:
        """Hold them no longer.

        Raises:
            RunHeldError: Another invocation holds them by now.
        """
        self._update_run("REMOVE heldBy, heldUntil", "heldBy = :holder", {":holder": holder})

    def _update_run(self, update: str, condition: str, values: Mapping[str, Any]) -> dict[str, Any]:
        try:
            answer = self.client.update_item(
                TableName=self.name,
                Key=to_wire(_RUN_KEY),
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeValues=to_wire(values),
                ReturnValues="ALL_NEW",
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            raise RunHeldError("another invocation of the drift check is at work") from None
        return from_wire(answer.get("Attributes")) or {}

    def put_sighting(self, run: Run, sighting: Sighting) -> None:
        """Keep the next sighting."""
        self._put(run, f"SEEN#{run.sightings:08}", attrs.asdict(sighting, recurse=False))

    def sightings(self, run: Run) -> Iterable[Sighting]:
        """All that count."""
        # From the first to the last; none where the last would come before the first.
        for item in self._query(run, "SEEN#00000000", f"SEEN#{run.sightings - 1:08}"):
            yield Sighting(
                bytes(item["pairs"]),
                bytes(item["subscriptions"]),
                tuple(item["nobodys"]),
                tuple(item["unreadable"]),
            )

    def put_looks(self, run: Run, looks: Sequence[Look]) -> None:
        """Keep the next list of looks."""
        text = json.dumps([look.as_json() for look in looks], separators=(",", ":"))
        self._put(run, f"LOOK#{run.looks:08}", {"looks": text})

    def looks(self, run: Run, number: int) -> tuple[Look, ...]:
        """One list of looks."""
        if number >= run.looks:
            return ()
        key = f"LOOK#{number:08}"
        return tuple(
            Look.from_json(values)
            for item in self._query(run, key, key)
            for values in json.loads(item["looks"])
        )

    def _put(self, run: Run, sort_key: str, values: Mapping[str, Any]) -> None:
        key = {"PK": f"{PARTITION}#{run.id}", "SK": sort_key}
        item = {**key, **values, EXPIRES_AT: run.started + _KEPT_SECONDS}
        self.client.put_item(TableName=self.name, Item=to_wire(item))

    def _query(self, run: Run, first: str, last: str) -> Iterator[dict[str, Any]]:
        if last < first:
            return
        parameters: Any = {
            "TableName": self.name,
            "KeyConditionExpression": "PK = :pass AND SK BETWEEN :first AND :last",
            "ExpressionAttributeValues": to_wire(
                {":pass": f"{PARTITION}#{run.id}", ":first": first, ":last": last}
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
