"""Runs operators' commands as a person would, against a deployed stack."""

import contextlib
import io
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

from stripe_handler_cli.cli import cli


@attrs.frozen
class Ran:
    """A command that ended.

    Attributes:
        exit_code: Its exit code.
        out: What it wrote to standard output.
        err: What it wrote to standard error.
    """

    exit_code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its output as JSON."""
        return json.loads(self.out)


@attrs.frozen
class Commands:
    """Commands that find one stack.

    Attributes:
        variables: Environment variables that lead to its AWS.
        outputs_path: A file as `terraform output -json` writes it.
    """

    variables: Mapping[str, str]
    outputs_path: Path

    @classmethod
    def of(cls, variables: Mapping[str, str], outputs: Mapping[str, Any], directory: Path) -> "Commands":
        """Commands for a stack with these Terraform outputs."""
        path = directory / "outputs.json"
        path.write_text(
            json.dumps({name: {"value": value} for name, value in outputs.items()}), encoding="utf-8"
        )
        return cls(variables, path)

    def run(self, *arguments: str, **more: str) -> Ran:
        """Run `stripe-handler` with these arguments, and more environment variables."""
        return run([*arguments, "--outputs", str(self.outputs_path)], {**self.variables, **more})


def run(arguments: list[str], variables: Mapping[str, str]) -> Ran:
    """Run `stripe-handler` with these arguments and environment variables."""
    out, err = io.StringIO(), io.StringIO()
    with _environment(variables), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        exit_code = cli(arguments)
    return Ran(exit_code, out.getvalue(), err.getvalue())


@contextlib.contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
