"""Builds the emulator's own venv: MiniStack and boto3 at pinned versions, nothing else."""

import hashlib
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from stripe_handler_cli.errors import CliError
from stripe_handler_cli.local_aws import processes
from stripe_handler_cli.local_aws.interpreter import emulator_interpreter

REQUIREMENTS_PATH = Path(__file__).with_name("requirements.txt")


def ensure_venv(venv_path: Path, progress: Callable[[str], None]) -> Path:
    """The venv's interpreter; the venv is built first where it is missing or out of date."""
    # State directories may share a venv, and two of them may start at once.
    with processes.exclusive(venv_path.with_name(f"{venv_path.name}.lock")):
        return _ensure_venv(venv_path, progress)


def _ensure_venv(venv_path: Path, progress: Callable[[str], None]) -> Path:
    python_path = venv_path / "bin" / "python"
    marker_path = venv_path / ".requirements-sha256"
    wanted = hashlib.sha256(REQUIREMENTS_PATH.read_bytes()).hexdigest()
    if python_path.exists() and marker_path.exists() and marker_path.read_text() == wanted:
        return python_path
    interpreter = emulator_interpreter()
    progress(f"Local AWS: making its venv with {interpreter} (once; takes about 20 seconds)")
    shutil.rmtree(venv_path, ignore_errors=True)
    _run(
        [str(interpreter), "-m", "venv", str(venv_path)],
        "The venv could not be made. On Debian and Ubuntu the package python3-venv is needed.",
    )
    progress("Local AWS: installing MiniStack into it")
    install = [
        str(python_path),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
    ]
    _run(
        [*install, "--only-binary=:all:", "--require-hashes", "--requirement", str(REQUIREMENTS_PATH)],
        "MiniStack could not be installed; pip needs to reach a package index.",
    )
    # Written last: a venv without it was interrupted and is built again.
    marker_path.write_text(wanted)
    return python_path


def _run(command: list[str], hint: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own commands
    if done.returncode != 0:
        raise CliError(f"{hint}\n{' '.join(command)}\n{(done.stderr or done.stdout).strip()}")
