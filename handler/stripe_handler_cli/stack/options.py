"""The options by which every operator's command finds its stack. Parses; finds nothing itself."""

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from stripe_handler_cli.common.options import given_options, made_into

if TYPE_CHECKING:
    from stripe_handler_cli.stack.deployed import DeployedStack

ROOT_OPTIONS = (
    click.option(
        "--terraform-directory",
        type=click.Path(file_okay=False, path_type=Path),
        default=Path("terraform"),
        show_default=True,
        help="The stack's Terraform root.",
    ),
    click.option("--workspace", help="Its workspace. The selected one unless given."),
)
"""The options that name a Terraform root and one of its workspaces."""
_OPTIONS = (
    *ROOT_OPTIONS,
    click.option(
        "--outputs",
        "outputs_file",
        type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
        help="Read the outputs from this file instead (`terraform output -json`); - is standard input.",
    ),
    click.option(
        "--stack",
        "stack_name",
        help="Which stack, where a root of your own has several: its environment or output (stripe.live).",
    ),
    click.option(
        "--resource",
        "resources",
        metavar="OUTPUT=NAME",
        multiple=True,
        help="Name one resource, in place of the output of that name. Can be repeated.",
    ),
    click.option(
        "--local",
        "local_directory",
        type=click.Path(file_okay=False, path_type=Path),
        help="The local stack in this directory, as .stripe-handler/demo. One that runs is found by itself.",
    ),
)


def _stack(
    terraform_directory: Path,
    workspace: str | None,
    outputs_file: Path | None,
    stack_name: str | None,
    resources: tuple[str, ...],
    local_directory: Path | None,
) -> "DeployedStack":
    import os

    import attrs

    from stripe_handler_cli.stack.deployed import DeployedStack
    from stripe_handler_cli.stack.found import found_stack
    from stripe_handler_cli.stack.passed_on import one_stack
    from stripe_handler_cli.tools.terraform.outputs import outputs_of_file, outputs_of_root

    named = _named(resources)
    if local_directory is not None:
        if stack_name is not None:
            raise click.UsageError("--stack is for a Terraform root with several; --local names one stack")
        stack = DeployedStack.on_local_aws(local_directory)
        return attrs.evolve(stack, outputs={**stack.outputs, **named})
    if outputs_file is not None:
        one = one_stack(outputs_of_file(outputs_file), stack_name, str(outputs_file))
        return DeployedStack.on_aws(one.with_values(named))
    if named and not terraform_directory.is_dir():
        return DeployedStack.on_aws(named)
    if workspace is None and _is_default("terraform_directory"):
        stack = found_stack(terraform_directory, os.environ, name=stack_name)
        return attrs.evolve(stack, outputs={**stack.outputs, **named})
    found = outputs_of_root(terraform_directory, workspace=workspace)
    one = one_stack(found, stack_name, str(terraform_directory))
    return DeployedStack.on_aws(one.with_values(named), terraform_directory)


stack_options = made_into("stack", _stack, *_OPTIONS)
"""Gives a command the options; it is called with `stack`, a `DeployedStack`, in their place."""


def given_stack_options(context: click.Context) -> str:
    """The options by which this command was led to its stack, as text for another one.

    Each has a space before it.
    """
    return given_options(context, inspect.signature(_stack).parameters)


def _is_default(option: str) -> bool:
    return click.get_current_context().get_parameter_source(option) is ParameterSource.DEFAULT


def _named(resources: tuple[str, ...]) -> Mapping[str, str]:
    found = {}
    for resource in resources:
        name, _, value = resource.partition("=")
        if not (name and value):
            raise click.UsageError(
                f"--resource wants OUTPUT=NAME, as in function_name=my-function: {resource}"
            )
        found[name] = value
    return found
