"""What a listener of the profile events hears, and what their function logs, on a deployed stack."""

import json
from typing import Any

import attrs

from stripe_handler_cli.common.waiting import wait_for
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.stack.pipeline import Pipeline
from stripe_subscription_handler.dynamodb.wire import to_wire

_RULE = "itest-profile-listener"


@attrs.frozen
class Listener:
    """A queue behind a rule on the bus of the profile events, and a way to write to profiles as the app does.

    Attributes:
        heard: Every event so far, each with the moment it came into the queue, in Unix seconds.
    """

    endpoint: Endpoint
    pipeline: Pipeline
    queue_url: str
    heard: list[tuple[float, dict[str, Any]]] = attrs.Factory(list)

    @classmethod
    def of(cls, endpoint: Endpoint, pipeline: Pipeline) -> "Listener":
        """Begin to listen."""
        queues, bus = endpoint.queues, pipeline.outputs["profile_events_bus_name"]
        url = queues.create_queue(QueueName=_RULE)["QueueUrl"]
        arn = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        pattern = {"source": [pipeline.outputs["profile_events_source"]]}
        rule = endpoint.events.put_rule(Name=_RULE, EventBusName=bus, EventPattern=json.dumps(pattern))
        endpoint.events.put_targets(Rule=_RULE, EventBusName=bus, Targets=[{"Id": "queue", "Arn": arn}])
        policy = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "events.amazonaws.com"},
                    "Action": "sqs:SendMessage",
                    "Resource": arn,
                    "Condition": {"ArnEquals": {"aws:SourceArn": rule["RuleArn"]}},
                }
            ],
        }
        queues.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
        return cls(endpoint, pipeline, url)

    def stop(self) -> None:
        """Listen no more."""
        events, bus = self.endpoint.events, self.pipeline.outputs["profile_events_bus_name"]
        events.remove_targets(Rule=_RULE, EventBusName=bus, Ids=["queue"])
        events.delete_rule(Name=_RULE, EventBusName=bus)
        self.pipeline.queues.delete_queue(QueueUrl=self.queue_url)

    def key(self, user_id: str) -> dict[str, Any]:
        """The key of a user's profile."""
        return to_wire(self.pipeline.config.profile_key(user_id))

    def write(self, user_id: str, **attributes: Any) -> None:
        """Set attributes of a profile, past the handler."""
        names = {f"#{number}": name for number, name in enumerate(attributes)}
        values = {f":{number}": value for number, value in enumerate(attributes.values())}
        self.pipeline.dynamodb.update_item(
            TableName=self.pipeline.config.table_name,
            Key=self.key(user_id),
            UpdateExpression="SET " + ", ".join(f"#{one} = :{one}" for one in range(len(attributes))),
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=to_wire(values),
        )

    def told_of(self, user_id: str, count: int = 1, patience_seconds: float = 60) -> list[dict[str, Any]]:
        """Wait until so many changes of a user came; returns their details, as they came."""

        def enough() -> list[dict[str, Any]] | None:
            self._receive()
            found = [one["detail"] for _, one in self.heard if one["detail"]["userId"] == user_id]
            return found if len(found) >= count else None

        return wait_for(enough, f"{count} changes of {user_id} are told", patience_seconds)

    def _receive(self) -> None:
        answer: Any = self.pipeline.queues.receive_message(
            QueueUrl=self.queue_url,
            MaxNumberOfMessages=10,
            WaitTimeSeconds=1,
            MessageSystemAttributeNames=["SentTimestamp"],
        )
        messages = answer.get("Messages", [])
        for one in messages:
            self.heard.append((int(one["Attributes"]["SentTimestamp"]) / 1000, json.loads(one["Body"])))
        if messages:
            self.pipeline.queues.delete_message_batch(
                QueueUrl=self.queue_url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": one["ReceiptHandle"]}
                    for number, one in enumerate(messages)
                ],
            )

    def lines(self) -> list[dict[str, Any]]:
        """What the function has logged."""
        group = self.pipeline.outputs["profile_events_log_group_name"]
        pages = self.endpoint.logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        texts = [event["message"] for page in pages for event in page["events"]]
        return [json.loads(text) for text in texts if text.startswith("{")]
