"""Finds the stack that is meant where no option says which, and says which one it took.

The environment says it where it leads to an AWS: that of a local stack, or another. Else it is the Terraform
root's, or the local stack that runs; where it could be either, a person is asked for an option.
"""

from collections.abc import Mapping
from pathlib import Path

import attrs

from stripe_handler_cli.common.console import reporter
from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.paths import shown_path
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.passed_on import one_stack, passed_on
from stripe_handler_cli.tools import local_aws
from stripe_handler_cli.tools.terraform.outputs import NothingAppliedError, outputs_of_root

LOCAL_STACKS = Path(".stripe-handler")
"""Each local stack has a directory of its own in here."""
_ENDPOINT = "AWS_ENDPOINT_URL"
_STATES = (".terraform", "terraform.tfstate", "terraform.tfstate.d")


@attrs.frozen
class LocalStack:
    """A stack that runs on local AWS."""

    directory: Path
    running: local_aws.LocalAws


def running_stacks(parent: Path = LOCAL_STACKS) -> list[LocalStack]:
    """The local stacks that run: local AWS, and what was applied to it."""
    found = []
    for aws_directory in sorted(parent.glob("*/local-aws")):
        directory = aws_directory.parent
        running = local_aws.status(aws_directory)
        if running is not None and any((directory / "terraform" / "workspaces").glob("*/")):
            found.append(LocalStack(directory, running))
    return found


def found_stack(
    root: Path, environment: Mapping[str, str], parent: Path = LOCAL_STACKS, *, name: str | None = None
) -> DeployedStack:
    """Find the stack that is meant: the Terraform root's in its selected workspace, or a local one.

    Args:
        name: Of the root's stack, where it has several; no local one has a name.

    Raises:
        CliError: There is none, or it could be one or another; the message names the options that say which.
    """
    local = running_stacks(parent)
    endpoint_url = environment.get(_ENDPOINT)
    if endpoint_url:
        named = [one for one in local if one.running.endpoint_url == endpoint_url.rstrip("/")]
        return _taken(named[0], f"{_ENDPOINT} leads to it") if named else _of_root(root, name)
    if not local or name is not None or "TF_WORKSPACE" in environment:
        return _of_root(root, name)
    applied = _told_of(root)
    if applied is None and len(local) == 1:
        return _taken(local[0], "it runs, and no option says which")
    choices = [f"--local {shown_path(one.directory)} ({one.running.endpoint_url})" for one in local]
    if applied is not None:
        choices.append(f"--terraform-directory {shown_path(root)} ({applied})")
    raise CliError("More than one stack could be meant. Say which:\n  " + "\n  ".join(choices))


def _told_of(root: Path) -> str | None:
    """What a Terraform root says to whether something is applied from it; None where it says no."""
    if not any((root / name).exists() for name in _STATES):
        return None
    try:
        outputs = outputs_of_root(root)
    except NothingAppliedError:
        return None
    except CliError:
        return "it does not tell whether something is applied from there"
    names = [one.values.get("function_name") for one in passed_on(outputs)]
    told = ", ".join(map(str, names)) or outputs.get("function_name", "something")
    return f"{told} is applied from there"


def _of_root(root: Path, name: str | None) -> DeployedStack:
    return DeployedStack.on_aws(one_stack(outputs_of_root(root), name, str(root)), root)


def _taken(one: LocalStack, why: str) -> DeployedStack:
    told = f"Stack: {shown_path(one.directory)} on local AWS ({one.running.endpoint_url}): {why}."
    reporter().print(told, markup=False, style="dim")
    return DeployedStack.on_local_aws(one.directory)
