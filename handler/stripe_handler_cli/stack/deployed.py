"""A stack that somebody has applied, as operators' commands see it: its resources' names and its settings.

Works on AWS and on local AWS alike. Finds things; decides nothing about events.
"""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.stack.event_pattern import EventPattern
from stripe_handler_cli.stack.function_log import FunctionLog
from stripe_handler_cli.stack.passed_on import StackOutputs
from stripe_handler_cli.stack.pipeline import PARTNER_SOURCE_PREFIX, Pipeline
from stripe_handler_cli.stack.stored import StackTables
from stripe_handler_cli.tools import local_aws
from stripe_handler_cli.tools.terraform.outputs import outputs_of_root
from stripe_handler_cli.tools.terraform.workspace import INPUTS
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.errors import ConfigError

_ARN_REGION = 3


def alias_of(outputs: Mapping[str, Any]) -> str | None:
    """The alias by which the function is invoked (SnapStart); None if it is invoked by its name alone.

    Settings, policy and attempts belong to what is invoked. Reserved concurrency, the log group and the
    metrics' dimension `FunctionName` belong to the function as a whole.
    """
    alias: str | None = outputs.get("function_alias_name")
    return alias or None


def qualified(function: str, alias: str | None) -> str:
    """A function's name or ARN with the alias, in the form that all of Lambda's requests take."""
    return f"{function}:{alias}" if alias else function


def invoked_function(outputs: Mapping[str, Any]) -> str:
    return qualified(str(outputs["function_name"]), alias_of(outputs))


@attrs.frozen
class DeployedStack:
    """A stack that was applied from a Terraform root, as far as this command knows.

    Attributes:
        root: The directory of that root.
        is_passed_on: Whether that is a root of somebody else's, which calls modules/pipeline.
    """

    endpoint: Endpoint
    outputs: Mapping[str, Any]
    root: Path = Path("terraform")
    is_passed_on: bool = False

    @classmethod
    def on_aws(cls, outputs: Mapping[str, Any] | StackOutputs, root: Path = root) -> "DeployedStack":
        """A stack on the AWS that the process's environment leads to, in the stack's own region.

        Credentials are found as boto3 finds them (`AWS_PROFILE`, …); `AWS_ENDPOINT_URL` leads to local AWS.
        """
        found = outputs if isinstance(outputs, StackOutputs) else StackOutputs(outputs)
        region = str(found.values.get("function_arn", "")).split(":")[_ARN_REGION : _ARN_REGION + 1]
        endpoint = Endpoint({"AWS_DEFAULT_REGION": region[0]} if region else {})
        return cls(endpoint, found.values, root, is_passed_on=found.path is not None)

    @classmethod
    def on_local_aws(cls, state_directory: Path) -> "DeployedStack":
        """The stack that `demo --keep` or `chaos --keep` left running."""
        running = local_aws.status(state_directory / "local-aws")
        copies = sorted((state_directory / "terraform" / "workspaces").glob("*/"))
        if running is None or len(copies) != 1:
            raise CliError(
                f"No stack runs in {state_directory}; `make demo KEEP=1` leaves one in .stripe-handler/demo."
            )
        endpoint = Endpoint(running.environment())
        return cls(endpoint, outputs_of_root(copies[0]), copies[0])

    def output(self, name: str) -> str:
        """One of Terraform's outputs.

        Raises:
            CliError: The stack has no such output, or it is null.
        """
        value = self.outputs.get(name)
        if value is None:
            raise CliError(
                f"The stack has no output '{name}'. Apply the current Terraform code, or name it with "
                f"--resource {name}=VALUE."
            )
        return str(value)

    @property
    def apply_command(self) -> str:
        """What applies the Terraform code again; a template that names the workspace `{environment}`."""
        if self.is_passed_on:
            return f"terraform -chdir={self.root} apply"
        inputs = Path(INPUTS) if (self.root / INPUTS).is_file() else Path("environments/{environment}.tfvars")
        return f"TF_WORKSPACE={{environment}} terraform -chdir={self.root} apply -var-file={inputs}"

    @property
    def settings_place(self) -> str:
        """Where a person changes the stack's variables."""
        return "the call of modules/pipeline" if self.is_passed_on else "the tfvars file"

    @property
    def function_alias(self) -> str | None:
        return alias_of(self.outputs)

    @property
    def invoked_function(self) -> str:
        """The name of what is invoked, in the form that Lambda's requests take."""
        return qualified(self.output("function_name"), self.function_alias)

    @property
    def invoked_arn(self) -> str:
        return qualified(self.output("function_arn"), self.function_alias)

    @functools.cached_property
    def function_configuration(self) -> Mapping[str, Any]:
        found: Any = self.endpoint.functions.get_function_configuration(FunctionName=self.invoked_function)
        return dict(found)

    @property
    def function_environment(self) -> dict[str, str]:
        return dict(self.function_configuration.get("Environment", {}).get("Variables", {}))

    @functools.cached_property
    def config(self) -> Config:
        """The deployed function's settings, so that commands key profiles as the function does.

        Raises:
            CliError: The function's environment cannot be used.
        """
        try:
            return Config.from_environment(self.function_environment)
        except ConfigError as error:
            raise CliError(f"The function {self.invoked_function} is set up wrongly: {error}") from error

    @property
    def partner_event_source(self) -> str | None:
        """The partner event source's name; None on a custom bus."""
        bus = self.output("event_bus_name")
        return bus if bus.startswith(PARTNER_SOURCE_PREFIX) else None

    @property
    def event_pattern(self) -> EventPattern:
        found: Any = self.endpoint.events.describe_rule(
            Name=self.output("rule_name"), EventBusName=self.output("event_bus_name")
        )
        return EventPattern.of(found)

    @property
    def function_log(self) -> FunctionLog:
        return FunctionLog(self.endpoint.logs, self.output("log_group_name"))

    @property
    def tables(self) -> StackTables:
        """The profile table and the sync table, keyed as the deployed function keys them."""
        return StackTables(self.endpoint.dynamodb, self.config)

    def pipeline(self, source: str) -> Pipeline:
        """The stack's moving parts; events are put under this source."""
        return Pipeline.of(self.endpoint, self.outputs, source, self.config)
