"""What waits in the profile events' queue is told again from the stream, or is said to be gone."""

import datetime as dt
import io
import json
from collections.abc import Iterable
from typing import Any

import attrs
import pytest

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.profile_events.messages import LostChanges, read_message
from stripe_handler_cli.operate.profile_events.queue import LostQueue
from stripe_handler_cli.operate.profile_events.redriving import Outcome, Result, invoker, redrive
from stripe_handler_cli.operate.profile_events.stream import ExpiredError, records_of
from support.dynamodb import client_error
from support.sqs import FakeQueue
from support.stream_records import STREAM

SHARD = "shardId-00000001"


def body(start: int = 1, end: int = 1, **info: Any) -> str:
    """A message of Lambda's."""
    places = {
        "shardId": SHARD,
        "startSequenceNumber": str(start),
        "endSequenceNumber": str(end),
        "approximateArrivalOfFirstRecord": "2026-11-30T10:00:00Z",
        "batchSize": end - start + 1,
        "streamArn": STREAM,
    }
    found = {name: value for name, value in {**places, **info}.items() if value is not None}
    return json.dumps(
        {"requestContext": {"condition": "RetryAttemptsExhausted"}, "DDBStreamBatchInfo": found}
    )


@attrs.define
class Streams:
    """DynamoDB Streams with one shard that has been read by others before, and empty pages.

    Attributes:
        numbers: The records that are left.
    """

    numbers: list[int]

    def describe_stream(self, **_: Any) -> dict[str, Any]:
        """Two shards, on two pages."""
        if not _.get("ExclusiveStartShardId"):
            shard = {
                "ShardId": "old",
                "SequenceNumberRange": {"StartingSequenceNumber": "0", "EndingSequenceNumber": "0"},
            }
            return {"StreamDescription": {"Shards": [shard], "LastEvaluatedShardId": "old"}}
        shard = {"ShardId": SHARD, "SequenceNumberRange": {"StartingSequenceNumber": "1"}}
        return {"StreamDescription": {"Shards": [shard]}}

    def get_shard_iterator(self, ShardId: str, SequenceNumber: str, **_: Any) -> dict[str, str]:  # noqa: N803
        """A place before a record."""
        assert ShardId == SHARD
        if int(SequenceNumber) not in self.numbers:
            raise client_error("TrimmedDataAccessException", "GetShardIterator")
        return {"ShardIterator": str(self.numbers.index(int(SequenceNumber)))}

    def get_records(self, ShardIterator: str) -> dict[str, Any]:  # noqa: N803
        """Two records a page."""
        at = int(ShardIterator)
        records = [
            {
                "eventID": f"id-{number}",
                "dynamodb": {
                    "SequenceNumber": str(number),
                    "ApproximateCreationDateTime": dt.datetime(2026, 11, 30, tzinfo=dt.UTC),
                    "NewImage": {"photo": {"B": b"\x00"}},
                },
            }
            for number in self.numbers[at : at + 2]
        ]
        return {"Records": records, "NextShardIterator": str(at + 2)}


def redriven(
    queue: FakeQueue, numbers: Iterable[int], answer: Any = None, *, drops_expired: bool = False
) -> tuple[list[Result], list[list[str]]]:
    """Redrive a queue over a stream; what became of each message, and what the function was given."""
    given: list[list[str]] = []

    def invoke(event: dict[str, Any]) -> str | None:
        assert event["stripe-subscription-handler"] == "tell-again"
        given.append([one["eventID"] for one in event["Records"]])
        return answer  # type: ignore[no-any-return]

    client: Any = queue
    streams = Streams(list(numbers))
    with LostQueue(client, "url") as lost:
        found = list(redrive(lost, lambda one: records_of(streams, one), invoke, drops_expired=drops_expired))
    return found, given


def test_what_is_told_again_is_deleted() -> None:
    """Exactly the records between the two places, in order, wherever the pages end."""
    queue = FakeQueue()
    queue.send(body(2, 4))
    found, given = redriven(queue, range(1, 8))
    assert [(one.outcome, one.is_deleted) for one in found] == [(Outcome.TOLD, True)]
    assert given == [["id-2", "id-3", "id-4"]]
    assert queue.messages == []


