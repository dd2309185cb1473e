"""Paths as people type them. Looks at nothing but the current directory."""

import os
import shlex
from pathlib import Path


def shown_path(path: Path) -> str:
    """A path for a shell: from the current directory where it lies in there, else whole."""
    relative = os.path.relpath(path)
    return shlex.quote(str(path) if relative.startswith("..") else relative)
