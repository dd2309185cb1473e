"""Takes every message of the profile events' queue once, and lets go of those that were not deleted."""

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Self

import attrs
from botocore.exceptions import BotoCoreError, ClientError

from stripe_handler_cli.operate.profile_events.messages import LostChanges, read_message

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

HOLD_SECONDS = 300
"""How long a message is hidden from others while this command has it."""
_EMPTY_POLLS = 3
"""So often SQS's count, which lags behind, is believed more than a poll that found nothing."""


@attrs.define
class LostQueue:
    """One pass over the queue, inside a `with` block."""

    client: "SQSClient"
    url: str
    _held: dict[str, str] = attrs.field(factory=dict, init=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of what is still held; whatever SQS refuses comes back by itself."""
        for receipt in self._held.values():
            with contextlib.suppress(BotoCoreError, ClientError):
                self.client.change_message_visibility(
                    QueueUrl=self.url, ReceiptHandle=receipt, VisibilityTimeout=0
                )
        self._held.clear()

    def __iter__(self) -> Iterator[LostChanges]:
        """Message after message, until no new one comes."""
        empty = 0
        while empty < _EMPTY_POLLS:
            answer: Any = self.client.receive_message(
                QueueUrl=self.url,
                MaxNumberOfMessages=10,
                WaitTimeSeconds=1,
                VisibilityTimeout=HOLD_SECONDS,
                MessageSystemAttributeNames=["SentTimestamp"],
            )
            fresh = [one for one in answer.get("Messages", []) if one["MessageId"] not in self._held]
            empty = 0 if fresh else empty + 1
            if empty and not self._visible():
                return
            for message in fresh:
                self._held[message["MessageId"]] = message["ReceiptHandle"]
                yield read_message(message)

    def _visible(self) -> int:
        """How many could be had, by SQS's own approximate count."""
        name: Any = "ApproximateNumberOfMessages"
        found = self.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=[name])
        return int(found["Attributes"][name])

    def remove(self, lost: LostChanges) -> None:
        """Delete a message: its changes are told, or can never be."""
        self.client.delete_message(QueueUrl=self.url, ReceiptHandle=lost.receipt)
        self._held.pop(lost.message_id, None)
