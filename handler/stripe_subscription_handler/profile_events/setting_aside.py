"""Keeps a record that can never be told in the failure queue, so that it blocks no other.

Lambda would give the whole batch behind such a record again and again, and in the end give up on all of it.
The message has the shape of Lambda's own for a stream (source: Lambda, retaining discarded batches):
positions in the stream, no data.
"""

import datetime as dt
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs

from stripe_subscription_handler.lambda_errors import error_fields
from stripe_subscription_handler.profile_events.changes import sequence_number_of
from stripe_subscription_handler.profile_events.recently import Recently

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_END_OF_TIME = 253_402_300_800
"""The year 10000, in Unix seconds."""
CONDITION = "RecordNotTold"
"""Stands where Lambda says why it gave up."""


@attrs.define
class FailureQueue:
    """The queue of the profile events."""

    client: "SQSClient"
    url: str
    _kept: Recently = attrs.field(factory=Recently, init=False, repr=False)

    def keep(self, record: object, error: Exception, now: dt.datetime) -> None:
        """Keep the position of a record, once.

        Raises:
            ClientError, BotoCoreError: The queue did not take it.
        """
        number = sequence_number_of(record)
        if number in self._kept:
            return
        body = json.dumps(message(record, error, now), separators=(",", ":"))
        self.client.send_message(QueueUrl=self.url, MessageBody=body)
        if number is not None:
            self._kept.add(number)


def message(record: object, error: Exception, now: dt.datetime) -> dict[str, Any]:
    """What is kept: where the record is, and why it cannot be told."""
    found = record if isinstance(record, Mapping) else {}
    number = sequence_number_of(record)
    arrival = moment_of(record)
    return {
        "version": "1.0",
        "timestamp": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "requestContext": {"condition": CONDITION, "approximateInvokeCount": 1},
        "responseContext": error_fields(error),
        "DDBStreamBatchInfo": {
            "startSequenceNumber": number,
            "endSequenceNumber": number,
            "approximateArrivalOfFirstRecord": arrival,
            "approximateArrivalOfLastRecord": arrival,
            "batchSize": 1,
            "streamArn": found.get("eventSourceARN"),
        },
    }


def moment_of(record: object) -> str | None:
    """When the change was made, to the second; None where the record does not say."""
    stream = record.get("dynamodb") if isinstance(record, Mapping) else None
    seconds = stream.get("ApproximateCreationDateTime") if isinstance(stream, Mapping) else None
    if not isinstance(seconds, int | float) or not 0 < seconds < _END_OF_TIME:
        return None
    return f"{dt.datetime.fromtimestamp(int(seconds), dt.UTC).replace(tzinfo=None).isoformat()}Z"
