"""Finds a Python of a wanted version on this machine, above all the Lambda runtime's."""

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import attrs

RUNTIME_PYTHON = "3.13"
"""The Lambda runtime's version, as `lambda_runtime` of the Terraform variables says it."""

_PROBE = (
    "import sys, sysconfig;"
    "print(sys.implementation.name, sys.version_info.releaselevel,"
    " sysconfig.get_config_var('Py_GIL_DISABLED') or 0, '%d.%d.%d' % sys.version_info[:3])"
)


@attrs.frozen
class Interpreter:
    """A Python that has been run and has answered with its full version, for example `3.13.0`."""

    path: Path
    version: str

    def makes_venvs(self) -> bool:
        """Whether it has what a venv with pip needs; Debian ships that apart."""
        return _output(self.path, "import ssl, venv, ensurepip") is not None


def candidate_interpreters(environment: Mapping[str, str], version: str = RUNTIME_PYTHON) -> Iterator[Path]:
    """Yield the places where a Python of a version may be, most likely first; none is known to work."""
    name = f"python{version}"
    yield Path(sys.executable)
    for directory in environment.get("PATH", "").split(os.pathsep):
        if directory:
            yield Path(directory) / name
    home = Path(environment.get("HOME", "/nonexistent"))
    for root, pattern in (
        (Path(environment.get("PYENV_ROOT", home / ".pyenv")), f"versions/{version}*/bin/{name}"),
        (home / ".local/share/uv/python", f"cpython-{version}*/bin/{name}"),
        (home / ".asdf/installs/python", f"{version}*/bin/{name}"),
    ):
        yield from sorted(root.glob(pattern), reverse=True)


def find_interpreter(candidates: Iterable[Path], version: str = RUNTIME_PYTHON) -> Interpreter | None:
    """The first candidate that runs and is a released build of the wanted version.

    The name proves nothing: a version manager leaves a `python3.13` on PATH that only prints an error.
    """
    # Free-threaded and pre-release builds compile differently from the runtime's.
    wanted = re.compile(rf"cpython final 0 ({re.escape(version)}\.\d+)")
    for path in candidates:
        answer = wanted.fullmatch((_output(path, _PROBE) or "").strip())
        if answer:
            return Interpreter(path, answer[1])
    return None


def runtime_interpreter() -> Path:
    """A working Python of the Lambda runtime's version, else the current one: for venvs of what runs a zip.

    Python ignores `.pyc` files made for another version, so a zip compiled for the Lambda runtime is only
    exercised as it will run there by the same version.
    """
    found = find_interpreter(candidate_interpreters(os.environ))
    return found.path if found is not None and found.makes_venvs() else Path(sys.executable)


def _output(path: Path, program: str) -> str | None:
    if not os.access(path, os.X_OK):
        return None
    try:
        done = subprocess.run(  # noqa: S603 - the point is to see whether it runs
            [path, "-I", "-S", "-c", program], capture_output=True, text=True, check=False, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
