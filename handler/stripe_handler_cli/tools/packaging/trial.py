"""Tries what is about to be zipped, in a process of its own: nothing that a function needs may be missing."""

import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.tools.packaging.trial_run import RUNTIME

_PROGRAM = Path(__file__).with_name("trial_run.py")


def try_files(files: Mapping[str, bytes], *, with_stripe: bool) -> None:
    """Use all of the library from these files, with nothing beside them but what the Lambda runtime has.

    Raises:
        CliError: Something is missing; the message ends with the error that says what.
    """
    with tempfile.TemporaryDirectory() as scratch:
        for name, content in files.items():
            path = Path(scratch, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        arguments = (scratch, os.pathsep.join(dict.fromkeys(_places())), str(with_stripe))
        completed = subprocess.run(  # noqa: S603 - our own program, no shell
            [sys.executable, "-I", "-S", "-B", str(_PROGRAM), *arguments],
            env={"PATH": os.defpath, "AWS_DEFAULT_REGION": "us-east-1"},
            capture_output=True,
            text=True,
            check=False,
        )
    if completed.returncode != 0:
        said = completed.stderr.strip().splitlines()[-1:]
        raise CliError("the zip would not be whole: what is in it was tried, and ended in\n" + "".join(said))


def _places() -> Iterator[str]:
    for name in sorted(RUNTIME):
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            # A package's `__init__.py`, or a module.
            origin = Path(spec.origin)
            yield str(origin.parents[1] if spec.submodule_search_locations else origin.parent)