def test_a_message_without_a_shard_is_looked_for_by_its_number() -> None:
    """The function's own message has none."""
    queue = FakeQueue()
    queue.send(body(2, 2, shardId=None))
    assert redriven(queue, range(1, 8))[1] == [["id-2"]]


def test_what_cannot_be_told_stays_and_is_visible_again() -> None:
    """With the reason."""
    queue = FakeQueue()
    queue.send(body(2, 2))
    (result,), _ = redriven(queue, range(1, 8), "the function failed: ConfigError")
    assert (result.outcome, result.why) == (Outcome.NOT_TOLD, "the function failed: ConfigError")
    assert len(queue.visible) == 1


@pytest.mark.parametrize(("drops", "left"), [(False, 1), (True, 0)])
def test_what_the_stream_has_no_more_is_said_to_be_gone(drops: bool, left: int) -> None:  # noqa: FBT001
    """And is deleted only where that is asked for."""
    queue = FakeQueue()
    queue.send(body(1, 2))
    (result,), given = redriven(queue, range(2, 8), drops_expired=drops)
    assert (result.outcome, given, len(queue.messages)) == (Outcome.EXPIRED, [], left)


@pytest.mark.parametrize("text", ["no JSON", "[]", "{}", body(1, 1, streamArn=None)])
def test_a_message_that_nobody_can_read_stays(text: str) -> None:
    """It names no place in a stream."""
    queue = FakeQueue()
    queue.send(text)
    (result,), _ = redriven(queue, range(1, 8))
    assert result.outcome is Outcome.UNREADABLE
    assert len(queue.messages) == 1


def test_a_message_says_why_and_until_when_the_stream_has_its_changes() -> None:
    """Lambda's word, or the function's error; 24 hours from the first change."""
    lost = read_message({"MessageId": "m", "ReceiptHandle": "r", "Body": body(1, 3)})
    assert (lost.reason, lost.count) == ("RetryAttemptsExhausted", 3)
    assert lost.told_until == dt.datetime(2026, 12, 1, 10, tzinfo=dt.UTC)


def test_records_are_as_lambda_has_them() -> None:
    """In JSON: times are seconds, binary values base64."""
    lost = LostChanges("m", "r", STREAM, SHARD, "1", "1")
    (record,) = records_of(Streams([1]), lost)
    assert json.loads(json.dumps(record)) == record
    assert record["dynamodb"]["NewImage"] == {"photo": {"B": "AA=="}}
    assert record["eventSourceARN"] == STREAM


def test_an_iterator_that_finds_another_record_is_no_answer() -> None:
    """The first record asked for must be there."""

    class Later(Streams):
        def get_shard_iterator(self, **_: Any) -> dict[str, str]:
            return {"ShardIterator": "0"}

    with pytest.raises(ExpiredError):
        list(records_of(Later([5]), LostChanges("m", "r", STREAM, SHARD, "1", "9")))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"Payload": b'{"batchItemFailures": []}'}, None),
        ({"Payload": b'{"batchItemFailures": [{"itemIdentifier": "1"}]}'}, "could not tell them"),
        ({"Payload": b'{"errorType": "ConfigError"}', "FunctionError": "Unhandled"}, "failed: ConfigError"),
    ],
)
def test_the_functions_answer_is_read(answer: dict[str, Any], told: str | None) -> None:
    """Told, not told, or failed."""

    class Functions:
        def invoke(self, **_: Any) -> dict[str, Any]:
            return {**answer, "Payload": io.BytesIO(answer["Payload"])}

    found = invoker(Functions(), "f")({"Records": []})
    assert found == told or (told is not None and told in str(found))


def test_another_function_is_not_taken_for_it() -> None:
    """Somebody named the handler's."""

    class Functions:
        def invoke(self, **_: Any) -> dict[str, Any]:
            return {"Payload": io.BytesIO(b'{"eventId": "evt_1"}')}

    with pytest.raises(CliError, match="not that of the profile events"):
        invoker(Functions(), "f")({"Records": []})
