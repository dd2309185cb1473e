"""What is dropped is in a file first; the file can be sent again."""

import json
import os
import stat
from pathlib import Path
from typing import Any

import click
import pytest

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.dlq.dropping import Dropped, DroppedFile, drop
from stripe_handler_cli.stack.dead_letters.messages import Choice, DeadLetter, Layer, read_dead_letter
from stripe_handler_cli.stack.dead_letters.queues import Queue
from support.dead_letters import DELIVERY_ATTRIBUTES, envelope, error, failure_record, poison, received
from support.sqs import FakeQueue

FULL_DISK = Path("/dev/full")


def failures(*event_ids: str) -> FakeQueue:
    """A failure queue with these events."""
    fake = FakeQueue()
    for event_id in event_ids:
        fake.send(failure_record(envelope(poison(event_id)), error()))
    return fake


def queue_of(fake: Any, layer: Layer = Layer.FUNCTION) -> Queue:
    """A queue in front of it."""
    return Queue(fake, "https://queue", layer, "userId")


def letters_in(path: Path) -> list[DeadLetter]:
    """What a file of dropped messages holds."""
    return [taken.letter for taken in DroppedFile(path, "userId")]


def test_what_is_dropped_is_whole_in_a_file_of_its_owner_alone(tmp_path: Path) -> None:
    """Both shapes and a message without an event; read back, they are the letters they were."""
    delivery, function = FakeQueue(), failures("evt_1", "evt_2")
    body = json.dumps(envelope(poison("evt_3")))
    delivery.send(body, **DELIVERY_ATTRIBUTES)
    function.send("junk")
    path = tmp_path / "dropped.jsonl"
    asked = []
    queues = [queue_of(delivery, Layer.DELIVERY), queue_of(function)]
    done = drop(queues, Choice(), path, lambda kinds: asked.append(kinds) is None)
    assert done == Dropped(chosen=4, dropped=4, file=path, missing=(), held_by_others=0)
    assert asked == [{"NO_PERMISSIONS": 1, "InvalidEventError": 2, "unreadable": 1}]
    assert (delivery.messages, function.messages) == ([], [])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    found = letters_in(path)
    assert [letter.event_id for letter in found] == ["evt_3", "evt_1", "evt_2", None]
    message = received(body, DELIVERY_ATTRIBUTES, ApproximateReceiveCount="1") | {"MessageId": "m0"}
    assert found[0] == read_dead_letter(message, Layer.DELIVERY, user_id_metadata_key="userId")
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line["event"] and line["event"]["detail"]["id"] for line in lines] == [
        "evt_3",
        "evt_1",
        "evt_2",
        None,
    ]


def test_nothing_is_deleted_before_it_is_in_the_file(tmp_path: Path) -> None:
    """At the first deletion the whole file is there."""
    path = tmp_path / "dropped.jsonl"
    lengths = []

    class Watching(FakeQueue):
        def delete_message(self, **parameters: Any) -> None:
            lengths.append(len(letters_in(path)))
            super().delete_message(**parameters)

    fake = Watching(messages=failures("evt_1", "evt_2").messages)
    drop([queue_of(fake)], Choice(), path, lambda _: True)
    assert lengths == [2, 2]


def test_without_confirmation_nothing_happens(tmp_path: Path) -> None:
    """The messages are visible again, and no file with personal data is left behind."""
    fake = failures("evt_1")
    path = tmp_path / "dropped.jsonl"
    done = drop([queue_of(fake)], Choice(), path, lambda _: False)
    assert (done.chosen, done.dropped, done.file) == (1, 0, None)
    assert (fake.visible, path.exists()) == (["m0"], False)


def test_an_interrupted_question_is_a_no(tmp_path: Path) -> None:
    """Control-C at the question leaves everything as it was."""
    fake = failures("evt_1")
    path = tmp_path / "dropped.jsonl"

    def interrupt(_: object) -> bool:
        raise click.Abort

    with pytest.raises(click.Abort):
        drop([queue_of(fake)], Choice(), path, interrupt)
    assert (fake.visible, path.exists()) == (["m0"], False)


