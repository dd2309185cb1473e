"""Scripted sessions: a command on a terminal or in a pipe, forked off a process that has loaded it.

Forked, because Python and the imports take a second, and a session has many commands. All else is as if a
shell had started it: a terminal of its own, so that Ctrl-C goes to it, an environment and a directory of its
own, and the program's own entry point. What happens while it loads has tests of its own, in whole processes.
"""

import fcntl
import multiprocessing
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

import attrs

from support.imports import modules

CTRL_C = b"\x03"
_ROWS = 50
_PATIENCE_SECONDS = 60
_LOADED = ("stripe_handler_cli.common", "stripe_handler_cli.operate", "stripe_handler_cli.stack")
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    ["boto3", "stripe", *(name for name in modules() if name.startswith(_LOADED))],
)


@attrs.frozen
class Mode:
    """Where a command writes to.

    Attributes:
        columns: Those of its terminal; None for a pipe.
        variables: Environment variables.
    """

    name: str
    columns: int | None
    variables: Mapping[str, str] = attrs.Factory(dict)


MODES = (
    Mode("80 columns", 80),
    Mode("120 columns", 120),
    Mode("200 columns", 200),
    Mode("piped", None),
    Mode("NO_COLOR", 80, {"NO_COLOR": "1"}),
)
NARROW, PIPED = MODES[0], MODES[3]


@attrs.frozen
class Ended:
    """A command that has ended.

    Attributes:
        mode: Where it wrote to.
        exit_code: Its exit code.
        screen: All that it wrote, escape sequences included, with plain line ends.
    """

    mode: Mode
    exit_code: int
    screen: str


@attrs.frozen
class Typed:
    """Keys for a terminal, once a text has appeared."""

    until: str
    keys: bytes


@attrs.define
class Running:
    """A command that runs."""

    mode: Mode
    _process: multiprocessing.process.BaseProcess
    _ours: int
    _typed: list[Typed]

    def ended(self) -> Ended:
        """Type, read, and wait for its end."""
        deadline, seen, told = time.monotonic() + _PATIENCE_SECONDS, b"", 0
        try:
            while part := _read(self._ours, deadline):
                seen += part
                while self._typed and self._typed[0].until.encode() in seen[told:]:
                    told = len(seen)
                    _until_asleep(self._process.pid, deadline)
                    os.write(self._ours, self._typed.pop(0).keys)
            screen = seen.decode(errors="replace").replace("\r\n", "\n")
            assert not self._typed, f"{self._typed[0].until} never appeared:\n{screen}"
            self._process.join(max(0.0, deadline - time.monotonic()))
            assert self._process.exitcode is not None, screen
            return Ended(self.mode, self._process.exitcode, screen)
        finally:
            self._process.kill()
            os.close(self._ours)


def start(
    arguments: Sequence[str],
    variables: Mapping[str, str],
    directory: Path,
    mode: Mode = NARROW,
    typed: Sequence[Typed] = (),
    *,
    is_stdin_closed: bool = False,
) -> Running:
    """Start `stripe-handler` in a directory, with an environment of these variables and few others."""
    if mode.columns is None:
        ours, theirs = os.pipe()
    else:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, mode.columns, 0, 0))
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(directory),
        "XDG_STATE_HOME": str(directory / "state"),
        "TERM": "xterm-256color",
        **variables,
        **mode.variables,
    }
    with Connection(theirs) as carried:
        process = _FORKS.Process(
            target=_command,
            args=(carried, tuple(arguments), environment, str(directory), is_stdin_closed),
            daemon=True,
        )
        process.start()
    return Running(mode, process, ours, list(typed))


def _command(
    carried: Connection,
    arguments: tuple[str, ...],
    environment: Mapping[str, str],
    directory: str,
    is_stdin_closed: bool,  # noqa: FBT001 - a process takes no names
) -> None:
    """Be the command: what a shell does, and then the program's entry point."""
    theirs = carried.fileno()
    os.setsid()
    if os.isatty(theirs):
        fcntl.ioctl(theirs, termios.TIOCSCTTY, 0)
    sources = (theirs if os.isatty(theirs) else os.open(os.devnull, os.O_RDONLY), theirs, theirs)
    for source, target in zip(sources, range(3), strict=True):
        os.dup2(source, target)
    carried.close()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(directory)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = ["stripe-handler", *arguments]
    sys.stdin = None if is_stdin_closed else open(0, closefd=False)  # noqa: SIM115 - its own
    if is_stdin_closed:
        os.close(0)
    sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115 - its own
    sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115 - its own
    from stripe_handler_cli.__main__ import main  # noqa: PLC0415 - as the program does

    try:
        code = main()
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except BaseException:  # noqa: BLE001 - what Python does with it
        sys.excepthook(*sys.exc_info())
        code = 1
    with suppress(OSError):
        sys.stdout.flush()
    os._exit(code)


def _until_asleep(pid: int | None, deadline: float) -> None:
    """Wait until a process that has asked reads the answer, where the system tells.

    Python does not notice a Ctrl-C that comes between its question and its reading before something is
    read, and no person is as fast.
    """
    told = Path(f"/proc/{pid}/stat")
    while told.exists() and time.monotonic() < deadline:
        if told.read_text("utf-8").rpartition(")")[2].split()[0] != "R":
            return
        time.sleep(0.001)


def _read(source: int, deadline: float) -> bytes:
    """The next that is written; nothing at the end, and where it does not come in time."""
    if not select.select([source], [], [], max(0.0, deadline - time.monotonic()))[0]:
        return b""
    try:
        return os.read(source, 4096)
    except OSError:  # Linux's word for a terminal that nobody holds any more
        return b""
