"""A message of the profile events' queue → which records of the stream it stands for, and why. Pure.

Two write there: Lambda, when it gives a batch up (source: Lambda, retaining discarded batches), and the
function, which sets aside a record that it can never tell. Both name places in the stream and no data.
"""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import attrs

STREAM_KEEPS = dt.timedelta(hours=24)
"""How long a stream of DynamoDB keeps a record."""


@attrs.frozen
class LostChanges:
    """Changes that could not be told.

    Attributes:
        receipt: What SQS wants to know when the message is deleted.
        stream_arn: The stream they are in; None for a message that nobody can read.
        start: Sequence number of the first one; `end` that of the last.
        count: How many records were given up together; some of them may be other items' than profiles.
        reason: Lambda's word why it gave up, or the type of the function's error.
        message: The error's text, where there is one.
        since: When the first of them was made.
        sent_at: When the message came into the queue.
    """

    message_id: str
    receipt: str = attrs.field(repr=False)
    stream_arn: str | None = None
    shard_id: str | None = None
    start: str | None = None
    end: str | None = None
    count: int = 0
    reason: str = "unreadable"
    message: str | None = None
    since: dt.datetime | None = None
    sent_at: dt.datetime | None = None

    @property
    def is_readable(self) -> bool:
        return self.stream_arn is not None and self.start is not None and self.end is not None

    @property
    def told_until(self) -> dt.datetime | None:
        """Until when the stream has them; None where nobody knows."""
        made = self.since or self.sent_at
        return None if made is None else made + STREAM_KEEPS


def read_message(message: Mapping[str, Any]) -> LostChanges:
    """Read what SQS gives; a body of another form is a message that is not readable."""
    sent = message.get("Attributes", {}).get("SentTimestamp")
    lost = LostChanges(
        message["MessageId"],
        message["ReceiptHandle"],
        sent_at=None if sent is None else dt.datetime.fromtimestamp(int(sent) / 1000, dt.UTC),
    )
    try:
        body = json.loads(message["Body"])
    except ValueError:
        return lost
    info = body.get("DDBStreamBatchInfo") if isinstance(body, Mapping) else None
    if not isinstance(info, Mapping):
        return lost
    answer, context = (body.get(name) or {} for name in ("responseContext", "requestContext"))
    return attrs.evolve(
        lost,
        stream_arn=_text(info.get("streamArn")),
        shard_id=_text(info.get("shardId")),
        start=_number(info.get("startSequenceNumber")),
        end=_number(info.get("endSequenceNumber")),
        count=_count(info.get("batchSize")),
        reason=_text(answer.get("error_type")) or _text(context.get("condition")) or "unknown",
        message=_text(answer.get("reason")),
        since=_moment(info.get("approximateArrivalOfFirstRecord")),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _number(value: object) -> str | None:
    return value if isinstance(value, str) and value.isascii() and value.isdigit() else None


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0


def _moment(value: object) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)
