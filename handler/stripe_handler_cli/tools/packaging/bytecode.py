"""Compiles the zip's sources for the Lambda runtime, where that Python is on this machine.

Lambda unpacks the zip read-only, so Python can never keep what it compiles at a cold start: without
bytecode in the zip every cold start compiles everything it imports. Bytecode belongs to one minor version
of Python; another version ignores it and reads the sources beside it.
"""

import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.tools.python_versions import RUNTIME_PYTHON, Interpreter

_PROGRAM = Path(__file__).with_name("bytecode_run.py")
_PLACE = "/var/task"
"""Where Lambda unpacks the zip."""


def compile_files(files: Mapping[str, bytes], interpreter: Interpreter) -> dict[str, bytes]:
    """The bytecode of every Python source: archive name to content.

    Unchecked hashes make Python trust the file without looking at the source's date, which in a zip with
    fixed dates says nothing. The recorded path is the one the code has on Lambda, so the result does not
    depend on this machine's directories. Docstrings stay in the sources alone: they were a seventh of the
    bytecode, and a third of the time that it takes to read it.
    """
    with tempfile.TemporaryDirectory() as scratch:
        stage = Path(scratch).resolve()
        for name, content in files.items():
            if name.endswith(".py"):
                path = stage / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        completed = subprocess.run(  # noqa: S603 - an interpreter we have just tried, no shell
            [str(interpreter.path), "-S", "-s", "-P", str(_PROGRAM), str(stage), _PLACE],
            env={"PYTHONHASHSEED": "0", "PATH": os.defpath},
            capture_output=True,
            text=True,
            check=False,
        )
        if completed.returncode != 0:
            raise CliError(f"the sources do not compile for Python {RUNTIME_PYTHON}:\n{completed.stderr}")
        return {
            path.relative_to(stage).as_posix(): path.read_bytes() for path in sorted(stage.rglob("*.pyc"))
        }
