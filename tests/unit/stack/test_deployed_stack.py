"""How operators' commands find a stack: Terraform's outputs, flags, and the function's own settings."""

import json
import shlex
from pathlib import Path
from typing import Any

import attrs
import click
import pytest
from click.testing import CliRunner

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.stack.options import given_stack_options, stack_options
from stripe_handler_cli.tools.terraform.outputs import outputs_of_root, parse_outputs
from stripe_handler_cli.tools.terraform.process import Completed

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:acme-stripe-subscription-handler-production"


def outputs(**values: Any) -> str:
    """What `terraform output -json` prints."""
    return json.dumps({name: {"value": value, "type": "string"} for name, value in values.items()})


@click.command()
@stack_options
def show(stack: DeployedStack) -> None:
    """Print what was found."""
    click.echo(json.dumps([dict(stack.outputs), dict(stack.endpoint.variables)]))


def shown(*arguments: str) -> Any:
    """What the command found."""
    result = CliRunner().invoke(show, arguments, catch_exceptions=False)
    return json.loads(result.stdout)


def test_a_file_of_outputs_is_enough_and_names_the_region(tmp_path: Path) -> None:
    """Without access to the state: the outputs' file, and the region of the function's ARN."""
    path = tmp_path / "outputs.json"
    path.write_text(outputs(function_arn=ARN, function_name="f"), encoding="utf-8")
    found, variables = shown("--outputs", str(path))
    assert found == {"function_arn": ARN, "function_name": "f"}
    assert variables == {"AWS_DEFAULT_REGION": "eu-west-1"}


def test_a_flag_names_a_resource_in_place_of_an_output(tmp_path: Path) -> None:
    """`--resource` wins over what Terraform says."""
    path = tmp_path / "outputs.json"
    path.write_text(outputs(function_name="f", rule_name="r"), encoding="utf-8")
    found, _ = shown("--outputs", str(path), "--resource", "function_name=g")
    assert found == {"function_name": "g", "rule_name": "r"}


def test_one_of_several_stacks_is_named(tmp_path: Path) -> None:
    """A root of somebody else's has them in one output; a flag still names a resource of the chosen one."""
    path = tmp_path / "outputs.json"
    both = {name: {"environment": name, "function_name": name} for name in ("staging", "production")}
    path.write_text(outputs(stripe=both), encoding="utf-8")
    found, _ = shown("--outputs", str(path), "--stack", "staging", "--resource", "rule_name=r")
    assert found == {"environment": "staging", "function_name": "staging", "rule_name": "r"}


def test_flags_alone_are_enough(tmp_path: Path) -> None:
    """A machine without the Terraform code can still name what it needs."""
    missing = str(tmp_path / "none")
    found, _ = shown("--terraform-directory", missing, "--resource", "function_name=g")
    assert found == {"function_name": "g"}


def test_a_resource_without_a_name_is_wrong_usage() -> None:
    """The message shows what is wanted."""
    result = CliRunner().invoke(show, ["--resource", "function_name"])
    assert result.exit_code == 2
    assert "OUTPUT=NAME" in result.output


def test_a_missing_output_says_which_flag_names_it() -> None:
    """An older stack lacks an output; the operator can go on."""
    stack = DeployedStack(Endpoint({}), {"rule_name": None})
    with pytest.raises(CliError, match="--resource rule_name=VALUE"):
        stack.output("rule_name")


def test_terraform_is_asked_in_the_workspace_named(tmp_path: Path) -> None:
    """The person's own selected workspace is left alone."""
    asked = []

    def run(directory: Path, environment: Any) -> Completed:
        asked.append((directory, environment["TF_WORKSPACE"]))
        return Completed(0, outputs(function_name="f"))

    assert outputs_of_root(tmp_path, workspace="staging", environment={}, run=run) == {"function_name": "f"}
    assert asked == [(tmp_path, "staging")]


def test_a_workspace_without_outputs_is_a_clear_error(tmp_path: Path) -> None:
    """Nothing applied, or another workspace selected: both are named."""
    with pytest.raises(CliError, match="nothing is applied there"):
        outputs_of_root(tmp_path, environment={}, run=lambda *_: Completed(0, "{}"))


@pytest.mark.parametrize("text", ["", "[]", '{"a": 1}', '{"a": {}}', "null"])
def test_something_else_than_outputs_is_refused(text: str) -> None:
    """The message names the file."""
    with pytest.raises(CliError, match=r"some\.json"):
        parse_outputs(text, "some.json")


@attrs.frozen
class Functions:
    """Answers as Lambda does."""

    variables: dict[str, str]
    expected_name: str = "f"

    def get_function_configuration(self, *, FunctionName: str) -> Any:  # noqa: N803 - boto3's word
        """The function's settings."""
        assert FunctionName == self.expected_name
        return {"Environment": {"Variables": self.variables}}


@pytest.mark.parametrize(
    ("alias", "name", "arn"), [(None, "f", ARN), ("", "f", ARN), ("live", "f:live", f"{ARN}:live")]
)
def test_what_is_invoked_is_the_alias_where_there_is_one(alias: str | None, name: str, arn: str) -> None:
    """With SnapStart the stack's outputs name an alias; settings are read of it too."""
    found = {"function_name": "f", "function_arn": ARN, "function_alias_name": alias}
    stack = DeployedStack(Endpoint({}, lambda _: Functions({"A": "1"}, name)), found)
    assert (stack.invoked_function, stack.invoked_arn) == (name, arn)
    assert stack.function_environment == {"A": "1"}


def stack_with(variables: dict[str, str]) -> DeployedStack:
    """A stack whose function has these variables."""
    return DeployedStack(Endpoint({}, lambda _: Functions(variables)), {"function_name": "f"})


def test_profiles_are_keyed_as_the_function_keys_them() -> None:
    """Templates and key names come from the deployed function, not from defaults."""
    variables = {"DYNAMODB_TABLE_NAME": "t", "SYNC_TABLE_NAME": "s", "PARTITION_KEY_TEMPLATE": "U|{userId}"}
    assert stack_with(variables).config.profile_key("1") == {"PK": "U|1", "SK": "PROFILE"}


def test_a_function_set_up_wrongly_is_a_clear_error() -> None:
    """The function's own message, with its name."""
    with pytest.raises(CliError, match="f is set up wrongly: DYNAMODB_TABLE_NAME is not set"):
        _ = stack_with({}).config


def test_the_apply_command_names_workspace_root_and_variables(tmp_path: Path) -> None:
    """The tfvars file of the environment; where a demo was applied, the file it was applied with."""
    root = tmp_path / "terraform"
    root.mkdir()
    stack = DeployedStack.on_aws({}, root)
    words = "TF_WORKSPACE={environment} terraform -chdir=" + str(root) + " apply -var-file="
    assert stack.apply_command == words + "environments/{environment}.tfvars"
    (root / "inputs.tfvars.json").write_text("{}", encoding="utf-8")
    assert stack.apply_command == words + "inputs.tfvars.json"


def test_a_command_can_tell_how_it_was_led_to_its_stack(tmp_path: Path) -> None:
    """So that the next one is led there too; what was not given is left out."""

    @click.command
    @stack_options
    def tell(stack: DeployedStack) -> None:
        assert stack
        click.echo(given_stack_options(click.get_current_context()))

    path = tmp_path / "out puts.json"
    path.write_text(outputs(function_name="f"), encoding="utf-8")
    given = ["--outputs", str(path), "--resource", "a=1", "--resource", "b=2"]
    told = CliRunner().invoke(tell, given, catch_exceptions=False)
    assert shlex.split(told.output) == given
    assert told.output.startswith(" --outputs")
