"""A stack in memory for the console to look at: the model's tables and a log, by AWS's own requests."""

import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import attrs
from starlette.testclient import TestClient

from stripe_handler_cli.composed.console.app import make_app
from stripe_handler_cli.composed.console.desk import Desk
from stripe_handler_cli.composed.console.security import Gate
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_subscription_handler.dynamodb.sync_table import customer_key, link_ids, link_key
from stripe_subscription_handler.dynamodb.wire import from_wire, to_wire
from stripe_subscription_handler.events.envelope import parse_event
from stripe_subscription_handler.loggable import loggable
from support.dynamodb import client_error
from support.model import Tables
from support.sqs import FakeQueue

PORT = 4680
BASE = f"http://127.0.0.1:{PORT}"
OUTPUTS = {
    "environment": "production",
    "event_bus_name": "bus",
    "rule_name": "rule",
    "function_name": "handler",
    "function_arn": "arn:aws:lambda:eu-west-1:123456789012:function:handler",
    "log_group_name": "/aws/lambda/handler",
    "profile_table_name": "profiles",
    "sync_table_name": "sync",
    "metric_namespace": "Handler/production",
    "delivery_dead_letter_queue_name": "delivery",
    "delivery_dead_letter_queue_url": "https://sqs/delivery",
    "failure_queue_name": "failures",
    "failure_queue_url": "https://sqs/failures",
    "alarm_names": {"failure_queue_messages": "acme-failure-queue-messages", "silence": "acme-silence"},
}


