"""What becomes of a lab's stack in the end."""

from contextlib import ExitStack
from io import StringIO
from pathlib import Path
from typing import Any

import attrs
import pytest
from botocore.exceptions import ClientError
from rich.console import Console

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.waiting import InVainError
from stripe_handler_cli.lab.deployment import Deployment
from stripe_handler_cli.lab.local_stack import RunningStack, kept_as_evidence, let_go
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.stack.pipeline import Pipeline
from stripe_handler_cli.tools.local_aws import LocalAws
from stripe_handler_cli.tools.terraform import Workspace
from support.aws_fakes import FakeLogs
from support.local_stacks import running_aws
from support.typed_input import Input

OUTPUTS = {
    "profile_table_name": "users",
    "sync_table_name": "sync",
    "log_group_name": "/aws/lambda/demo",
    "delivery_dead_letter_queue_name": "demo-delivery",
    "delivery_dead_letter_queue_url": "https://queues/demo-delivery",
    "failure_queue_name": "demo-failures",
    "failure_queue_url": "https://queues/demo-failures",
}


@attrs.frozen
class FakeQueues:
    """SQS with three visible messages in the failure queue, one in flight, and nothing elsewhere.

    Attributes:
        is_away: Whether it refuses to tell.
    """

    is_away: bool = False

    def get_queue_attributes(self, **asked: Any) -> dict[str, Any]:
        """Of one queue."""
        if self.is_away:
            raise ClientError({"Error": {"Code": "ServiceUnavailable"}}, "GetQueueAttributes")
        visible, in_flight = (3, 1) if asked["QueueUrl"] == OUTPUTS["failure_queue_url"] else (0, 0)
        counts = {
            "ApproximateNumberOfMessages": str(visible),
            "ApproximateNumberOfMessagesNotVisible": str(in_flight),
        }
        return {"Attributes": {name: counts[name] for name in asked["AttributeNames"]}}


def running_stack(logs: FakeLogs, queues: FakeQueues = FakeQueues()) -> RunningStack:
    """A stack whose log and queues are stand-ins."""
    clients: dict[str, Any] = {"logs": logs, "sqs": queues}
    endpoint = Endpoint({}, clients.get)
    workspace = Workspace(
        terraform=Path("terraform"), source=Path("source"), state_directory=Path("/state"), name="demo"
    )
    return RunningStack(
        LocalAws("http://127.0.0.1:1", 1, "us-east-1", Path("/state/local-aws/emulator.log")),
        endpoint,
        Deployment(workspace, {}, endpoint),
        Pipeline.of(endpoint, OUTPUTS, "aws.partner/stripe.com/ed_test"),
    )


def held(ended: list[str]) -> tuple[Console, ExitStack]:
    """A console to read from and the stack's end, which notes that it happened."""
    ending = ExitStack()
    ending.callback(ended.append, "stopped")
    return Console(file=StringIO(), width=200), ending


def printed(console: Console) -> str:
    """What was printed."""
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_a_wait_in_vain_keeps_the_stack_and_shows_what_there_is() -> None:
    """Both queues, the end of the log, how to look further and how to end it; the error goes on."""
    logs, ended = FakeLogs(), list[str]()
    for number in range(30):
        logs.say(event_id=f"evt_{number}")
    stack = running_stack(logs)
    console, ending = held(ended)
    with pytest.raises(InVainError, match="evt_lost"), ending, kept_as_evidence(console, stack, ending):
        stack.pipeline.follow("evt_lost", timeout_seconds=0.1)
    assert ended == []
    text = printed(console)
    assert "A wait was in vain." in text
    assert "demo-delivery  0, and 0 in flight" in text
    assert "demo-failures  3, and 1 in flight" in text
    assert "The last 20 lines of /aws/lambda/demo:" in text
    assert '"evt_29"' in text
    assert '"evt_10"' in text
    assert '"evt_9"' not in text
    for command in ("dlq list\n", " parked\n", "local status --export", "local down --state-directory"):
        assert command in text


def test_a_stack_that_does_not_tell_is_kept_too() -> None:
    """The wait is what failed, whatever else fails after it."""
    ended: list[str] = []
    stack = running_stack(FakeLogs(), FakeQueues(is_away=True))
    console, ending = held(ended)
    with pytest.raises(InVainError), ending, kept_as_evidence(console, stack, ending):
        raise InVainError("as asked")
    assert ended == []
    assert "The stack does not tell: " in printed(console)
    assert "local down" in printed(console)


def test_what_to_type_next_names_the_user_and_the_key() -> None:
    """Each command as it can be pasted: none of them needs to be told where the stack is."""
    console, _ = held([])
    running_stack(FakeLogs()).print_how_to_look_around(console, "user_42", "sk_test_fake")
    lines = [line.split(maxsplit=1) for line in printed(console).splitlines() if line.startswith("  ")]
    told = [words[1] for words in lines[:4]]
    assert told == ["console --allow-actions --open", "show user_42", "explain user_42", "dlq list"]
    assert lines[4][0] == "STRIPE_API_KEY=sk_test_fake"
    assert lines[4][1].endswith(" reconcile")
    assert "--local" not in printed(console)


@pytest.mark.parametrize(("is_terminal", "answer"), [(False, "y\n"), (True, "n\n")])
def test_a_kept_stack_is_not_lost_without_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_terminal: bool, answer: str
) -> None:
    """Nobody there to ask, or a no: it is left as it is, and the options are named."""
    monkeypatch.setattr("sys.stdin", Input(answer, is_terminal=is_terminal))
    with running_aws(tmp_path / "local-aws"), pytest.raises(CliError, match=r"left as it is\. --yes ends it"):
        let_go(tmp_path, yes=False)


def test_a_kept_stack_is_ended_by_who_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By an answer or by the option; where none runs, nobody is asked."""
    monkeypatch.setattr("sys.stdin", Input("y\n", is_terminal=True))
    with running_aws(tmp_path / "local-aws"):
        let_go(tmp_path, yes=False)
        let_go(tmp_path, yes=True)
    let_go(tmp_path, yes=False)


@pytest.mark.parametrize("error", [CliError("wrong"), KeyboardInterrupt()])
def test_any_other_error_ends_the_stack(error: BaseException) -> None:
    """Its message says all there is to say."""
    ended: list[str] = []
    stack = running_stack(FakeLogs())
    console, ending = held(ended)
    with pytest.raises(type(error)), ending, kept_as_evidence(console, stack, ending):
        raise error
    assert ended == ["stopped"]
    assert printed(console) == ""
