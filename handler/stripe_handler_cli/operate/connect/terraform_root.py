"""The Terraform root a person works in, and one of its workspaces: its outputs, and an apply that asks first.

Unlike `tools.terraform.working_copy` it works in the very directory, with the shell's own settings, as the
person would. It selects no workspace: `TF_WORKSPACE` is set for each command.
"""

import os
import re
import shlex
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.connect.settings import SOURCE_VARIABLE
from stripe_handler_cli.tools.terraform import find_terraform
from stripe_handler_cli.tools.terraform.console import values_in
from stripe_handler_cli.tools.terraform.outputs import parse_outputs
from stripe_handler_cli.tools.terraform.process import Completed, capture, failure, run

OnLine = Callable[[str], None]
_DECLARED = re.compile(rf'^variable "{SOURCE_VARIABLE}"', re.MULTILINE)
_CHANGES = 2
"""Terraform's exit code for a plan with changes."""


@attrs.frozen
class TerraformRoot:
    """A root and a workspace."""

    directory: Path
    workspace: str
    var_file: Path
    terraform: Path  # the executable
    environment: Mapping[str, str] = attrs.field(factory=lambda: dict(os.environ), repr=False)

    @classmethod
    def at(cls, directory: Path, workspace: str | None, var_file: Path | None) -> "TerraformRoot":
        """The root in a directory; in the selected workspace, with its tfvars file, unless others are given.

        Raises:
            CliError: There is no root, or another than the stack's own; no Terraform, no chosen workspace or
                no such file.
        """
        if not any(directory.glob("*.tf")):
            raise CliError(f"There is no Terraform root at {directory}; name it with --terraform-directory.")
        if not any(_DECLARED.search(path.read_text("utf-8")) for path in directory.glob("*.tf")):
            raise CliError(
                f"{directory} declares no variable {SOURCE_VARIABLE}, which this command sets: it is not the "
                "stack's own root. For a root of your own, docs/connect.md says what to do by hand."
            )
        name = workspace or _selected(_terraform(), directory)
        if name == "default":
            raise CliError(
                "The workspace default is refused by this stack: name the environment with --workspace, for "
                "example --workspace development."
            )
        path = var_file or directory / "environments" / f"{name}.tfvars"
        if not path.is_file():
            raise CliError(
                f"There is no {path}: `stripe-handler init --workspace {name}` writes it. Or name another "
                "file with --var-file."
            )
        return cls(directory, name, path, _terraform())

    @property
    def apply_commands(self) -> tuple[str, ...]:
        root = shlex.quote(str(self.directory))
        file = shlex.quote(os.path.relpath(self.var_file, self.directory))
        apply = f"TF_WORKSPACE={shlex.quote(self.workspace)} terraform -chdir={root} apply -var-file={file}"
        return (apply,) if self._is_initialised else (f"terraform -chdir={root} init", apply)

    def values(self, names: Iterable[str], file: Path | None = None) -> dict[str, Any]:
        """What a variable file says, the environment's unless another is given."""
        return values_in(self.terraform, file or self.var_file, names)

    def outputs(self) -> dict[str, Any]:
        """The workspace's outputs, none before the first apply."""
        completed = capture(
            [str(self.terraform), "output", "-json", "-no-color"],
            directory=self.directory,
            environment=self._variables(),
        )
        if completed.exit_code == 0:
            return parse_outputs(completed.text, f"terraform output in {self.directory}")
        if not self._is_initialised and any(
            words in completed.text for words in ("Backend initialization required", "terraform init")
        ):
            raise CliError(f"Initialise the root first: terraform -chdir={self.directory} init")
        raise failure(f"terraform output in {self.directory}", completed)

    def apply(self, agreed: Callable[[str], bool], on_line: OnLine) -> bool:
        """Plan, ask, and apply exactly what was planned; initialise the root before, where it is not.

        Args:
            agreed: Says whether to go on, given the plan as Terraform prints it.
            on_line: Is called with each line Terraform prints.

        Returns:
            Whether what was planned is there; false where nobody agreed.

        Raises:
            CliError: Terraform failed; the message is Terraform's.
        """
        if not self._is_initialised:
            # Without the workspace: init refuses one that does not exist yet, apply makes it.
            self._run(["init"], on_line, in_workspace=False)
        with tempfile.TemporaryDirectory() as private:
            # A plan file holds values of the state, so it is kept where only this user can read it.
            planned = Path(private) / "connect.tfplan"
            file = f"-var-file={self.var_file.resolve()}"
            plan = ["plan", "-detailed-exitcode", f"-out={planned}", file]
            completed = self._run(plan, on_line, successes=(0, _CHANGES))
            if completed.exit_code == _CHANGES:
                if not agreed(completed.text):
                    return False
                self._run(["apply", str(planned)], on_line)
        return True

    @property
    def _is_initialised(self) -> bool:
        return (self.directory / ".terraform" / "providers").is_dir()

    def _variables(self) -> dict[str, str]:
        return {**self.environment, "TF_WORKSPACE": self.workspace, "TF_INPUT": "0", "TF_IN_AUTOMATION": "1"}

    def _run(
        self,
        arguments: list[str],
        on_line: OnLine,
        *,
        in_workspace: bool = True,
        successes: tuple[int, ...] = (0,),
    ) -> Completed:
        verb, *rest = arguments
        environment = self._variables()
        if not in_workspace:
            del environment["TF_WORKSPACE"]
        completed = run(
            [str(self.terraform), verb, "-input=false", "-no-color", *rest],
            directory=self.directory,
            environment=environment,
            on_line=on_line,
        )
        if completed.exit_code not in successes:
            raise failure(f"terraform {verb}", completed)
        return completed


def _terraform() -> Path:
    return find_terraform(Path(".stripe-handler/terraform"))


def _selected(terraform: Path, directory: Path) -> str:
    completed = capture(
        [str(terraform), "workspace", "show"], directory=directory, environment=dict(os.environ)
    )
    if completed.exit_code != 0:
        raise failure("terraform workspace show", completed)
    return completed.text.strip()
