"""One emulator, and shorthands for what tests build in it. For tests of local AWS itself."""

import io
import itertools
import json
import time
import uuid
import zipfile
from collections.abc import Callable
from typing import Any

import boto3

ACCOUNT_ID = "000000000000"

_numbers = itertools.count()


class Cloud:
    """One emulator, and shorthands for what nearly every test creates in it."""

    def __init__(self, endpoint_url: str, environment: dict[str, str]) -> None:
        """Talk to the emulator at `endpoint_url`."""
        self.endpoint_url = endpoint_url
        self.region = environment["AWS_DEFAULT_REGION"]
        self._session = boto3.Session(
            aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
            region_name=self.region,
        )
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """The service's client."""
        if service not in self._clients:
            self._clients[service] = self._session.client(service, endpoint_url=self.endpoint_url)
        return self._clients[service]

    def name(self) -> str:
        """A name nobody else uses."""
        return f"test-{next(_numbers)}-{uuid.uuid4().hex[:8]}"

    def queue(self, *, sender: str | None = "events.amazonaws.com", **attributes: str) -> tuple[str, str]:
        """A queue that lets an AWS service send to it; its URL and ARN."""
        sqs = self.client("sqs")
        name = self.name()
        arn = f"arn:aws:sqs:{self.region}:{ACCOUNT_ID}:{name}"
        if sender:
            statement = {
                "Effect": "Allow",
                "Principal": {"Service": sender},
                "Action": "sqs:SendMessage",
                "Resource": arn,
            }
            attributes["Policy"] = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        return url, arn

    def messages(self, queue_url: str, *, wait_seconds: int = 10) -> list[dict[str, Any]]:
        """The queue's next messages, attributes included; empty when none came in time."""
        found: list[dict[str, Any]] = (
            self.client("sqs")
            .receive_message(
                QueueUrl=queue_url,
                MaxNumberOfMessages=10,
                WaitTimeSeconds=wait_seconds,
                MessageAttributeNames=["All"],
            )
            .get("Messages", [])
        )
        return found

    def function(self, code: str, **settings: Any) -> tuple[str, str]:
        """A Python function whose module has `handler`; its name and ARN."""
        name = self.name()
        created = self.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=f"arn:aws:iam::{ACCOUNT_ID}:role/any",
            Handler="module.handler",
            Code={"ZipFile": _zipped(code)},
            **settings,
        )
        return name, created["FunctionArn"]

    def update_code(self, function_name: str, code: str) -> None:
        """Deploy other code to the function."""
        self.client("lambda").update_function_code(FunctionName=function_name, ZipFile=_zipped(code))

    def permit_events(self, function_name: str) -> None:
        """Let EventBridge invoke the function."""
        self.client("lambda").add_permission(
            FunctionName=function_name,
            StatementId="events",
            Action="lambda:InvokeFunction",
            Principal="events.amazonaws.com",
        )

    def on_failure(self, function_name: str, queue_arn: str, **settings: Any) -> None:
        """Send the function's failed events to a queue."""
        self.client("lambda").put_function_event_invoke_config(
            FunctionName=function_name,
            DestinationConfig={"OnFailure": {"Destination": queue_arn}},
            **settings,
        )

    def rule(self, target_arn: str, *, bus_name: str = "default", **target: Any) -> tuple[str, str, str]:
        """A rule for a source of its own; the rule's name and ARN and the source."""
        events = self.client("events")
        name = self.name()
        source = f"source.{name}"
        pattern = json.dumps({"source": [source]})
        arn = events.put_rule(Name=name, EventBusName=bus_name, EventPattern=pattern)["RuleArn"]
        events.put_targets(
            Rule=name, EventBusName=bus_name, Targets=[{"Id": "target", "Arn": target_arn, **target}]
        )
        return name, arn, source

    def put_event(self, source: str, detail: Any, *, bus_name: str = "default") -> None:
        """Put one event on a bus."""
        entry = {
            "Source": source,
            "DetailType": "test",
            "Detail": json.dumps(detail),
            "EventBusName": bus_name,
        }
        answer = self.client("events").put_events(Entries=[entry])
        assert answer["FailedEntryCount"] == 0, answer

    def topic_in_queue(self) -> tuple[str, str]:
        """A topic whose messages arrive in a queue; the topic's ARN and the queue's URL."""
        sns = self.client("sns")
        topic_arn = sns.create_topic(Name=self.name())["TopicArn"]
        queue_url, queue_arn = self.queue(sender="sns.amazonaws.com")
        sns.subscribe(TopicArn=topic_arn, Protocol="sqs", Endpoint=queue_arn)
        return topic_arn, queue_url

    def table(self) -> str:
        """A table with the keys PK and SK; its name."""
        name = self.name()
        self.client("dynamodb").create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[
                {"AttributeName": "PK", "KeyType": "HASH"},
                {"AttributeName": "SK", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "PK", "AttributeType": "S"},
                {"AttributeName": "SK", "AttributeType": "S"},
            ],
        )
        return name

    def metric_sum(self, namespace: str, name: str, **dimensions: str) -> float:
        """The sum of a metric over the last hour."""
        now = time.time()
        points = self.client("cloudwatch").get_metric_statistics(
            Namespace=namespace,
            MetricName=name,
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
            StartTime=now - 3600,
            EndTime=now + 60,
            Period=60,
            Statistics=["Sum"],
        )["Datapoints"]
        return sum(point["Sum"] for point in points)

    def log_lines(self, log_group: str) -> list[str]:
        """Every line in a log group; none before it exists."""
        logs = self.client("logs")
        try:
            pages = list(logs.get_paginator("filter_log_events").paginate(logGroupName=log_group))
        except logs.exceptions.ResourceNotFoundException:
            return []
        return [event["message"] for page in pages for event in page["events"]]

    def until(self, happens: Callable[[], Any], *, patience_seconds: float = 15.0) -> Any:
        """The first truthy answer of `happens`; its last answer when patience ends."""
        deadline = time.monotonic() + patience_seconds
        while True:
            answer = happens()
            if answer or time.monotonic() > deadline:
                return answer
            time.sleep(0.05)


def _zipped(code: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("module.py", code)
    return buffer.getvalue()
