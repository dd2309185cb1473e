"""The deployed drift check, for tests: invoked by hand, set up past Terraform, its log read."""

import json
from typing import Any

import attrs

from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.stack.pipeline import Pipeline
from stripe_subscription_handler.drift_check.request import BEGIN, MOST_SECONDS, REQUEST
from support.incidents import reconfigure


@attrs.frozen
class DriftChecks:
    """A stack's drift check.

    Attributes:
        endpoint: The AWS.
        pipeline: The stack.
    """

    endpoint: Endpoint
    pipeline: Pipeline

    @property
    def function_name(self) -> str:
        """The function."""
        return str(self.pipeline.outputs["drift_check_function_name"])

    def invoke(self, **wanted: Any) -> dict[str, Any]:
        """Run one slice, and wait for it.

        Returns:
            What it answers; with an error, `errorType` and more.
        """
        answer = self.endpoint.functions.invoke(
            FunctionName=self.function_name, Payload=json.dumps({**REQUEST, **wanted}).encode()
        )
        found: dict[str, Any] = json.loads(answer["Payload"].read())
        return found

    def whole_pass(self, most_seconds: float = 60.0) -> dict[str, Any]:
        """Begin a pass, and go on until it is finished; what the last slice answers."""
        went = self.invoke(**{BEGIN: True, MOST_SECONDS: most_seconds})
        for _ in range(50):
            if went.get("state") != "continues":
                break
            went = self.invoke(**{MOST_SECONDS: most_seconds})
        assert went.get("state") == "finished", went
        return went

    def set_up(self, **environment: str) -> None:
        """Change the function's environment, past Terraform."""
        reconfigure(self.endpoint, self.function_name, **environment)

    def set_schedule(self, expression: str) -> str:
        """Have the schedule fire at another rate; returns the old one."""
        scheduler = self.endpoint.client("scheduler")
        found = scheduler.get_schedule(Name=self.function_name)
        scheduler.update_schedule(
            Name=self.function_name,
            Description=found["Description"],
            ScheduleExpression=expression,
            FlexibleTimeWindow=found["FlexibleTimeWindow"],
            Target=found["Target"],
        )
        return str(found["ScheduleExpression"])

    def log_lines(self, event: str) -> list[dict[str, Any]]:
        """Its log lines of one kind, oldest first."""
        pages = self.pipeline.logs.get_paginator("filter_log_events").paginate(
            logGroupName=self.pipeline.outputs["drift_check_log_group_name"],
            filterPattern=f'{{ $.event = "{event}" }}',
        )
        found = sorted((one["timestamp"], one["message"]) for page in pages for one in page["events"])
        return [json.loads(message[message.index("{") :]) for _, message in found]

    def empty_tables(self) -> None:
        """Delete every item of both tables: what other tests left is unknown to their next Stripe."""
        config, dynamodb = self.pipeline.config, self.pipeline.dynamodb
        for table, names in ((config.table_name, self._key_names()), (config.sync_table_name, ["PK", "SK"])):
            for page in dynamodb.get_paginator("scan").paginate(TableName=table):
                for item in page["Items"]:
                    key: Any = {name: item[name] for name in names}
                    dynamodb.delete_item(TableName=table, Key=key)

    def _key_names(self) -> list[str]:
        config = self.pipeline.config
        return [name for name in (config.partition_key_name, config.sort_key_name) if name]
