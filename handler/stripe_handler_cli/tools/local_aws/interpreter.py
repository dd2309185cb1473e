"""Finds a Python for the emulator's venv: 3.13, as the Lambda runtime, where one works."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

LAMBDA_PYTHON = "3.13"

_PROBE = "import sys, ssl, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"


def emulator_interpreter() -> Path:
    """The interpreter to use: a working Python 3.13, else the current one.

    Python ignores `.pyc` files made for another version, so a zip compiled for the Lambda runtime is only
    exercised as it will run there by the same version.
    """
    if sys.version_info[:2] == (3, 13):
        return Path(sys.executable)
    return next((path for path in _candidates() if _works(path)), Path(sys.executable))


def _candidates() -> Iterator[Path]:
    # A pyenv shim of this name may exist and refuse to run, so its versions are asked directly too.
    on_path = shutil.which(f"python{LAMBDA_PYTHON}")
    if on_path:
        yield Path(on_path)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(pyenv.glob(f"versions/{LAMBDA_PYTHON}.*/bin/python{LAMBDA_PYTHON}"), reverse=True)
    uv = Path.home() / ".local/share/uv/python"
    yield from sorted(uv.glob(f"cpython-{LAMBDA_PYTHON}.*/bin/python{LAMBDA_PYTHON}"), reverse=True)


def _works(path: Path) -> bool:
    try:
        answer = subprocess.run([path, "-c", _PROBE], capture_output=True, text=True, timeout=20, check=False)  # noqa: S603 - paths we found
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and answer.stdout.strip() == LAMBDA_PYTHON