@attrs.define
class FakeAws:
    """The AWS requests that the console's pages make, and no other.

    Attributes:
        tables: The model's, which real decisions fill.
        lines: The function's log, each a time in milliseconds and a text.
        refuses: Names of operations that are refused.
        points: What CloudWatch says of each metric, now.
    """

    endpoint_url: str = "https://events.eu-west-1.amazonaws.com"
    tables: Tables = attrs.Factory(Tables)
    lines: list[dict[str, Any]] = attrs.Factory(list)
    delivery: FakeQueue = attrs.Factory(FakeQueue)
    failure: FakeQueue = attrs.Factory(FakeQueue)
    refuses: set[str] = attrs.Factory(set)
    points: Mapping[str, float] = attrs.Factory(dict)
    ringing: set[str] = attrs.Factory(set)

    def client(self, _service: str) -> "FakeAws":
        """Every client is this one: the operations' names are all different."""
        return self

    @property
    def meta(self) -> "FakeAws":
        """The client's meta data."""
        return self

    def handle(self, raw: dict[str, Any]) -> None:
        """Have the handler's own rules apply an event, and log it as the handler does."""
        event = parse_event(raw)
        outcome = self.tables.deliver(event)
        now = datetime.now(UTC)
        line = {
            "timestamp": now.isoformat(),
            "event": "event",
            "event_id": event.id,
            "event_type": event.type,
            "event_created": event.created,
            "subscription_id": event.subscription_id,
            "user_id": loggable(outcome.user_id),
            "decision": "write" if outcome.applied else "skip",
            "reason": outcome.reason,
            "changed": list(outcome.changed or ()),
            "old_status": outcome.old_status,
            "new_status": outcome.new_status,
            "duration_ms": 1,
        }
        self.lines.append({"timestamp": int(now.timestamp() * 1000), "message": json.dumps(line)})

    def _refuse(self, operation: str) -> None:
        if operation in self.refuses:
            raise client_error("AccessDeniedException", operation)

    def get_function_configuration(self, **_: Any) -> dict[str, Any]:
        """Lambda: the function's settings."""
        variables = {"DYNAMODB_TABLE_NAME": "profiles", "SYNC_TABLE_NAME": "sync"}
        return {"Environment": {"Variables": variables}, "Timeout": 30}

    def describe_rule(self, **_: Any) -> dict[str, Any]:
        """EventBridge: the rule."""
        self._refuse("DescribeRule")
        return {"State": "ENABLED", "EventPattern": "{}"}

    def batch_get_item(self, *, RequestItems: Any) -> dict[str, Any]:  # noqa: N803 - boto3's word, as below
        """DynamoDB: items by their keys."""
        self._refuse("BatchGetItem")
        found = {}
        for table, asked in RequestItems.items():
            keys = [from_wire(key) or {} for key in asked["Keys"]]
            found[table] = [to_wire(item) for item in self._items(table) if self._key(item) in keys]
        return {"Responses": found}

    def query(self, **request: Any) -> dict[str, Any]:
        """DynamoDB: a customer's partition, or nothing that is parked."""
        self._refuse("Query")
        values = from_wire(request["ExpressionAttributeValues"]) or {}
        items = [to_wire(item) for item in self._items("sync") if item["PK"] == values.get(":customer")]
        return {"Items": items, "Count": len(items)}

    def scan(self, *, TableName: str, Segment: int = 0, **_: Any) -> dict[str, Any]:  # noqa: N803
        """DynamoDB: every link, or every profile, all of them in the first segment."""
        items = self._items(TableName) if Segment == 0 else []
        found = [item for item in items if TableName == "profiles" or item["SK"].startswith("LINK#")]
        return {"Items": [to_wire(item) for item in found], "ScannedCount": len(found)}

    def describe_table(self, **_: Any) -> dict[str, Any]:
        """DynamoDB: about how many items there are."""
        return {"Table": {"ItemCount": len(self.tables.profiles)}}

    def get_caller_identity(self) -> dict[str, Any]:
        """STS: the stack's own account."""
        return {"Account": "123456789012"}

    def invoke(self, *, Payload: bytes, **_: Any) -> dict[str, Any]:  # noqa: N803
        """Lambda: the function handles an event, which it has in EventBridge's envelope."""
        self.handle(json.loads(Payload)["detail"])
        return {"Payload": io.BytesIO(json.dumps({"decision": "write", "reason": "primary"}).encode())}

    def get_paginator(self, operation: str) -> "_Pages":
        """All pages of an operation, in one."""
        return _Pages(getattr(self, operation))

    def describe_log_groups(self, **_: Any) -> dict[str, Any]:
        """CloudWatch Logs: the group."""
        return {"logGroups": [{"logGroupName": "/aws/lambda/handler", "creationTime": 0}]}

    def filter_log_events(self, **request: Any) -> dict[str, Any]:
        """CloudWatch Logs: the lines of a time, whatever the pattern."""
        end = request.get("endTime", float("inf"))
        return {"events": [one for one in self.lines if request["startTime"] <= one["timestamp"] <= end]}

    def get_metric_data(self, *, MetricDataQueries: Any, EndTime: datetime, **_: Any) -> dict[str, Any]:  # noqa: N803
        """CloudWatch: one point a metric that there is."""
        self._refuse("GetMetricData")
        at = datetime.fromtimestamp(EndTime.timestamp() - 300, UTC)
        results = [
            {"Id": one["Id"], "Timestamps": [at], "Values": [self.points[one["Id"]]]}
            for one in MetricDataQueries
            if one["Id"] in self.points
        ]
        return {"MetricDataResults": results}

    def describe_alarms(self, *, AlarmNames: list[str], **_: Any) -> dict[str, Any]:  # noqa: N803
        """CloudWatch: the alarms."""
        self._refuse("DescribeAlarms")
        return {
            "MetricAlarms": [
                {
                    "AlarmName": name,
                    "StateValue": "ALARM" if name in self.ringing else "OK",
                    "StateUpdatedTimestamp": datetime(2026, 12, 1, tzinfo=UTC),
                    "AlarmDescription": "Events wait. Run: stripe-handler dlq list.",
                }
                for name in AlarmNames
            ]
        }

    def __getattr__(self, operation: str) -> Any:
        """SQS: the operations of one of the two queues, by its address."""
        if operation.startswith("_"):
            raise AttributeError(operation)
        return lambda **request: getattr(self._queue(request["QueueUrl"]), operation)(**request)

    def _queue(self, url: str) -> FakeQueue:
        return self.delivery if url.endswith("delivery") else self.failure

    def _items(self, table: str) -> list[dict[str, Any]]:
        if table == "profiles":
            return [
                {"PK": f"USER#{user}", "SK": "PROFILE", **item} for user, item in self.tables.profiles.items()
            ]
        links = [{**item, **link_ids(*key), **link_key(*key)} for key, item in self.tables.links.items()]
        records = [{**item, **customer_key(key)} for key, item in self.tables.customers.items()]
        return [*links, *records]

    @staticmethod
    def _key(item: Mapping[str, Any]) -> dict[str, Any]:
        return {"PK": item["PK"], "SK": item["SK"]}


@attrs.frozen
class _Pages:
    operation: Any

    def paginate(self, **request: Any) -> list[dict[str, Any]]:
        """The one page."""
        return [self.operation(**{key: one for key, one in request.items() if key != "PaginationConfig"})]


@attrs.frozen
class Looked:
    """A console on a stack in memory, and a browser that has opened its address."""

    aws: FakeAws
    desk: Desk
    gate: Gate
    browser: TestClient


def looked_at(aws: FakeAws | None = None, **settings: Any) -> Looked:
    """Make it; the settings are the desk's."""
    aws = aws or FakeAws()
    stack = DeployedStack(Endpoint({}, aws.client), OUTPUTS)
    desk, gate = Desk(stack, **settings), Gate(PORT)
    browser = TestClient(make_app(desk, gate), base_url=BASE, follow_redirects=False)
    assert browser.get(gate.address()).status_code == 303
    return Looked(aws, desk, gate, browser)
