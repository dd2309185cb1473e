"""Variables of a root: their names, and whether Terraform takes a file of values by the root's own rules.

The declarations stand in a directory of their own, so that nothing has to be initialised and no provider is
started. It takes a quarter of a second.
"""

import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stripe_handler_cli.tools.terraform.process import capture, child_environment, failure

_FILE = "checked.tfvars"
_DECLARED = re.compile(r'^variable "(\w+)"', re.MULTILINE)


def declared_in(root: Path) -> tuple[str, ...]:
    """The names of a root's variables."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(root.glob("variables*.tf")))
    return tuple(name for text in texts for name in _DECLARED.findall(text))


def problems_in(terraform: Path, root: Path, text: str) -> list[str]:
    """What the root's variables have against the text of a variable file; empty where it would be taken.

    Whether the function's zip is there is not looked at: it is built later.

    Raises:
        CliError: Terraform does not run.
    """
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch)
        for declared in root.glob("variables*.tf"):
            (directory / declared.name).write_text(declared.read_text(encoding="utf-8"), encoding="utf-8")
        (directory / _FILE).write_text(text, encoding="utf-8")
        files = [f"-var-file={_FILE}", f"-var=lambda_package_path={_FILE}"]
        completed = capture(
            [str(terraform), "plan", "-json", "-input=false", "-refresh=false", "-lock=false", *files],
            directory=directory,
            environment=child_environment({}),
        )
    found = list(_errors(completed.text))
    if completed.exit_code != 0 and not found:
        raise failure("terraform plan", completed)
    return found


def literal(value: Any) -> str:
    """A value in Terraform's language, which would read `${` in a string as its own."""
    return json.dumps(value, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")


def formatted(terraform: Path, text: str) -> str:
    """The text of a file as `terraform fmt` writes it."""
    command = [str(terraform), "fmt", "-no-color", "-"]
    completed = capture(command, directory=Path(), environment=child_environment({}), given=text)
    if completed.exit_code != 0:
        raise failure("terraform fmt", completed)
    return completed.text


def _errors(text: str) -> Iterator[str]:
    for line in text.splitlines():
        try:
            diagnostic = json.loads(line).get("diagnostic", {})
        except (ValueError, AttributeError):
            continue
        if diagnostic.get("severity") == "error":
            # The second paragraph says which line of Terraform code has the rule.
            said = diagnostic.get("detail", "").partition("\n\n")[0] or diagnostic["summary"]
            yield " ".join(said.split())
