"""A stack that a root of somebody else's has: it is found by the outputs that the root passes on."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.passed_on import one_stack
from stripe_handler_cli.tools.terraform.outputs import outputs_of_root
from stripe_handler_cli.tools.terraform.process import child_environment, run
from support.terraform import terraform

OTHER = {"vpc_id": "vpc-1", "zones": ["a"], "names": {"function_name": 3}}
"""What such a root has besides."""


def stack(environment: str, prefix: str = "bayon") -> dict[str, str]:
    """Some of a stack's outputs."""
    return {"environment": environment, "function_name": f"{prefix}-{environment}"}


def found(outputs: Mapping[str, Any], name: str | None = None) -> tuple[Any, str | None]:
    """The function of the stack that is found, and where its outputs are."""
    one = one_stack(outputs, name, "our/root")
    return one.values.get("function_name"), one.path


SEVERAL = {**OTHER, "stripe": {"staging": stack("staging"), "production": stack("production")}}
TWICE = {"a": {"live": stack("live")}, "b": {"live": stack("live", "other")}}


@pytest.mark.parametrize(
    ("outputs", "name", "wanted"),
    [
        ({**OTHER, **stack("live")}, None, ("bayon-live", None)),
        ({**OTHER, "stripe": stack("live")}, None, ("bayon-live", "stripe")),
        ({**OTHER, "stripe": stack("live")}, "live", ("bayon-live", "stripe")),
        ({"stripe": {"live": stack("live")}}, None, ("bayon-live", "stripe.live")),
        (SEVERAL, "staging", ("bayon-staging", "stripe.staging")),
        (SEVERAL, "stripe.production", ("bayon-production", "stripe.production")),
        (TWICE, "b.live", ("other-live", "b.live")),
        ({**stack("own"), "stripe": stack("live")}, "stripe", ("bayon-live", "stripe")),
        (OTHER, None, (None, None)),
    ],
)
def test_the_stack_that_is_meant_is_found(
    outputs: Mapping[str, Any], name: str | None, wanted: tuple[str | None, str | None]
) -> None:
    """The root's own, the only one that it passes on, or the one that is named."""
    assert found(outputs, name) == wanted


@pytest.mark.parametrize(
    ("outputs", "name", "words"),
    [
        (SEVERAL, None, ["more than one stack", "--stack stripe.production (bayon-production)", "staging"]),
        (SEVERAL, "moon", ["no stack called moon", "--stack stripe.staging (bayon-staging)"]),
        (TWICE, "live", ["--stack a.live (bayon-live)", "--stack b.live (other-live)"]),
        (OTHER, "live", ["our/root passes on no stack", "leave --stack out"]),
    ],
)
def test_where_it_could_be_several_or_none_the_message_lists_them(
    outputs: Mapping[str, Any], name: str | None, words: list[str]
) -> None:
    """As a person types it."""
    with pytest.raises(CliError) as refused:
        found(outputs, name)
    assert all(word in str(refused.value) for word in words)


def test_terraform_prints_a_module_with_for_each_so(tmp_path: Path) -> None:
    """Applied with the real Terraform: the output of the example is what is read here."""
    (tmp_path / "module").mkdir()
    (tmp_path / "module/main.tf").write_text(
        'variable "environment" {}\n'
        'output "environment" { value = var.environment }\n'
        'output "function_name" { value = "bayon-${var.environment}" }\n'
        'output "function_arn" { value = "arn:aws:lambda:eu-west-3:1:function:${var.environment}" }\n',
        "utf-8",
    )
    (tmp_path / "main.tf").write_text(
        'module "stripe" {\n'
        '  source      = "./module"\n'
        '  for_each    = toset(["staging", "production"])\n'
        "  environment = each.key\n"
        "}\n\n"
        'output "stripe" { value = module.stripe }\n',
        "utf-8",
    )
    for arguments in (["init"], ["apply", "-auto-approve"]):
        command = [str(terraform()), *arguments, "-input=false"]
        done = run(command, directory=tmp_path, environment=child_environment({}))
        assert done.exit_code == 0, done.text
    one = one_stack(outputs_of_root(tmp_path, environment=child_environment({})), "staging", "root")
    deployed = DeployedStack.on_aws(one, tmp_path)
    assert deployed.output("function_name") == "bayon-staging"
    assert deployed.endpoint.variables == {"AWS_DEFAULT_REGION": "eu-west-3"}
    assert deployed.apply_command == f"terraform -chdir={tmp_path} apply"
    assert deployed.settings_place == "the call of modules/pipeline"
