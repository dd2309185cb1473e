"""Processes of this machine that a test waits for."""

from pathlib import Path


def is_gone(pid: int) -> bool:
    """Whether a process has ended, although its parent may not have noticed yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[-1].split()[0] == "Z"
    except OSError:
        return True
