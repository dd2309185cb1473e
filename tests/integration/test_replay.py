"""`stripe-handler replay` on the deployed stack: archive, bus, rule, function, and what that changed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.stack.pipeline import Pipeline
from stripe_subscription_handler.decisions.view import VIEW
from support.commands import Commands
from support.lives import Life
from support.revisions import without_revision

if TYPE_CHECKING:
    from conftest import Stack

pytestmark = pytest.mark.embedded


@pytest.fixture
def pipeline(other_stack: "Stack") -> Pipeline:
    """The second workspace's: its archive holds few events of other tests."""
    return other_stack.pipeline


@pytest.fixture
def commands(endpoint: Endpoint, other_stack: "Stack", tmp_path: Path) -> Commands:
    """The commands, for the same workspace."""
    return Commands.of(endpoint.variables, other_stack.outputs, tmp_path)


def next_second() -> str:
    """Wait for a fresh second, so that no other test's event is archived in it; the time as ISO-8601."""
    time.sleep(1 - time.time() % 1)
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def test_a_replay_tells_that_nothing_changed_then_what_did(pipeline: Pipeline, commands: Commands) -> None:
    """Every profile is right, so all is skipped; after one was lost, a replay brings it back and says so."""
    life, start = Life("replayed"), next_second()
    for event in (life.created(), life.paid("paid", 2)):
        pipeline.put(event)
        pipeline.follow(event["id"])
    before = pipeline.profile(life.user_id)
    again = ("replay", "--from", start, "--quiet-seconds", "4")

    dry = commands.run(*again, "--dry-run", "--json")
    assert (dry.exit_code, dry.json["from"]) == (0, start)
    assert dry.json["archive"]["events"] >= 2

    told = commands.run(*again, "--name", "replay-nothing", "--json")
    assert (told.exit_code, told.json["state"], told.json["users"]) == (0, "COMPLETED", {})
    assert told.json["decisions"] == [{"decision": "skip", "reason": "duplicate", "events": 2}]

    pipeline.dynamodb.delete_item(
        TableName=pipeline.config.table_name,
        Key={"PK": {"S": f"USER#{life.user_id}"}, "SK": {"S": "PROFILE"}},
    )
    told = commands.run(*again, "--name", "replay-lost", "--json")
    assert told.json["users"][life.user_id]["changed"] == [name for name in VIEW if name in before]
    assert without_revision(pipeline.profile(life.user_id)) == without_revision(before)

    followed = commands.run("replay", "--follow", "replay-lost", "--quiet-seconds", "0")
    assert life.user_id in followed.out
    cancelled = commands.run("replay", "--cancel", "replay-lost")
    assert (cancelled.exit_code, "ended already" in cancelled.err) == (1, True)
    twice = commands.run(*again, "--name", "replay-lost")
    assert (twice.exit_code, "ResourceAlreadyExistsException" in twice.err) == (1, True)


def test_ctrl_c_leaves_the_replay_running_and_says_how_to_go_on(commands: Commands) -> None:
    """Exit code 130, as of any command that Ctrl-C ended."""
    arguments = ("replay", "--from", "1m", "--name", "replay-left", "--outputs", str(commands.outputs_path))
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "stripe_handler_cli", *arguments],
        env={**os.environ, **commands.variables},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    told = ""
    while "has handled" not in told:
        told += process.stderr.readline()
        assert process.poll() is None, told
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=30)
    assert process.returncode == 130
    for option in ("--follow", "--cancel"):
        assert f"stripe-handler replay {option} replay-left --outputs {commands.outputs_path}  " in rest
