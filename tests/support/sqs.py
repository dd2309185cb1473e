"""A queue in memory that hides, shows and counts messages as SQS does, with a clock of its own."""

from typing import Any

import attrs
from botocore.exceptions import ClientError

from support.dynamodb import client_error


@attrs.define
class StoredMessage:
    """One message.

    Attributes:
        message_id: Its id.
        body: Its body.
        attributes: Its message attributes.
        visible_at: When it can be received again.
        handle: Of its last receipt.
        received: How often it was received.
        sent_at: When it was sent, in Unix seconds.
    """

    message_id: str
    body: str
    attributes: dict[str, str]
    visible_at: float = 0.0
    handle: str = ""
    received: int = 0
    sent_at: float = 1_763_800_000.0


@attrs.define
class FakeQueue:
    """SQS with one queue; a long poll that finds nothing takes its time.

    Attributes:
        now: The queue's clock, in seconds.
        messages: What is in it.
        deleted: Ids of what was deleted.
        redrive_policy: The queue's, as JSON; empty: it has none.
    """

    now: float = 1_763_800_000.0
    messages: list[StoredMessage] = attrs.field(factory=list)
    deleted: list[str] = attrs.field(factory=list)
    redrive_policy: str = ""

    def send(self, body: str, **attributes: str) -> str:
        """Put a message in; returns its id."""
        message = StoredMessage(f"m{len(self.messages) + len(self.deleted)}", body, attributes)
        self.messages.append(message)
        return message.message_id

    @property
    def visible(self) -> list[str]:
        """Ids of the messages that can be received."""
        return [message.message_id for message in self.messages if message.visible_at <= self.now]

    def get_queue_attributes(self, **_: Any) -> dict[str, Any]:
        """The counts."""
        counts = {
            "ApproximateNumberOfMessages": len(self.visible),
            "ApproximateNumberOfMessagesNotVisible": len(self.messages) - len(self.visible),
            "MessageRetentionPeriod": 1_209_600,
        }
        policy = {"RedrivePolicy": self.redrive_policy} if self.redrive_policy else {}
        return {"Attributes": {name: str(value) for name, value in counts.items()} | policy}

    def receive_message(
        self,
        *,
        MaxNumberOfMessages: int = 10,  # noqa: N803 - boto3's word, as below
        VisibilityTimeout: int = 120,  # noqa: N803
        WaitTimeSeconds: int = 0,  # noqa: N803
        **_: Any,
    ) -> dict[str, Any]:
        """Up to so many messages, hidden from now on; what was received three times goes to the back."""
        found = [message for message in self.messages if message.visible_at <= self.now]
        if not found:
            self.now += WaitTimeSeconds
        for message in found[:MaxNumberOfMessages]:
            message.received += 1
            message.handle = f"{message.message_id}/{message.received}"
            message.visible_at = self.now + VisibilityTimeout
        self.messages.sort(key=lambda message: message.received >= 3)
        return {"Messages": [self._shown(message) for message in found[:MaxNumberOfMessages]]}

    def change_message_visibility(
        self,
        *,
        ReceiptHandle: str,  # noqa: N803
        VisibilityTimeout: int,  # noqa: N803
        **_: Any,
    ) -> None:
        """Hide a message for so long from now on; refused when it is not in flight."""
        message = self._held(ReceiptHandle)
        if message is None or message.visible_at <= self.now:
            raise client_error("AWS.SimpleQueueService.MessageNotInflight", "ChangeMessageVisibility")
        message.visible_at = self.now + VisibilityTimeout

    def change_message_visibility_batch(self, *, Entries: Any, **_: Any) -> dict[str, Any]:  # noqa: N803
        """The same for some; single refusals are in the answer."""
        assert 1 <= len(Entries) <= 10
        failed = []
        for entry in Entries:
            try:
                self.change_message_visibility(
                    ReceiptHandle=entry["ReceiptHandle"], VisibilityTimeout=entry["VisibilityTimeout"]
                )
            except ClientError:
                failed.append({"Id": entry["Id"]})
        return {"Failed": failed}

    def delete_message(self, *, ReceiptHandle: str, **_: Any) -> None:  # noqa: N803
        """Delete a message; refused with a handle that is not of its last receipt."""
        message = self._held(ReceiptHandle)
        if message is None:
            raise client_error("ReceiptHandleIsInvalid", "DeleteMessage")
        self.messages.remove(message)
        self.deleted.append(message.message_id)

    def _held(self, handle: str) -> StoredMessage | None:
        return next((message for message in self.messages if message.handle == handle), None)

    @staticmethod
    def _shown(message: StoredMessage) -> dict[str, Any]:
        return {
            "MessageId": message.message_id,
            "ReceiptHandle": message.handle,
            "Body": message.body,
            "Attributes": {
                "SentTimestamp": str(int(message.sent_at * 1000)),
                "ApproximateReceiveCount": str(message.received),
            },
            "MessageAttributes": {
                name: {"DataType": "String", "StringValue": value}
                for name, value in message.attributes.items()
            },
        }
