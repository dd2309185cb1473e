"""Looks at the processes of one emulator, and ends them and what they left behind."""

import contextlib
import errno
import fcntl
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.waiting import poll


def holder(lock_path: Path) -> int | None:
    """The process id of the emulator that holds the lock, or None when none lives.

    A process id in a file may belong to somebody else by now; a held lock cannot.
    """
    try:
        lock = os.open(lock_path, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return int(os.read(lock, 32) or 0)
    finally:
        os.close(lock)
    return None


def end(lock_path: Path, *, patience_seconds: float = 10.0) -> bool:
    """Stop the emulator that holds the lock and wait until it is gone; False when none was running."""
    pid = holder(lock_path)
    if not pid:
        return False

    def is_gone() -> bool | None:
        return (holder(lock_path) is None and not _exists(pid)) or None

    for signal_number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal_number)
        if poll(is_gone, every_seconds=0.05, timeout_seconds=patience_seconds):
            return True
    raise CliError(f"The emulator (process {pid}) does not end.")


def end_leftovers(temporary_path: Path) -> None:
    """Kill Lambda workers that outlived their emulator."""
    for pid in lambda_workers(temporary_path):
        kill_lambda_worker(pid)


def lambda_workers(temporary_path: Path, function_name: str = "") -> list[int]:
    """The process ids of the Lambda workers, of one function or of all.

    They are known by their script, which lies in the emulator's own temporary directory.
    """
    script = f"{temporary_path}/ministack-lambda-{function_name}{'-' if function_name else ''}"
    return [pid for pid, command in _commands() if script in command]


def kill_lambda_worker(pid: int) -> bool:
    """Kill an execution environment in the midst of whatever it does; False when it is gone already."""
    try:
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError as error:
        return error.errno == errno.EPERM
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[-1].split()[0] != "Z"
    return True


def _commands() -> Iterator[tuple[int, str]]:
    if Path("/proc/self/cmdline").exists():
        for directory in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                words = (directory / "cmdline").read_bytes().replace(b"\0", b" ")
                yield int(directory.name), words.decode(errors="replace")
        return
    listing = subprocess.run(["ps", "-Ao", "pid=,args="], capture_output=True, text=True, check=True)  # noqa: S607
    for line in listing.stdout.splitlines():
        pid, _, command = line.strip().partition(" ")
        yield int(pid), command
