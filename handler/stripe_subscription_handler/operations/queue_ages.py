"""How long the oldest message of a dead-letter queue has waited. Takes nothing out of it, and hides nothing.

AWS's own figure does not tell. `ApproximateAgeOfOldestMessage` leaves out a message that was received three
times and not deleted, and whoever looks at a dead letter receives it: `stripe-handler dlq list` does, and
so does every count here. After that an event that waits for two weeks would have no age at all (source:
Amazon SQS, available CloudWatch metrics).

SQS has no peek, so the count receives too, with a visibility timeout of zero: no message is hidden from who
redrives it meanwhile, and none is missing from the number of visible messages, on which alarms ring. What
was sent when is in the message's own attributes (`SentTimestamp`). Bodies come with it, since SQS cannot
leave them out; nobody reads them.

A queue gives ten messages at a time, of its own choice. Up to `_LOOKS` requests are made, until as many
different ones were seen as there are. Up to some hundred messages the age is exact; of more, it is that of
the oldest one seen.
"""

from typing import TYPE_CHECKING, Any

from stripe_subscription_handler.aws_clients import aws_client

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_BATCH = 10
"""SQS's limit of messages in one request."""
_LOOKS = 12
_WAIT_SECONDS = 1
"""A long poll asks all of SQS's servers; a short one may miss messages that are there."""
_VISIBLE, _IN_FLIGHT = "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"
_REDRIVE_POLICY = "RedrivePolicy"


def queues_client() -> "SQSClient":
    """Make a client whose time-outs and one retry leave the count room within the function's 30 seconds."""
    retries = {"mode": "standard", "total_max_attempts": 2}
    client: SQSClient = aws_client("sqs", connect_timeout=1, read_timeout=4, retries=retries)
    return client


def oldest_seconds(client: "SQSClient", url: str, now: float) -> int | None:
    """The age of the queue's oldest message at a Unix time, in whole seconds; 0 for an empty queue.

    Returns:
        None where it cannot be told: somebody holds all messages just now, or the queue has a redrive policy,
        by which each look would bring a message nearer to being moved away.

    Raises:
        ClientError, BotoCoreError: SQS refused, or did not answer.
    """
    names: Any = [_VISIBLE, _IN_FLIGHT, _REDRIVE_POLICY]
    told: Any = client.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    waiting = int(told[_VISIBLE])
    if not waiting:
        return None if int(told[_IN_FLIGHT]) else 0
    if _REDRIVE_POLICY in told:
        return None
    sent: dict[str, int] = {}
    for _ in range(_LOOKS):
        answer: Any = client.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=_BATCH,
            WaitTimeSeconds=_WAIT_SECONDS,
            VisibilityTimeout=0,
            MessageSystemAttributeNames=["SentTimestamp"],
        )
        for message in answer.get("Messages", []):
            sent[message["MessageId"]] = int(message["Attributes"]["SentTimestamp"])
        if len(sent) >= waiting:
            break
    return max(0, int(now - min(sent.values()) / 1000)) if sent else None
