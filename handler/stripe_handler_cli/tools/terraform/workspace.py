"""One environment of the stack: a working copy with one Terraform workspace selected.

What `terraform workspace select` and `terraform apply -var-file` do for a person, for our commands.
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
    """What `terraform plan` found; true when there is something to change.

    Attributes:
        has_changes: Whether an apply would change anything.
        text: The plan as Terraform prints it.
    """

    has_changes: bool
    text: str

    def __bool__(self) -> bool:
        """Return whether there is something to change."""
        return self.has_changes


@attrs.frozen(kw_only=True)
class Workspace:
    """One workspace of the stack, applied from a working copy of its own.

    Attributes:
        terraform: The Terraform executable, from `find_terraform`.
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
        """The working copy; `terraform` commands can be run here by hand."""
        return self.state_directory.resolve() / "workspaces" / self.name

    def prepare(self, on_line: OnLine | None = None) -> None:
        """Copy the root, initialise it, and select the workspace, creating it where it is new.

        Raises:
            CliError: Terraform refuses; the message says why.
        """
        copy = self._copy()
        copy.refresh()
        copy.init(on_line=on_line)
        copy.require("terraform workspace select", ["workspace", "select", "-or-create=true", self.name])

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
            on_line: Called with each line Terraform prints.

        Raises:
            CliError: The apply failed; the message is Terraform's.
        """
        arguments = ["apply", "-auto-approve", "-input=false", "-no-color"]
        inputs = self._inputs(var_file, variables)
        self._copy().require("terraform apply", [*arguments, *inputs], on_line=on_line)

    def plan(self, var_file: Path | None = None, variables: Mapping[str, Any] | None = None) -> Plan:
        """Return what an apply would change.

        Raises:
            CliError: The plan failed; the message is Terraform's.
        """
        arguments = ["plan", "-detailed-exitcode", "-input=false", "-no-color"]
        completed = self._copy().run([*arguments, *self._inputs(var_file, variables)])
        if completed.exit_code not in {_NO_CHANGES, _CHANGES}:
            raise failure("terraform plan", completed)
        return Plan(has_changes=completed.exit_code == _CHANGES, text=completed.text)

    def outputs(self) -> dict[str, Any]:
        """Return the stack's outputs by name.

        Raises:
            CliError: Terraform failed or printed something that is not JSON.
        """
        completed = self._copy().capture(["output", "-json", "-no-color"])
        if completed.exit_code != 0:
            raise failure("terraform output", completed)
        return parse_outputs(completed.text, "terraform output")

    def destroy(
        self,
        var_file: Path | None = None,
        variables: Mapping[str, Any] | None = None,
        on_line: OnLine | None = None,
    ) -> None:
        """Destroy the stack; the workspace and its empty state stay.

        Raises:
            CliError: The destroy failed; the message is Terraform's.
        """
        arguments = ["destroy", "-auto-approve", "-input=false", "-no-color"]
        inputs = self._inputs(var_file, variables)
        self._copy().require("terraform destroy", [*arguments, *inputs], on_line=on_line)

    def validate(self) -> None:
        """Check the configuration without reaching anything; raises `CliError` when it is not valid."""
        self._copy().validate()

    def test(self, on_line: OnLine | None = None) -> None:
        """Run the root's own tests; raises `CliError` when one fails."""
        self._copy().test(on_line=on_line)

    def fmt_check(self) -> None:
        """Check the sources' formatting; raises `CliError` when a file is not formatted."""
        self._copy().fmt_check()

    def _copy(self) -> WorkingCopy:
        return WorkingCopy(
            terraform=self.terraform,
            source=self.source,
            directory=self.directory,
            shared=self.state_directory.resolve(),
            environment=self.environment,
        )

    def _inputs(self, var_file: Path | None, variables: Mapping[str, Any] | None) -> list[str]:
        arguments = [] if var_file is None else [f"-var-file={var_file.resolve()}"]
        if variables:
            # A file instead of -var: values of every type, and none of them in the process list.
            path = self.directory / INPUTS
            path.write_text(json.dumps(dict(variables), indent=2) + "\n", encoding="utf-8")
            arguments.append(f"-var-file={path}")
        return arguments
