"""A hand-written stand-in for the DynamoDB client over the sync table's index of parked events."""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

_CONDITIONS = {
    "waitingFor = :user AND expiresAt <= :time": lambda time, bound: time <= bound,
    "waitingFor = :user AND expiresAt > :time": lambda time, bound: time > bound,
    "waitingFor = :user": lambda _time, _bound: True,
}


@attrs.define
class ParkedIndex:
    """Answers queries of the index, and reads of the table behind it.

    Attributes:
        times: When each event in the index expires, as Unix times.
        items: Items of the table by sort key; the events in the index are named by their time.
        page_size: How many a query returns at most.
    """

    times: list[int]
    items: Mapping[str, dict[str, Any]] = attrs.Factory(dict)
    page_size: int = 100

    def query(self, **parameters: Any) -> dict[str, Any]:
        """Answer a Query."""
        assert (parameters["TableName"], parameters["IndexName"]) == ("sync", "parked-by-expiry")
        values = parameters["ExpressionAttributeValues"]
        assert values[":user"] == {"S": "user"}
        bound = int(values.get(":time", {"N": 0})["N"])
        matches = _CONDITIONS[parameters["KeyConditionExpression"]]
        start = int(parameters.get("ExclusiveStartKey", {}).get("expiresAt", {}).get("N", 0))
        rest = sorted(time for time in self.times if matches(time, bound) and time > start)
        page = rest[: parameters.get("Limit", self.page_size)]
        more = {"LastEvaluatedKey": {"expiresAt": {"N": str(page[-1])}}} if len(page) < len(rest) else {}
        if parameters.get("Select") == "COUNT":
            return {"Count": len(page), **more}
        items = [
            {"PK": {"S": "CUSTOMER#cus_1"}, "SK": {"S": f"PARKED#{time}"}, "expiresAt": {"N": str(time)}}
            for time in page
        ]
        return {"Count": len(page), "Items": items, **more}

    def get_paginator(self, operation: str) -> "ParkedIndex":
        """Page through queries."""
        assert operation == "query"
        return self

    def paginate(self, *, PaginationConfig: dict[str, int], **parameters: Any) -> Iterator[dict[str, Any]]:  # noqa: N803 - boto3's name
        """Return one page, as long as was asked for."""
        yield self.query(**parameters, Limit=PaginationConfig["MaxItems"])

    def batch_get_item(self, *, RequestItems: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N803 - boto3's name
        """Answer a BatchGetItem."""
        wanted = [key["SK"]["S"] for key in RequestItems["sync"]["Keys"]]
        return {"Responses": {"sync": [self.items[name] for name in wanted if name in self.items]}}
