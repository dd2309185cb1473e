"""Start, stop and look at local AWS. One state directory holds at most one."""

import http.client
import os
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.locks import exclusive
from stripe_handler_cli.common.waiting import poll
from stripe_handler_cli.tools.local_aws import processes
from stripe_handler_cli.tools.local_aws.running import REGION, LocalAws, StateDirectory
from stripe_handler_cli.tools.pinned_venv import PinnedVenv
from stripe_handler_cli.tools.python_versions import runtime_interpreter

_HOST = "127.0.0.1"
_PORT_TRIES = 3
_DIRECTORY = Path(__file__).parent


def _to_stderr(message: str) -> None:
    from stripe_handler_cli.common.messages import tell  # noqa: PLC0415 - a help needs no console

    tell(message)


def start(
    state_directory: Path,
    *,
    port: int | None = None,
    venv_path: Path | None = None,
    settings: Mapping[str, str] | None = None,
    progress: Callable[[str], None] = _to_stderr,
) -> LocalAws:
    """Start local AWS, or return the one that already runs in the state directory.

    Args:
        port: The loopback port; a free one unless given.
        venv_path: A venv to use or make elsewhere; the state directory's own unless given.
        settings: Environment variables of the emulator, over those named `STRIPE_HANDLER_LOCAL_*`.
        progress: Called with a line for each step that takes time.

    Raises:
        CliError: It cannot be started; the message holds the end of its log.
    """
    state = StateDirectory(state_directory)
    with exclusive(state.start_lock_path):
        running = status(state.root)
        if running is not None:
            if port is not None and running.endpoint_url != _url(port):
                raise CliError(
                    f"Local AWS already runs at {running.endpoint_url}; stop it first to use port {port}."
                )
            return running
        processes.end(state.lock_path)
        processes.end_leftovers(state.temporary_path)
        python_path = PinnedVenv(
            StateDirectory(venv_path).root if venv_path else state.venv_path,
            _DIRECTORY / "requirements.txt",
            runtime_interpreter,
            "Local AWS",
            "MiniStack",
        ).ensure(progress)
        for _ in range(_PORT_TRIES if port is None else 1):
            started = _start_on(state, python_path, _usable(port), settings or {})
            if started is not None:
                return started
        end_of_log = "\n".join(state.log_path.read_text(errors="replace").splitlines()[-15:])
        raise CliError(f"Local AWS did not start. The end of {state.log_path}:\n{end_of_log}")


def stop(state_directory: Path) -> bool:
    """Stop local AWS and its Lambda workers, and wait until they are gone; False when none was running."""
    state = StateDirectory(state_directory)
    if not state.root.exists():
        return False
    with exclusive(state.start_lock_path):
        ended = processes.end(state.lock_path)
        processes.end_leftovers(state.temporary_path)
        shutil.rmtree(state.temporary_path, ignore_errors=True)
        state.forget()
    return ended


def status(state_directory: Path) -> LocalAws | None:
    """The local AWS that runs in the state directory, if any."""
    state = StateDirectory(state_directory)
    pid = processes.holder(state.lock_path)
    known = state.read()
    return known if pid and known is not None and known.pid == pid else None


def lambda_workers(local_aws: LocalAws, function_name: str) -> list[int]:
    """The process ids of a function's warm execution environments."""
    state = StateDirectory(local_aws.log_path.parent)
    return processes.lambda_workers(state.temporary_path, function_name)


def answers(endpoint_url: str) -> bool:
    # Never through a proxy of the environment: this is the loopback.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{endpoint_url}/_ministack/health", timeout=2) as response:
            return bool(response.status == http.client.OK)
    except (urllib.error.URLError, OSError, http.client.HTTPException):
        return False


def _start_on(
    state: StateDirectory, python_path: Path, port: int, settings: Mapping[str, str]
) -> LocalAws | None:
    shutil.rmtree(state.temporary_path, ignore_errors=True)
    state.temporary_path.mkdir(parents=True)
    with state.log_path.open("w") as log:
        launched = subprocess.run(  # noqa: S603 - our script in our venv
            [python_path, "-B", _DIRECTORY / "run_emulator.py", state.lock_path],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=_environment(state, port, settings),
            cwd=state.root,
            check=False,
        )
    if launched.returncode != 0:
        return None

    def serving() -> int | None:
        """The process id once it answers; 0 when the process has ended."""
        pid = processes.holder(state.lock_path) or 0
        return pid if not pid or answers(_url(port)) else None

    pid = poll(serving, every_seconds=0.05, timeout_seconds=30.0)
    if not pid:
        processes.end(state.lock_path)
        return None
    local_aws = LocalAws(endpoint_url=_url(port), pid=pid, region=REGION, log_path=state.log_path)
    state.write(local_aws)
    return local_aws


def _environment(state: StateDirectory, port: int, settings: Mapping[str, str]) -> dict[str, str]:
    """The emulator's whole environment: Lambda workers inherit it, so nothing of the caller's leaks in."""
    passed = {
        name: value
        for name, value in os.environ.items()
        if name in {"PATH", "LANG", "LC_ALL"} or name.startswith("STRIPE_HANDLER_LOCAL_")
    }
    return {
        **passed,
        "TMPDIR": str(state.temporary_path),
        # An empty one: no settings of a developer's, and a function's environment is as plain as Lambda's, so
        # that it takes the lean client.
        "HOME": str(state.temporary_path),
        "BIND_HOST": _HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": _HOST,
        "MINISTACK_REGION": REGION,
        "STATE_DIR": str(state.temporary_path / "state"),
        "S3_DATA_DIR": str(state.temporary_path / "s3"),
        "LOG_LEVEL": "WARNING",
        "LAMBDA_ACCOUNT_CONCURRENCY": "4",
        "LAMBDA_ASYNC_RETRY_BASE_SECONDS": "0.2",
        # No Docker, and no listeners beside the one port.
        "DOCKER_HOST": "unix:///nonexistent",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        # What boto3 in a Lambda must not find on a developer's machine.
        "AWS_EC2_METADATA_DISABLED": "true",
        **settings,
    }


def _url(port: int) -> str:
    return f"http://{_HOST}:{port}"


def _usable(port: int | None) -> int:
    """The port, or a free one where none is wanted."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port or 0))
        except OSError as error:
            raise CliError(f"Port {port} on {_HOST} cannot be used: {error.strerror}.") from error
        return int(probe.getsockname()[1])
