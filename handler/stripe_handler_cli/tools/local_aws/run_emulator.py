"""Starts the emulator as a daemon: takes the lock, detaches, hands over to `emulator.server`.

Executed by path with the interpreter of the emulator's venv: `python run_emulator.py LOCK_FILE`. The lock
is held for as long as the emulator lives, by whatever end; its file holds the process id.
"""

import fcntl
import importlib
import os
import sys
from pathlib import Path


def main(lock_path: Path) -> int:
    """Become the emulator's process, in a session of its own; 3 says that one runs already."""
    lock = os.open(lock_path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return 3
    pid = os.fork()
    if pid:
        os.ftruncate(lock, 0)
        os.write(lock, str(pid).encode())
        return 0
    os.setsid()
    importlib.import_module("emulator.server").run()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
