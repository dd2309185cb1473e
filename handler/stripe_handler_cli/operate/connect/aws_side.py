"""The AWS side of a connection: whose account it is, Stripe's event sources there, and what the rule admits.

It only looks. The account must be the one that Terraform applies to, so it is asked by the same settings: the
variable file's region and endpoint, else the shell's.
"""

import os
from collections.abc import Mapping
from typing import Any

import attrs
from botocore.exceptions import ClientError, NoRegionError

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.connect.settings import Settings
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.stack.event_pattern import EventPattern
from stripe_handler_cli.stack.other_rules import OtherRule, other_rules
from stripe_handler_cli.stack.pages import pages


@attrs.frozen
class AwsSide:
    """An account and region."""

    endpoint: Endpoint

    @classmethod
    def of(cls, settings: Settings, environment: Mapping[str, str] = os.environ) -> "AwsSide":
        """The one that Terraform applies to with these settings."""
        # boto3 does not read AWS_REGION, which Terraform does, before AWS_DEFAULT_REGION.
        region = settings.region or environment.get("AWS_REGION")
        given = {"AWS_DEFAULT_REGION": region, "AWS_ENDPOINT_URL": settings.endpoint_url}
        return cls(Endpoint({name: value for name, value in given.items() if value}))

    @property
    def region(self) -> str:
        try:
            return self.endpoint.events.meta.region_name
        except NoRegionError:
            raise CliError(
                "No AWS region: set aws_region in the variable file, or AWS_REGION, or a profile with one."
            ) from None

    def account_id(self) -> str:
        """The account of the credentials (GetCallerIdentity)."""
        return str(self.endpoint.client("sts").get_caller_identity()["Account"])

    def sources(self) -> dict[str, str]:
        """Stripe's partner event sources here, and AWS's word for each one's state (ListEventSources)."""
        found = pages(
            self.endpoint.events.list_event_sources, "EventSources", NamePrefix="aws.partner/stripe.com/"
        )
        return {source["Name"]: source["State"] for source in found}

    def admitted(self, outputs: Mapping[str, Any]) -> frozenset[str]:
        """The types that the stack's rule admits; none where it has no such rule (DescribeRule)."""
        rule, bus = outputs.get("rule_name"), outputs.get("event_bus_name")
        if not (rule and bus):
            return frozenset()
        try:
            found: Any = self.endpoint.events.describe_rule(Name=rule, EventBusName=bus)
        except ClientError as error:
            if error.response["Error"].get("Code") != "ResourceNotFoundException":
                raise
            return frozenset()
        return EventPattern.of(found).event_types

    def other_rules(self, outputs: Mapping[str, Any]) -> tuple[OtherRule, ...]:
        """The rules on the stack's bus that are not the stack's own."""
        return other_rules(self.endpoint.events, outputs)
