"""The emulator's own venv: MiniStack and boto3 at pinned versions, nothing else."""

from collections.abc import Callable
from pathlib import Path

from stripe_handler_cli.tools.pinned_venv import PinnedVenv
from stripe_handler_cli.tools.python_versions import runtime_interpreter

REQUIREMENTS_PATH = Path(__file__).with_name("requirements.txt")


def ensure_venv(venv_path: Path, progress: Callable[[str], None]) -> Path:
    """The venv's interpreter; the venv is built first where it is missing or out of date."""
    venv = PinnedVenv(venv_path, REQUIREMENTS_PATH, runtime_interpreter, "Local AWS", "MiniStack")
    return venv.ensure(progress)
