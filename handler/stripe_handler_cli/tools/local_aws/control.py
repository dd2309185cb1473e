"""Start, stop and look at local AWS. One state directory holds at most one."""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.locks import exclusive
from stripe_handler_cli.common.waiting import poll
from stripe_handler_cli.tools.local_aws import processes
from stripe_handler_cli.tools.local_aws.emulator_venv import ensure_venv
from stripe_handler_cli.tools.local_aws.running import REGION, LocalAws, StateDirectory

_HOST = "127.0.0.1"
_START_SECONDS = 30.0
_POLL_SECONDS = 0.05
_PORT_TRIES = 3
_LAMBDA_CONCURRENCY = "4"
_SCRIPT_PATH = Path(__file__).with_name("run_emulator.py")
#: Settings of ours that the caller's environment may hold.
_SETTING_PREFIX = "STRIPE_HANDLER_LOCAL_"


def _to_stderr(message: str) -> None:
    sys.stderr.write(f"{message}\n")


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
        state_directory: Where its venv, log and state live.
        port: The loopback port; a free one unless given.
        venv_path: A venv to use or make elsewhere; the state directory's own unless given.
        settings: Environment variables of the emulator, over those named `STRIPE_HANDLER_LOCAL_*`.
        progress: Called with a line for each step that takes time.

    Raises:
        CliError: It cannot be started; the message holds the end of its log.
    """
    state = StateDirectory.at(state_directory)
    with exclusive(state.start_lock_path):
        running = _running(state)
        if running is not None:
            if port is not None and running.endpoint_url != _url(port):
                raise CliError(
                    f"Local AWS already runs at {running.endpoint_url}; stop it first to use port {port}."
                )
            return running
        processes.end(state.lock_path)
        processes.end_leftovers(state.temporary_path)
        python_path = ensure_venv(
            StateDirectory.at(venv_path).root if venv_path else state.venv_path, progress
        )
        for _ in range(_PORT_TRIES if port is None else 1):
            chosen = port or _free_port()
            _require_free(chosen)
            started = _start_on(state, python_path, chosen, settings or {})
            if started is not None:
                return started
        raise CliError(f"Local AWS did not start. The end of {state.log_path}:\n{_end_of_log(state)}")


def stop(state_directory: Path) -> bool:
    """Stop local AWS and its Lambda workers, and wait until they are gone.

    Returns:
        False when none was running.
    """
    state = StateDirectory.at(state_directory)
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
    return _running(StateDirectory.at(state_directory))


def lambda_workers(local_aws: LocalAws, function_name: str) -> list[int]:
    """The process ids of a function's warm execution environments."""
    return processes.lambda_workers(
        StateDirectory.at(local_aws.log_path.parent).temporary_path, function_name
    )


def kill_lambda_worker(pid: int) -> bool:
    """Kill an execution environment in the midst of whatever it does; False when it is gone already."""
    return processes.kill(pid)


def is_healthy(local_aws: LocalAws) -> bool:
    """Whether the endpoint answers."""
    return _answers(local_aws.endpoint_url)


def _running(state: StateDirectory) -> LocalAws | None:
    pid = processes.holder(state.lock_path)
    known = state.read()
    return known if pid and known is not None and known.pid == pid else None


def _start_on(
    state: StateDirectory, python_path: Path, port: int, settings: Mapping[str, str]
) -> LocalAws | None:
    shutil.rmtree(state.temporary_path, ignore_errors=True)
    state.temporary_path.mkdir(parents=True)
    with state.log_path.open("w") as log:
        launched = subprocess.run(  # noqa: S603 - our script in our venv
            [python_path, "-B", _SCRIPT_PATH, state.lock_path],
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
        return pid if not pid or _answers(_url(port)) else None

    pid = poll(serving, every_seconds=_POLL_SECONDS, timeout_seconds=_START_SECONDS)
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
        if name in {"PATH", "LANG", "LC_ALL"} or name.startswith(_SETTING_PREFIX)
    }
    nowhere = str(state.root / "nonexistent")
    return {
        **passed,
        "TMPDIR": str(state.temporary_path),
        "HOME": str(state.temporary_path),
        "BIND_HOST": _HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": _HOST,
        "MINISTACK_REGION": REGION,
        "STATE_DIR": str(state.temporary_path / "state"),
        "S3_DATA_DIR": str(state.temporary_path / "s3"),
        "LOG_LEVEL": "WARNING",
        "LAMBDA_ACCOUNT_CONCURRENCY": _LAMBDA_CONCURRENCY,
        "LAMBDA_ASYNC_RETRY_BASE_SECONDS": "0.2",
        # No Docker, and no listeners beside the one port.
        "DOCKER_HOST": "unix:///nonexistent",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        # What boto3 in a Lambda must not find on a developer's machine.
        "AWS_CONFIG_FILE": nowhere,
        "AWS_SHARED_CREDENTIALS_FILE": nowhere,
        "AWS_EC2_METADATA_DISABLED": "true",
        **settings,
    }


def _url(port: int) -> str:
    return f"http://{_HOST}:{port}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError as error:
            raise CliError(f"Port {port} on {_HOST} cannot be used: {error.strerror}.") from error


def _answers(endpoint_url: str) -> bool:
    # Never through a proxy of the environment: this is the loopback.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{endpoint_url}/_ministack/health", timeout=2) as response:
            return bool(response.status == http.client.OK)
    except (urllib.error.URLError, OSError, http.client.HTTPException):
        return False


def _end_of_log(state: StateDirectory, lines: int = 15) -> str:
    return "\n".join(state.log_path.read_text(errors="replace").splitlines()[-lines:])
