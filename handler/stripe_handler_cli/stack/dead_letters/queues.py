"""Takes every message of a queue once, puts back what nobody removed, and lists what was chosen.

SQS has no peek: a look at a message takes it, and others do not see it meanwhile. A pass holds what it took,
because it would meet it again otherwise, and lets go of everything at its end, also when it fails. What a
killed process held comes back by itself after `hold_seconds`.

Per message a pass remembers its id, and the receipt handle while it holds it; never its body.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, Self

import attrs
from botocore.exceptions import BotoCoreError, ClientError

from stripe_handler_cli.stack.dead_letters.messages import Choice, DeadLetter, Layer, read_dead_letter

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

HOLD_SECONDS = 60
"""How long a message stays hidden from others at most when nothing is done with it but reading."""

_BATCH = 10
"""SQS's limit of messages in one request."""
_WAIT_SECONDS = 1
"""A long poll asks all of SQS's servers; a short one may miss messages that are there."""
_EMPTY_POLLS = 3
_NOT_HELD = {
    "MessageNotInflight",
    "ReceiptHandleIsInvalid",
    "InvalidParameterValue",
    "InvalidParameterValueException",
}
"""SQS's answers for a message that is visible again, taken by somebody else, or gone."""


@attrs.frozen
class Counts:
    """How many messages a queue holds, by SQS's own approximate count."""

    visible: int
    in_flight: int
    retention_seconds: int


@attrs.frozen
class Taken:
    """A message that was taken: what it says, and the message as SQS gave it."""

    letter: DeadLetter
    message: Mapping[str, Any]


@attrs.frozen
class Queue:
    """One of the two queues."""

    client: "SQSClient"
    url: str
    layer: Layer
    user_id_metadata_key: str

    def counts(self) -> Counts:
        names: Any = [
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
            "MessageRetentionPeriod",
        ]
        found: Any = self.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)["Attributes"]
        return Counts(*(int(found[name]) for name in names))


@attrs.define
class Pass:
    """One pass over a queue: iterate over it inside a `with` block.

    A message is hidden from others for `hold_seconds`; then the pass meets it again, and holds it again.
    """

    queue: Queue
    hold_seconds: int = HOLD_SECONDS
    _seen: set[str] = attrs.field(factory=set, init=False)
    _handles: dict[str, str] = attrs.field(factory=dict, init=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of everything that was not removed; others see it at once."""
        handles = iter(list(self._handles.values()))
        self._handles.clear()
        while batch := list(islice(handles, _BATCH)):
            entries: Any = [
                {"Id": str(number), "ReceiptHandle": handle, "VisibilityTimeout": 0}
                for number, handle in enumerate(batch)
            ]
            # SQS refuses this for a message that is visible again, or gone. If SQS can't be reached at all,
            # the messages come back by themselves, and the error that led here is the one to be told.
            with contextlib.suppress(BotoCoreError, ClientError):
                self.queue.client.change_message_visibility_batch(QueueUrl=self.queue.url, Entries=entries)

    def __iter__(self) -> Iterator[Taken]:
        """Take message after message, each once, until no new one comes.

        It ends when a long poll finds nothing and SQS counts nothing (its count lags behind, so it is
        believed only so often), or when as many messages came again as there are.
        """
        empty_polls = batches_without_news = 0
        while True:
            batch = self._receive()
            if not batch:
                empty_polls += 1
                if empty_polls == _EMPTY_POLLS or self.queue.counts().visible == 0:
                    return
                continue
            fresh = [message for message in batch if self._is_fresh(message)]
            batches_without_news = 0 if fresh else batches_without_news + 1
            if batches_without_news > 1 + len(self._seen) // _BATCH:
                return
            for message in fresh:
                key = self.queue.user_id_metadata_key
                yield Taken(read_dead_letter(message, self.queue.layer, user_id_metadata_key=key), message)

    def hold(self, letter: DeadLetter) -> bool:
        """Hide a message for `hold_seconds` from now on, and say whether it is held.

        If not, its time ran out meanwhile and others may have it by now; if they do not, this pass meets it
        again.
        """
        if _was_held(
            self.queue.client.change_message_visibility,
            QueueUrl=self.queue.url,
            ReceiptHandle=self._handles[letter.message_id],
            VisibilityTimeout=self.hold_seconds,
        ):
            return True
        self._seen.remove(letter.message_id)
        del self._handles[letter.message_id]
        return False

    def remove(self, letter: DeadLetter) -> bool:
        """Delete a message, and say whether SQS took that; if not, others may have it by now."""
        return self._delete(self._handles.pop(letter.message_id))

    def _delete(self, handle: str) -> bool:
        return _was_held(self.queue.client.delete_message, QueueUrl=self.queue.url, ReceiptHandle=handle)

    def _receive(self) -> list[Any]:
        answer: Any = self.queue.client.receive_message(
            QueueUrl=self.queue.url,
            MaxNumberOfMessages=_BATCH,
            WaitTimeSeconds=_WAIT_SECONDS,
            VisibilityTimeout=self.hold_seconds,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        return list(answer.get("Messages", []))

    def _is_fresh(self, message: Mapping[str, Any]) -> bool:
        message_id, handle = message["MessageId"], message["ReceiptHandle"]
        if message_id in self._seen and message_id not in self._handles:
            # SQS may show a deleted message once more.
            self._delete(handle)
            return False
        is_fresh = message_id not in self._seen
        self._seen.add(message_id)
        self._handles[message_id] = handle
        return is_fresh


@attrs.frozen
class Listing:
    """What was found in one queue.

    Attributes:
        counts: What SQS counted before.
        seen: How many messages were looked at, chosen or not.
        is_whole: Whether every message was looked at that could be had.
    """

    queue: Queue
    counts: Counts
    letters: tuple[DeadLetter, ...]
    seen: int
    is_whole: bool

    @property
    def unseen(self) -> int:
        """About how many more messages could be had, by SQS's approximate count."""
        return 0 if self.is_whole else max(0, self.counts.visible - self.seen)


def list_queue(queue: Queue, choice: Choice, *, limit: int | None, whole: bool = False) -> Listing:
    """Look through a queue for so many letters, or for all; keep them `whole`, or only summaries."""
    counts = queue.counts()
    letters: list[DeadLetter] = []
    seen = 0
    with Pass(queue) as messages:
        for taken in messages:
            if limit is not None and len(letters) == limit:
                return Listing(queue, counts, tuple(letters), seen, is_whole=False)
            seen += 1
            if choice.matches(taken.letter):
                letters.append(taken.letter if whole else taken.letter.summary())
    return Listing(queue, counts, tuple(letters), seen, is_whole=True)


def _was_held(call: Callable[..., Any], **parameters: Any) -> bool:
    try:
        call(**parameters)
    except ClientError as error:
        if error.response["Error"].get("Code", "").rpartition(".")[2] in _NOT_HELD:
            return False
        raise
    return True
