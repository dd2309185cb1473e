"""Where the doctor looks: the stack, what came with the command line, and what has been seen already.

It judges nothing, and asks everything once, however many checks need it. Below stand the ways to ask AWS, and
the function's settings, which checks of several areas need.
"""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import attrs
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.stripe_options import StripeAccess
from stripe_subscription_handler.config import STRIPE_API_URL, VARIABLES, Config
from stripe_subscription_handler.decisions.policy import ConnectEvents, Livemode
from stripe_subscription_handler.errors import ConfigError

LOOK_ERRORS = (BotoCoreError, ClientError, ResponseParserError, CliError, KeyError, ValueError)
"""Why a look can fail: AWS refuses or is away, an output is missing, an answer is no answer."""
_MISSING = (
    "AWS.SimpleQueueService.NonExistentQueue",
    "NoSuchEntity",
    "NotFound",
    "QueueDoesNotExist",
    "ResourceNotFoundException",
)
_Seen = TypeVar("_Seen")


@attrs.define
class Site:
    """A stack under examination."""

    stack: DeployedStack
    now: dt.datetime = attrs.field(factory=lambda: dt.datetime.now(dt.UTC))
    package: Path | None = None  # a zip to compare the function's code with
    is_package_named: bool = False  # by the person; else it was found
    stripe: StripeAccess | None = None  # the operator's own access to Stripe
    recent_hours: int = 24  # how far back events are looked for
    stack_options: str = ""  # what leads other commands of ours to the same stack, with a space before it
    _clients: dict[str, Any] = attrs.field(factory=dict, init=False, repr=False)
    _seen: dict[Any, Any] = attrs.field(factory=dict, init=False, repr=False)

    def client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = self.stack.endpoint.client(service)
        return self._clients[service]

    def output(self, name: str) -> str:
        return self.stack.output(name)

    @property
    def role_name(self) -> str:
        return self.output("function_role_arn").rpartition("/")[2]

    @property
    def rule_arns(self) -> tuple[str, ...]:
        """The rules that lead to the function: the stack's, and that of the webhook bridge's own bus."""
        bridge = self.stack.outputs.get("webhook_bridge_rule_arn")
        return (self.output("rule_arn"), *([str(bridge)] if bridge else []))

    def see(self, look: Callable[..., _Seen], *what: str) -> _Seen:
        """Look, or remember what was seen; a look that failed fails again, without asking again."""
        asked = (look, *what)
        if asked not in self._seen:
            try:
                self._seen[asked] = look(self, *what)
            except LOOK_ERRORS as error:
                self._seen[asked] = error
        seen = self._seen[asked]
        if isinstance(seen, Exception):
            raise seen
        return seen  # type: ignore[no-any-return]


def found_or_none(call: Callable[..., Any], **request: Any) -> dict[str, Any] | None:
    """Ask AWS for something that may not exist; None says that there is no such thing."""
    try:
        answer: dict[str, Any] = call(**request)
    except ClientError as error:
        if error.response["Error"].get("Code") in _MISSING:
            return None
        raise
    return answer


def listed(client: Any, operation: str, what: str, **request: Any) -> list[Any]:
    return [one for page in client.get_paginator(operation).paginate(**request) for one in page[what]]


def metric_points(
    site: Site, namespace: str, name: str, statistic: str, span: dt.timedelta, period_seconds: int, **of: str
) -> list[Any]:
    """CloudWatch's figures of a metric with these dimensions, over a span of time that ends now."""
    answer = site.client("cloudwatch").get_metric_statistics(
        Namespace=namespace,
        MetricName=name,
        Dimensions=[{"Name": dimension, "Value": value} for dimension, value in of.items()],
        StartTime=site.now - span,
        EndTime=site.now + dt.timedelta(minutes=1),
        Period=period_seconds,
        Statistics=[statistic],
    )
    return list(answer["Datapoints"])


def reason_of(error: Exception) -> str:
    """Say why a look failed, in a few words."""
    if isinstance(error, ClientError):
        return f"{error.response['Error'].get('Code', 'an error')} for {error.operation_name}"
    if isinstance(error, KeyError):
        return f"AWS's answer has no {error}"
    return str(error)


def look_at_settings(site: Site) -> dict[str, Any] | None:
    """GetFunctionConfiguration of what is invoked; None where there is no such function."""
    invoked = site.stack.invoked_function
    return found_or_none(site.client("lambda").get_function_configuration, FunctionName=invoked)


def settings_of(site: Site) -> dict[str, Any]:
    """The function's settings; raises `CliError` where there is no function."""
    settings = site.see(look_at_settings)
    if settings is None:
        raise CliError(f"there is no function {site.stack.invoked_function}")
    return settings


def environment_of(site: Site) -> dict[str, str]:
    variables: dict[str, str] = settings_of(site).get("Environment", {}).get("Variables", {})
    return variables


def config_of(site: Site) -> Config:
    """The function's settings, as the function reads them; raises `CliError` where it cannot."""
    try:
        return Config.from_environment(environment_of(site))
    except ConfigError as error:
        raise CliError(f"the function's environment cannot be used: {error}") from error


def config_of_tables(site: Site) -> Config:
    """The same, for the tables that Terraform's outputs name, whatever the function was given."""
    return attrs.evolve(
        config_of(site),
        table_name=site.output("profile_table_name"),
        sync_table_name=site.output("sync_table_name"),
    )


def livemode_of(site: Site) -> str:
    return environment_of(site).get(VARIABLES["livemode"], Livemode.ANY)


def connect_events_of(site: Site) -> str:
    return environment_of(site).get(VARIABLES["connect_events"], ConnectEvents.SKIP)


def stripe_url_of(site: Site) -> str:
    """Where the function asks Stripe."""
    return environment_of(site).get(VARIABLES["stripe_api_url"]) or STRIPE_API_URL
