"""Compiles the zip's sources for the Lambda runtime, where that Python is on this machine.

Lambda unpacks the zip read-only, so Python can never keep what it compiles at a cold start: without
bytecode in the zip every cold start compiles everything it imports. Bytecode belongs to one minor version
of Python; another version ignores it and reads the sources beside it.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import attrs

from stripe_handler_cli.common.errors import CliError

RUNTIME_PYTHON = "3.13"
RUNTIME_DIRECTORY = "/var/task"

_PROBE = (
    "import sys, sysconfig;"
    "print(sys.implementation.name, sys.version_info.releaselevel,"
    " sysconfig.get_config_var('Py_GIL_DISABLED') or 0, '%d.%d.%d' % sys.version_info[:3])"
)
_PROBE_TIMEOUT_SECONDS = 10
_FULL_VERSION_PARTS = 3


@attrs.frozen
class Interpreter:
    """A Python that has been run and has answered.

    Attributes:
        path: The executable.
        version: Its full version, for example `3.13.0`.
    """

    path: Path
    version: str


def candidate_interpreters(environment: Mapping[str, str]) -> Iterator[Path]:
    """Yield the places where the runtime's Python may be, most likely first; none is known to work."""
    name = f"python{RUNTIME_PYTHON}"
    yield Path(sys.executable)
    for directory in environment.get("PATH", "").split(os.pathsep):
        if directory:
            yield Path(directory) / name
    home = Path(environment.get("HOME", "/nonexistent"))
    for root, pattern in (
        (Path(environment.get("PYENV_ROOT", home / ".pyenv")), f"versions/{RUNTIME_PYTHON}*/bin/{name}"),
        (home / ".local/share/uv/python", f"cpython-{RUNTIME_PYTHON}*/bin/{name}"),
        (home / ".asdf/installs/python", f"{RUNTIME_PYTHON}*/bin/{name}"),
    ):
        yield from sorted(root.glob(pattern), reverse=True)


def find_interpreter(candidates: Iterable[Path]) -> Interpreter | None:
    """Return the first candidate that runs and is a released build of the Lambda runtime's Python.

    The name proves nothing: a version manager leaves a `python3.13` on PATH that only prints an error.
    """
    for path in candidates:
        version = _probe(path)
        if version is not None and version.split(".")[:2] == RUNTIME_PYTHON.split("."):
            return Interpreter(path, version)
    return None


def compile_files(files: Mapping[str, bytes], interpreter: Interpreter) -> dict[str, bytes]:
    """Return the bytecode of every Python source: archive name to content.

    Unchecked hashes make Python trust the file without looking at the source's date, which in a zip with
    fixed dates says nothing. The recorded path is the one the code has on Lambda, so the result does not
    depend on this machine's directories.

    Raises:
        CliError: A source does not compile.
    """
    with tempfile.TemporaryDirectory() as scratch:
        stage = Path(scratch).resolve()
        for name, content in files.items():
            if name.endswith(".py"):
                path = stage / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        command = [str(interpreter.path), "-S", "-s", "-P", "-m", "compileall", "-q", "-f"]
        command += ["--invalidation-mode", "unchecked-hash", "-s", str(stage), "-p", RUNTIME_DIRECTORY]
        completed = subprocess.run(  # noqa: S603 - an interpreter we have just tried, no shell
            [*command, str(stage)],
            env={"PYTHONHASHSEED": "0", "PATH": os.defpath},
            capture_output=True,
            text=True,
            check=False,
        )
        if completed.returncode != 0:
            raise CliError(f"the sources do not compile for Python {RUNTIME_PYTHON}:\n{completed.stdout}")
        return {
            path.relative_to(stage).as_posix(): path.read_bytes() for path in sorted(stage.rglob("*.pyc"))
        }


def _probe(path: Path) -> str | None:
    if not os.access(path, os.X_OK):
        return None
    try:
        completed = subprocess.run(  # noqa: S603 - the point is to see whether it runs
            [str(path), "-I", "-S", "-c", _PROBE],
            capture_output=True,
            text=True,
            check=False,
            timeout=_PROBE_TIMEOUT_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    words = completed.stdout.split()
    # Free-threaded and pre-release builds compile differently from the runtime's.
    if completed.returncode != 0 or words[:3] != ["cpython", "final", "0"]:
        return None
    return words[3] if len(words[3].split(".")) == _FULL_VERSION_PARTS else None
