"""A redrive or drop that is broken off tells what it did, what is left, and what to run."""

import io
import json
import stat
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import attrs
import boto3
import pytest

from stripe_handler_cli.cli import cli
from stripe_handler_cli.operate.dlq.dropping import drop
from stripe_handler_cli.operate.dlq.redriving import waiting
from stripe_handler_cli.operate.dlq.report import left_in_queues
from stripe_handler_cli.stack.dead_letters.messages import Choice, Layer
from stripe_handler_cli.stack.dead_letters.queues import Queue
from support.dead_letters import envelope, error, failure_record, poison
from support.dynamodb import client_error
from support.sqs import FakeQueue

QUEUES = ("failure_queue_url", "delivery_dead_letter_queue_url")
VARIABLES = {"DYNAMODB_TABLE_NAME": "t", "SYNC_TABLE_NAME": "s"}


@attrs.define
class Aws:
    """One queue of events, and a function that applies so many before something happens.

    Attributes:
        queue: The queue.
        applies: How many events the function applies.
        then: What happens at the next one.
    """

    queue: FakeQueue
    applies: int
    then: BaseException

    @property
    def events(self) -> Any:
        """Where hooks into boto3 are registered."""
        return SimpleNamespace(register=lambda *_: None)

    def client(self, service: str, **_: Any) -> Any:
        """A client of boto3."""
        return self.queue if service == "sqs" else self

    def get_function_configuration(self, **_: Any) -> dict[str, Any]:
        """The function's settings."""
        return {"Timeout": 30, "Environment": {"Variables": VARIABLES}}

    def invoke(self, **_: Any) -> dict[str, Any]:
        """The function's answer."""
        if self.applies == 0:
            raise self.then
        self.applies -= 1
        return {"Payload": io.BytesIO(b'{"decision": "write", "reason": "primary"}')}


@attrs.frozen
class Operator:
    """Somebody with such a stack.

    Attributes:
        options: Lead to the stack.
        queue: Its failure queue.
    """

    options: tuple[str, ...]
    queue: FakeQueue

    def redrive(self, *more: str) -> int:
        """Send what is in the failure queue."""
        return cli(["dlq", "redrive", "--layer", "function", *self.options, *more])

    def drop(self, *more: str) -> int:
        """Drop what is in the failure queue."""
        return cli(["dlq", "drop", "--layer", "function", *self.options[:2], *more])


def operator(directory: Path, monkeypatch: pytest.MonkeyPatch, applies: int, then: BaseException) -> Operator:
    """Three events wait; the function applies so many of them."""
    fake = FakeQueue()
    for number in range(3):
        fake.send(failure_record(envelope(poison(f"evt_{number}")), error()))
    monkeypatch.setattr(boto3, "Session", lambda **_: Aws(fake, applies, then))
    outputs = directory / "outputs.json"
    values = {"function_name": "f"} | dict.fromkeys(QUEUES, "https://queue")
    outputs.write_text(json.dumps({name: {"value": value} for name, value in values.items()}))
    return Operator(("--outputs", str(outputs), "--rate", "1000"), fake)


def test_ctrl_c_tells_what_was_sent_what_is_left_and_what_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command as it was typed, filters and all."""
    person = operator(tmp_path, monkeypatch, 1, KeyboardInterrupt())
    assert person.redrive() == 130
    out, err = capsys.readouterr()
    command = "stripe-handler dlq redrive"
    assert out.splitlines() == [
        "1 message applied: 1 write · primary.",
        "Broken off. Left, chosen or not: about 2 messages in the failure queue.",
        "An event that was just being sent may be applied all the same; twice does no harm.",
        f"To go on: {command} --outputs {tmp_path}/outputs.json --layer function --rate 1000.0",
    ]
    assert (err.splitlines()[-1], len(person.queue.visible)) == ("Stopped.", 2)


def test_nothing_is_said_to_be_missing_that_was_not_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before the first event was applied: messages wait, and nothing was sent."""
    person = operator(tmp_path, monkeypatch, 0, KeyboardInterrupt())
    assert person.redrive("--id", "evt_0", "--id", "evt_2") == 130
    out, _ = capsys.readouterr()
    assert "Nothing to send" not in out
    assert "Neither queue has" not in out
    assert out.splitlines()[:2] == [
        "Nothing was sent.",
        "Broken off. Left, chosen or not: about 3 messages in the failure queue.",
    ]
    assert "--id evt_0 --id evt_2" in out