def test_only_what_is_chosen_is_dropped_and_the_missing_is_named(tmp_path: Path) -> None:
    """The rest stays, visible."""
    fake = failures("evt_1", "evt_2", "evt_3")
    path = tmp_path / "dropped.jsonl"
    done = drop([queue_of(fake)], Choice(ids=frozenset({"evt_2", "evt_9"})), path, lambda _: True)
    assert (done.chosen, done.dropped, done.missing) == (1, 1, ("evt_9",))
    assert fake.visible == ["m0", "m2"]


def test_nothing_chosen_asks_nothing_and_leaves_no_file(tmp_path: Path) -> None:
    """There is nothing to confirm."""

    def ask(_: object) -> bool:
        raise AssertionError

    path = tmp_path / "dropped.jsonl"
    assert drop([queue_of(failures())], Choice(), path, ask).chosen == 0
    assert not path.exists()


def test_what_came_or_went_while_the_question_stood_is_left_alone(tmp_path: Path) -> None:
    """A new message is not in the file; one that others took meanwhile is theirs."""
    fake = failures("evt_1", "evt_2")
    path = tmp_path / "dropped.jsonl"

    def meanwhile(_: object) -> bool:
        fake.send(failure_record(envelope(poison("evt_3")), error()))
        fake.receive_message(MaxNumberOfMessages=1, VisibilityTimeout=300)
        return True

    done = drop([queue_of(fake)], Choice(), path, meanwhile)
    assert (done.chosen, done.dropped, done.file) == (2, 1, path)
    assert (fake.deleted, fake.visible) == (["m1"], ["m2"])


def test_a_file_is_never_overwritten(tmp_path: Path) -> None:
    """It may be all that is left of other messages."""
    path = tmp_path / "dropped.jsonl"
    path.write_text("precious", encoding="utf-8")
    fake = failures("evt_1")
    with pytest.raises(CliError, match="exists already"):
        drop([queue_of(fake)], Choice(), path, lambda _: True)
    assert (path.read_text(encoding="utf-8"), fake.visible) == ("precious", ["m0"])


def test_a_file_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    """The folder is missing; nothing was taken."""
    with pytest.raises(CliError, match="cannot be written: No such file or directory"):
        drop([queue_of(failures("evt_1"))], Choice(), tmp_path / "none" / "a", lambda _: True)


@pytest.mark.skipif(not FULL_DISK.exists(), reason="needs a device that is always full")
def test_a_full_disk_drops_nothing(tmp_path: Path) -> None:
    """The write fails, so nothing is asked or deleted."""
    fake = failures("evt_1")
    path = tmp_path / "dropped.jsonl"

    class Filling(FakeQueue):
        def get_queue_attributes(self, **parameters: Any) -> dict[str, Any]:
            # From here on the file that was just made stands on a full disk.
            [descriptor] = (link for link in Path("/proc/self/fd").iterdir() if link.resolve() == path)
            full = os.open(FULL_DISK, os.O_WRONLY)
            os.dup2(full, int(descriptor.name))
            os.close(full)
            return super().get_queue_attributes(**parameters)

    filling = Filling(messages=fake.messages)
    with pytest.raises(CliError, match="cannot be written: No space left on device"):
        drop([queue_of(filling)], Choice(), path, lambda _: True)
    assert (filling.visible, filling.deleted, path.exists()) == (["m0"], [], False)


@pytest.mark.parametrize(
    "line", ["", "junk", "[]", "{}", '{"layer": "x", "message": {}}', '{"layer": "function"}']
)
def test_another_file_is_refused_with_the_line(tmp_path: Path, line: str) -> None:
    """The message names file and line."""
    path = tmp_path / "other.jsonl"
    path.write_text('{"layer": "function", "message": {"Body": "x"}}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(CliError, match=r"other\.jsonl, line 2 is not what"):
        letters_in(path)
