"""One environment of the stack: a working copy with one Terraform workspace selected.

What `terraform workspace select` and `terraform apply -var-file` do for a person, for our commands. Methods
raise `CliError` with Terraform's message when Terraform refuses.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from stripe_handler_cli.tools.terraform.outputs import parse_outputs
from stripe_handler_cli.tools.terraform.process import failure
from stripe_handler_cli.tools.terraform.working_copy import OnLine, WorkingCopy

INPUTS = "inputs.tfvars.json"
_NO_CHANGES = 0
_CHANGES = 2


@attrs.frozen
class Plan:
    """What `terraform plan` found, and how it prints it; true when there is something to change."""

    has_changes: bool
    text: str

    def __bool__(self) -> bool:
        return self.has_changes


@attrs.frozen(kw_only=True)
class Workspace:
    """One workspace of the stack, applied from a working copy of its own.

    Attributes:
        source: The project's `terraform/` directory; only read.
        state_directory: Where working copies, state and the provider cache are kept.
        name: The workspace, which is the environment's name.
        environment: What Terraform gets besides this process's environment, AWS settings among them.
    """

    terraform: Path
    source: Path
    state_directory: Path
    name: str
    environment: Mapping[str, str] = attrs.field(factory=dict)

    @property
    def directory(self) -> Path:
        """The working copy's; `terraform` commands can be run here by hand."""
        return self.state_directory.resolve() / "workspaces" / self.name

    @property
    def copy(self) -> WorkingCopy:
        return WorkingCopy(
            terraform=self.terraform,
            source=self.source,
            directory=self.directory,
            shared=self.state_directory.resolve(),
            environment=self.environment,
        )

    def prepare(self, on_line: OnLine | None = None) -> None:
        """Copy the root, initialise it, and select the workspace, creating it where it is new."""
        self.copy.refresh()
        self.copy.init(on_line=on_line)
        select = ["workspace", "select", "-or-create=true", self.name]
        self.copy.require("terraform workspace select", select)

    def apply(
        self,
        var_file: Path | None = None,
        variables: Mapping[str, Any] | None = None,
        on_line: OnLine | None = None,
    ) -> None:
        """Apply the stack.

        Args:
            var_file: A tfvars file of the checkout.
            variables: Values on top of the file's, of any type JSON can hold.
        """
        self._change("apply", self._inputs(var_file, variables), on_line)

    def plan(self, var_file: Path | None = None, variables: Mapping[str, Any] | None = None) -> Plan:
        """Tell what an apply would change."""
        arguments = ["plan", "-detailed-exitcode", "-input=false", "-no-color"]
        completed = self.copy.run([*arguments, *self._inputs(var_file, variables)])
        if completed.exit_code not in {_NO_CHANGES, _CHANGES}:
            raise failure("terraform plan", completed)
        return Plan(has_changes=completed.exit_code == _CHANGES, text=completed.text)

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs by name."""
        what = "terraform output"
        return parse_outputs(self.copy.capture(what, ["output", "-json", "-no-color"]), what)

    def destroy(
        self,
        var_file: Path | None = None,
        variables: Mapping[str, Any] | None = None,
        on_line: OnLine | None = None,
    ) -> None:
        """Destroy the stack; the workspace and its empty state stay."""
        self._change("destroy", self._inputs(var_file, variables), on_line)

    def _change(self, verb: str, inputs: list[str], on_line: OnLine | None) -> None:
        arguments = [verb, "-auto-approve", "-input=false", "-no-color", *inputs]
        self.copy.require(f"terraform {verb}", arguments, on_line=on_line)

    def _inputs(self, var_file: Path | None, variables: Mapping[str, Any] | None) -> list[str]:
        arguments = [] if var_file is None else [f"-var-file={var_file.resolve()}"]
        if variables:
            # A file instead of -var: values of every type, and none of them in the process list.
            path = self.directory / INPUTS
            path.write_text(json.dumps(dict(variables), indent=2) + "\n", encoding="utf-8")
            arguments.append(f"-var-file={path}")
        return arguments
