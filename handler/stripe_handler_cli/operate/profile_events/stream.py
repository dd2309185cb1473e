"""Reads records of a table's stream again, by their places, as Lambda would hand them over."""

import base64
import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.profile_events.messages import LostChanges

_GONE = {"TrimmedDataAccessException", "ResourceNotFoundException", "ExpiredIteratorException"}
"""AWS's answers for a record, or a whole stream, that is no more."""


class ExpiredError(CliError):
    """The stream does not have the records any more."""


def records_of(streams: Any, lost: LostChanges) -> Iterator[dict[str, Any]]:
    """Read the records from the first to the last place of some lost changes, in order.

    Args:
        streams: The client of DynamoDB Streams.
        lost: Changes that are readable.

    Raises:
        ExpiredError: The stream has not all of them any more.
    """
    try:
        yield from _read(streams, lost)
    except ClientError as error:
        if error.response["Error"].get("Code") in _GONE:
            raise ExpiredError("the stream does not have these changes any more") from error
        raise


def _read(streams: Any, lost: LostChanges) -> Iterator[dict[str, Any]]:
    start, end = int(lost.start or 0), int(lost.end or 0)
    place: str | None = streams.get_shard_iterator(
        StreamArn=lost.stream_arn,
        ShardId=_shard_of(streams, lost),
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        SequenceNumber=lost.start,
    )["ShardIterator"]
    is_first = True
    while place:
        answer = streams.get_records(ShardIterator=place)
        place = answer.get("NextShardIterator")
        for record in answer["Records"]:
            number = int(record["dynamodb"]["SequenceNumber"])
            if number > end:
                return
            if is_first and number != start:
                raise ExpiredError("the stream does not have these changes any more")
            is_first = False
            yield {**_in_json(record), "eventSourceARN": lost.stream_arn}
            if number == end:
                return
        if not answer["Records"] and is_first:
            raise ExpiredError("the stream does not have these changes any more")


def _shard_of(streams: Any, lost: LostChanges) -> str:
    if lost.shard_id is not None:
        return lost.shard_id
    start, last = int(lost.start or 0), None
    while True:
        page: dict[str, Any] = {} if last is None else {"ExclusiveStartShardId": last}
        found = streams.describe_stream(StreamArn=lost.stream_arn, **page)["StreamDescription"]
        for shard in found["Shards"]:
            reach = shard["SequenceNumberRange"]
            if int(reach["StartingSequenceNumber"]) <= start <= int(reach.get("EndingSequenceNumber", start)):
                return str(shard["ShardId"])
        last = found.get("LastEvaluatedShardId")
        if last is None:
            raise ExpiredError("the stream does not have these changes any more")


def _in_json(value: Any) -> Any:
    """A value as Lambda has it in JSON: times are seconds, binary values base64 text."""
    if isinstance(value, Mapping):
        return {name: _in_json(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set):
        return [_in_json(one) for one in value]
    if isinstance(value, dt.datetime):
        return int(value.timestamp())
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value
