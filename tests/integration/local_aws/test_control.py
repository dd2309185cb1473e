"""Starting, stopping and looking at local AWS."""

import json
import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.tools.local_aws import LocalAws, start, status, stop
from stripe_handler_cli.tools.local_aws.command import local
from support.cloud import Cloud
from support.processes import is_gone

pytestmark = pytest.mark.embedded

Start = Callable[..., LocalAws]


@pytest.fixture
def shared_start(shared_venv: Path) -> Start:
    """`start` with the venv all tests share."""

    def start_with_shared_venv(directory: Path, **options: Any) -> LocalAws:
        return start(directory, venv_path=shared_venv, **options)

    return start_with_shared_venv


@pytest.fixture
def state_directory(tmp_path: Path) -> Iterator[Path]:
    """A state directory whose local AWS is stopped at the end."""
    yield tmp_path / "local-aws"
    stop(tmp_path / "local-aws")


def _cloud(local_aws: LocalAws) -> Cloud:
    return Cloud(local_aws.endpoint_url, local_aws.environment())


def _worker_pids(state_directory: Path) -> list[int]:
    mark = str(state_directory.resolve() / "tmp" / "ministack-lambda-")
    pids = []
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            command = (directory / "cmdline").read_text()
        except OSError:
            continue
        if mark in command:
            pids.append(int(directory.name))
    return pids


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(local, list(arguments))


def test_starting_twice_returns_the_running_one(shared_start: Start, state_directory: Path) -> None:
    """One state directory holds one local AWS."""
    assert status(state_directory) is None
    first = shared_start(state_directory)
    assert shared_start(state_directory) == first == status(state_directory)


def test_it_listens_on_the_loopback_only(shared_start: Start, state_directory: Path) -> None:
    """Nobody else on the network reaches it."""
    port = int(shared_start(state_directory).endpoint_url.rsplit(":", 1)[-1])
    listeners = [
        line.split()[1]
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        if line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A"
    ]
    assert listeners == [f"0100007F:{port:04X}"]


def test_stopping_ends_the_server_and_its_lambda_workers(shared_start: Start, state_directory: Path) -> None:
    """A worker in the middle of an endless call ends as well."""
    running = shared_start(state_directory)
    cloud = _cloud(running)
    name, _ = cloud.function("def handler(event, context):\n  while True: pass", Timeout=600)
    cloud.client("lambda").invoke(FunctionName=name, InvocationType="Event", Payload=b"{}")
    (worker,) = cloud.until(lambda: _worker_pids(state_directory))
    assert stop(state_directory) is True
    assert is_gone(running.pid)
    assert is_gone(worker)
    assert status(state_directory) is None
    assert stop(state_directory) is False


def test_a_killed_server_is_not_running_and_its_workers_end(
    shared_start: Start, state_directory: Path
) -> None:
    """What a crash leaves behind is not mistaken for a running one, and the next start cleans it up."""
    crashed = shared_start(state_directory)
    cloud = _cloud(crashed)
    name, _ = cloud.function("def handler(event, context):\n  while True: pass", Timeout=600)
    cloud.client("lambda").invoke(FunctionName=name, InvocationType="Event", Payload=b"{}")
    (worker,) = cloud.until(lambda: _worker_pids(state_directory))
    os.kill(crashed.pid, signal.SIGKILL)
    assert cloud.until(lambda: status(state_directory) is None)
    restarted = shared_start(state_directory)
    assert restarted.pid != crashed.pid
    assert is_gone(worker)


def test_two_state_directories_are_two_clouds(shared_start: Start, tmp_path: Path) -> None:
    """They share nothing, and stopping one leaves the other."""
    directories = [tmp_path / "one", tmp_path / "two"]
    try:
        one, two = (_cloud(shared_start(directory)) for directory in directories)
        one.client("sqs").create_queue(QueueName="only-here")
        assert two.client("sqs").list_queues().get("QueueUrls", []) == []
        stop(directories[0])
        assert two.client("sqs").list_queues()["ResponseMetadata"]["HTTPStatusCode"] == 200
    finally:
        for directory in directories:
            stop(directory)


def test_a_port_in_use_is_one_clear_error(shared_start: Start, state_directory: Path) -> None:
    """The message names the port."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CliError, match=f"Port {port} on 127.0.0.1 cannot be used"):
            shared_start(state_directory, port=port)


def test_a_start_that_fails_shows_the_end_of_the_log(shared_start: Start, state_directory: Path) -> None:
    """A misspelt setting, for one."""
    with pytest.raises(CliError, match="unknown replacements: nonsense"):
        shared_start(state_directory, settings={"STRIPE_HANDLER_LOCAL_WITHOUT": "nonsense"})
    assert status(state_directory) is None


def test_the_emulator_does_not_see_the_callers_environment(
    shared_start: Start, state_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A secret of the developer's shell does not reach a Lambda."""
    monkeypatch.setenv("STRIPE_SECRET_KEY", "not-for-lambda")
    cloud = _cloud(shared_start(state_directory))
    name, _ = cloud.function("import os\ndef handler(event, context): return dict(os.environ)")
    answer = cloud.client("lambda").invoke(FunctionName=name, Payload=b"{}")
    assert "STRIPE_SECRET_KEY" not in json.loads(answer["Payload"].read())


def test_the_commands_speak_json(shared_start: Start, state_directory: Path) -> None:
    """`status` and `down` say in one object what is so; exit codes tell it too."""
    directory = ("--state-directory", str(state_directory), "--json")
    nothing = _run("status", *directory)
    assert (nothing.exit_code, json.loads(nothing.stdout)) == (1, {"running": False})
    running = shared_start(state_directory)
    found = _run("status", *directory)
    described = json.loads(found.stdout)
    assert found.exit_code == 0
    assert (described["healthy"], described["endpoint_url"]) == (True, running.endpoint_url)
    again = _run("up", *directory)
    assert json.loads(again.stdout)["already_running"] is True
    assert json.loads(_run("down", *directory).stdout) == {"stopped": True}
    assert json.loads(_run("down", *directory).stdout) == {"stopped": False}


def test_status_prints_exports_for_a_shell(shared_start: Start, state_directory: Path) -> None:
    """`eval "$(stripe-handler local status --export)"` points boto3 and Terraform at it."""
    running = shared_start(state_directory)
    result = _run("status", "--state-directory", str(state_directory), "--export")
    assert f"export AWS_ENDPOINT_URL={running.endpoint_url}" in result.stdout.splitlines()