def test_a_function_that_cannot_be_invoked_breaks_off_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the reason on stderr, and for machines."""
    then = client_error("AccessDeniedException", "Invoke")
    person = operator(tmp_path, monkeypatch, 2, then)
    assert person.redrive("--json") == 1
    out, err = capsys.readouterr()
    summary = json.loads(out.splitlines()[-1])["summary"]
    told = {name: summary[name] for name in ("applied", "is_whole", "waiting", "not_found")}
    assert told == {"applied": 2, "is_whole": False, "waiting": {"function": 1}, "not_found": []}
    assert "You may not invoke f" in err


def test_a_dry_run_that_is_broken_off_sent_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """So nothing may be applied all the same."""

    class Interrupted(FakeQueue):
        def receive_message(self, **_: Any) -> dict[str, Any]:
            raise KeyboardInterrupt

    person = operator(tmp_path, monkeypatch, 0, KeyboardInterrupt())
    interrupted = Aws(Interrupted(messages=person.queue.messages), 0, KeyboardInterrupt())
    monkeypatch.setattr(boto3, "Session", lambda **_: interrupted)
    assert person.redrive("--dry-run") == 130
    out, _ = capsys.readouterr()
    assert out.splitlines()[:2] == [
        "Nothing was sent.",
        "Broken off. Left, chosen or not: about 3 messages in the failure queue.",
    ]
    assert out.splitlines()[2].endswith(" --rate 1000.0 --dry-run")


def test_a_queue_that_cannot_be_counted_is_said() -> None:
    """Not that it is empty."""

    class OutOfReach(FakeQueue):
        def get_queue_attributes(self, **_: Any) -> dict[str, Any]:
            raise client_error("ServiceUnavailable", "GetQueueAttributes")

    queues = [Queue(OutOfReach(), "https://queue", Layer.FUNCTION, "userId")]  # type: ignore[arg-type]
    assert waiting(queues) is None
    assert left_in_queues(None) == "How many messages are left cannot be told just now; none is lost."
    assert left_in_queues({"function": 0}) == "No message is left."


def test_a_file_that_was_not_sent_to_its_end_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was dropped and is sent from its file."""
    person = operator(tmp_path, monkeypatch, 1, KeyboardInterrupt())
    dropped = tmp_path / "dropped.jsonl"
    queue = Queue(person.queue, "https://queue", Layer.FUNCTION, "userId")  # type: ignore[arg-type]
    drop([queue], Choice(), dropped, lambda _: True)
    assert cli(["dlq", "redrive", "--from-file", str(dropped), *person.options]) == 130
    out, _ = capsys.readouterr()
    assert f"Broken off. The rest of {dropped} was not sent; the file stays." in out.replace("\n", " ")
    assert f"--from-file {dropped}" in out


def test_a_drop_that_is_broken_off_names_the_file_that_has_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is deleted is nowhere else any more."""

    class Interrupted(FakeQueue):
        def delete_message(self, **parameters: Any) -> None:
            if self.deleted:
                raise KeyboardInterrupt
            super().delete_message(**parameters)

    person = operator(tmp_path, monkeypatch, 0, KeyboardInterrupt())
    queue = Interrupted(messages=person.queue.messages)
    monkeypatch.setattr(boto3, "Session", lambda **_: Aws(queue, 0, KeyboardInterrupt()))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert person.drop("--yes") == 130
    (path,) = tmp_path.glob("state/stripe-handler/dropped/dropped-*.jsonl")
    assert len(path.read_text(encoding="utf-8").splitlines()) == 3
    out, err = capsys.readouterr()
    assert out.splitlines()[:2] == ["1 of 3 chosen messages dropped.", f"All 3 are in {path}"]
    assert err.splitlines()[-1] == "Stopped."


def test_dropped_events_are_kept_outside_the_checkout_and_the_output_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Readable by their owner alone; with the command that sends them all the same."""
    person = operator(tmp_path, monkeypatch, 0, KeyboardInterrupt())
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    monkeypatch.chdir(checkout)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert person.drop("--yes") == 0
    (path,) = tmp_path.glob("state/stripe-handler/dropped/dropped-*.jsonl")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(checkout.iterdir()) == []
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "3 of 3 chosen messages dropped.",
        f"All 3 are in {path}",
        "It holds customers' data, and only you can read it. Delete it when it is done with.",
        f"To send them all the same: stripe-handler dlq redrive --from-file {path}",
    ]
    assert "Warning" not in err


def test_a_file_that_git_would_take_is_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is in it."""
    person = operator(tmp_path, monkeypatch, 0, KeyboardInterrupt())
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)  # noqa: S603, S607
    assert person.drop("--out", str(tmp_path / "dropped.jsonl"), "--yes") == 0
    _, err = capsys.readouterr()
    assert "is in a git checkout that does not ignore it" in err.replace("\n", " ")
