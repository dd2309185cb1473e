"""The files of this checkout that are, or will be, the project's: those git tracks or would track."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
TRACKED = subprocess.run(
    ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - git as on PATH
    cwd=ROOT,
    capture_output=True,
    text=True,
    check=True,
).stdout.splitlines()
"""Their paths, from the checkout's root."""
