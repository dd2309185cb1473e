"""Builds a venv of its own for a tool whose packages must not mix with ours: pinned, hashed, nothing else."""

import hashlib
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.locks import exclusive


@attrs.frozen
class PinnedVenv:
    """A venv that holds what a requirements file lists.

    Attributes:
        requirements_path: Every package it holds, each with its version and hashes.
        interpreter: Finds the Python to make it with; called only when it is made.
        owner: Whose it is, for messages.
        contents: What is installed into it, for messages.
        may_build: Whether a package without a wheel is built from its sources.
    """

    path: Path
    requirements_path: Path
    interpreter: Callable[[], Path]
    owner: str
    contents: str
    may_build: bool = False

    def ensure(self, progress: Callable[[str], None]) -> Path:
        """Build the venv where it is missing or out of date; returns its interpreter."""
        # State directories may share a venv, and two of them may start at once.
        with exclusive(self.path.with_name(f"{self.path.name}.lock")):
            return self._ensure(progress)

    def _ensure(self, progress: Callable[[str], None]) -> Path:
        python_path = self.path / "bin" / "python"
        marker_path = self.path / ".requirements-sha256"
        wanted = hashlib.sha256(self.requirements_path.read_bytes()).hexdigest()
        if python_path.exists() and marker_path.exists() and marker_path.read_text() == wanted:
            return python_path
        interpreter = self.interpreter()
        progress(f"{self.owner}: making its venv with {interpreter} (once; takes about 20 seconds)")
        shutil.rmtree(self.path, ignore_errors=True)
        _run(
            [str(interpreter), "-m", "venv", str(self.path)],
            "The venv could not be made. On Debian and Ubuntu the package python3-venv is needed.",
        )
        progress(f"{self.owner}: installing {self.contents} into it")
        # The file lists every package with its hashes, so nothing is left to resolve. Compiling is left to
        # the first import: most of it is never imported.
        install = [str(python_path), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        options = ["--no-input", "--no-deps", "--no-compile", "--require-hashes"]
        options += [] if self.may_build else ["--only-binary=:all:"]
        _run(
            [*install, *options, "--requirement", str(self.requirements_path)],
            f"{self.contents} could not be installed; pip needs to reach a package index.",
        )
        # Written last: a venv without it was interrupted and is built again.
        marker_path.write_text(wanted)
        return python_path


def _run(command: list[str], hint: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own commands
    if done.returncode != 0:
        raise CliError(f"{hint}\n{' '.join(command)}\n{(done.stderr or done.stdout).strip()}")
