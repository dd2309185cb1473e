"""Reads a stack's Terraform outputs: from a root a person has applied, or from a file of them. Reads only."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.tools.terraform.binary import find_terraform
from stripe_handler_cli.tools.terraform.process import Completed, capture, failure

Run = Callable[[Path, Mapping[str, str]], Completed]
"""Runs `terraform output -json` in a directory with an environment."""


class NothingAppliedError(CliError):
    """A root's workspace has no outputs."""


def outputs_of_root(
    directory: Path,
    *,
    workspace: str | None = None,
    environment: Mapping[str, str] = os.environ,
    run: Run | None = None,
) -> dict[str, Any]:
    """Ask Terraform for the outputs of an applied root.

    Args:
        directory: The root, initialised (`terraform init`).
        workspace: The selected one unless given.
        environment: What Terraform gets; holds the credentials of the state's backend.

    Raises:
        CliError: There is no such root, Terraform refuses, or nothing has been applied.
    """
    if not directory.is_dir():
        raise CliError(
            f"There is no Terraform root at {directory}; name it with --terraform-directory, or give the "
            "stack's outputs with --outputs FILE (made by `terraform output -json`)."
        )
    chosen = {} if workspace is None else {"TF_WORKSPACE": workspace}
    completed = (run or _terraform_output)(directory, {**environment, **chosen, "TF_INPUT": "0"})
    if completed.exit_code != 0:
        raise failure(f"terraform output in {directory}", completed)
    found = parse_outputs(completed.text, f"terraform output in {directory}")
    if not found:
        where = f"workspace {workspace}" if workspace else "its selected workspace"
        raise NothingAppliedError(
            f"{directory} has no outputs in {where}: nothing is applied there. Name another with --workspace."
        )
    return found


def outputs_of_file(path: Path) -> dict[str, Any]:
    """Read a file that `terraform output -json` wrote; `-` is standard input."""
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
    except OSError as error:
        raise CliError(f"{path} cannot be read: {error.strerror}") from error
    return parse_outputs(text, str(path))


def parse_outputs(text: str, place: str) -> dict[str, Any]:
    """Read what `terraform output -json` prints: name → `{value, type, sensitive}`."""
    try:
        return {name: output["value"] for name, output in json.loads(text).items()}
    except (ValueError, AttributeError, TypeError, KeyError) as error:
        raise CliError(f"{place} is not what `terraform output -json` prints") from error


def _terraform_output(directory: Path, environment: Mapping[str, str]) -> Completed:
    terraform = find_terraform(Path(".stripe-handler/terraform"))
    command = [str(terraform), "output", "-json", "-no-color"]
    return capture(command, directory=directory, environment=environment)
