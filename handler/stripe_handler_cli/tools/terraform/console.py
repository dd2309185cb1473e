"""Has Terraform evaluate an expression: exactly what it makes of a file, with no parser of ours.

The declarations stand in a directory of their own, so that nothing has to be initialised and no provider is
started. It takes a tenth of a second.
"""

import base64
import json
import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from stripe_handler_cli.tools.terraform.process import capture, child_environment, failure

# Warnings come before it, on the same stream.
_ANSWER = re.compile(r'^"([A-Za-z0-9+/=]+)"$', re.MULTILINE)


def evaluate(
    terraform: Path, expression: str, declarations: Mapping[str, str], *, var_file: Path | None = None
) -> Any:
    """Evaluate an expression.

    Args:
        expression: In Terraform's language; its value may be anything JSON can hold.
        declarations: Names and texts of the `.tf` files that declare what it is about.
        var_file: A file with values of the variables. `TF_VAR_…` of the shell are not looked at.

    Raises:
        CliError: Terraform refuses; the message says where.
    """
    arguments = [] if var_file is None else [f"-var-file={var_file.resolve()}"]
    with tempfile.TemporaryDirectory() as scratch:
        for name, text in declarations.items():
            (Path(scratch) / name).write_text(text, encoding="utf-8")
        completed = capture(
            [str(terraform), "console", "-no-color", *arguments],
            directory=Path(scratch),
            environment=child_environment({}),
            # In base64, because the console escapes strings as Terraform does, not as JSON does.
            given=f"base64encode(jsonencode({expression}))\n",
        )
    answer = _ANSWER.search(completed.text)
    if completed.exit_code != 0 or answer is None:
        raise failure(f"terraform console with {var_file}" if var_file else "terraform console", completed)
    return json.loads(base64.b64decode(answer[1]))


def values_in(terraform: Path, var_file: Path, names: Iterable[str]) -> dict[str, Any]:
    """Read variables from a variable file; null for those it does not name.

    The names are declared here, without a type and a condition: what the root makes of a value is another
    question than what the file says.

    Raises:
        CliError: It is no variable file; the message names the line.
    """
    names = tuple(names)
    declared = "".join(f'variable "{name}" {{\n  default = null\n}}\n' for name in names)
    wanted = ", ".join(f"{name} = var.{name}" for name in names)
    found: dict[str, Any] = evaluate(terraform, f"{{ {wanted} }}", {"main.tf": declared}, var_file=var_file)
    return found
