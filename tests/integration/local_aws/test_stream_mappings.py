"""Event source mappings of DynamoDB streams: order, filters, retries, bisection, what is given up."""

import json
from collections.abc import Sequence
from typing import Any

import attrs
import pytest

from support.cloud import Cloud

pytestmark = pytest.mark.embedded

TELLS = """
def numbers(event):
    return [int(record["dynamodb"]["Keys"]["SK"]["S"]) for record in event["Records"]]

def handler(event, context):
    print("got", *numbers(event))
"""
POISONED = TELLS + "    if 3 in numbers(event): raise ValueError('poison')\n"
REPORTS = (
    TELLS
    + """    return {"batchItemFailures": [
        {"itemIdentifier": record["dynamodb"]["SequenceNumber"]}
        for record in event["Records"][1:]
    ]}
"""
)
REPORTS_ALL = TELLS + "    return {'batchItemFailures': [{'itemIdentifier': ''}]}\n"


@attrs.frozen
class Mapped:
    """A table whose stream a function is given.

    Attributes:
        function: The function's name.
        mapping_id: The mapping's id.
        failures: URL of its on-failure queue.
    """

    cloud: Cloud
    table: str
    function: str
    mapping_id: str
    failures: str

    def write(self, *numbers: int) -> None:
        """Put items, one after the other."""
        for number in numbers:
            self.cloud.client("dynamodb").put_item(
                TableName=self.table, Item={"PK": {"S": f"USER#{number}"}, "SK": {"S": str(number)}}
            )

    def batches(self) -> list[list[int]]:
        """What the function has been given so far."""
        lines = self.cloud.log_lines(f"/aws/lambda/{self.function}")
        return [[int(word) for word in line.split()[1:]] for line in lines if line.startswith("got")]

    def given(self, wanted: Sequence[Sequence[int]]) -> list[list[int]]:
        """Wait until it has been given so many batches."""
        self.cloud.until(lambda: len(self.batches()) >= len(wanted))
        return self.batches()

    def enable(self) -> None:
        """Begin to read; what was written before is in the first batches."""
        self.cloud.client("lambda").update_event_source_mapping(UUID=self.mapping_id, Enabled=True)

    def end(self) -> None:
        """Read no more."""
        self.cloud.client("lambda").delete_event_source_mapping(UUID=self.mapping_id)


def mapped(cloud: Cloud, code: str, **settings: Any) -> Mapped:
    """Map a new table's stream to a new function, not enabled yet."""
    table, dynamodb = cloud.table(), cloud.client("dynamodb")
    arn = dynamodb.update_table(
        TableName=table, StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    )["TableDescription"]["LatestStreamArn"]
    failures, queue_arn = cloud.queue(sender=None)
    function, _ = cloud.function(code)
    found = cloud.client("lambda").create_event_source_mapping(
        EventSourceArn=arn,
        FunctionName=function,
        StartingPosition="TRIM_HORIZON",
        DestinationConfig={"OnFailure": {"Destination": queue_arn}},
        Enabled=False,
        **settings,
    )
    return Mapped(cloud, table, function, found["UUID"], failures)


def _poison_is_isolated(cloud: Cloud, *, patience_seconds: int) -> tuple[Mapped, list[dict[str, Any]]]:
    poisoned = mapped(cloud, POISONED, BisectBatchOnFunctionError=True, MaximumRetryAttempts=1)
    poisoned.write(1, 2, 3, 4)
    poisoned.enable()
    found = cloud.messages(poisoned.failures, wait_seconds=patience_seconds)
    return poisoned, [json.loads(message["Body"]) for message in found]


def test_a_poison_record_is_found_by_splitting_and_given_up(emulator: Cloud) -> None:
    """The others are done, in order; its position is in the queue, and can be read from the stream."""
    poisoned, (record,) = _poison_is_isolated(emulator, patience_seconds=15)
    wanted = [[1, 2, 3, 4], [1, 2], [3, 4], [3], [3], [4]]
    assert poisoned.given(wanted) == wanted
    info = record["DDBStreamBatchInfo"]
    assert record["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert (info["batchSize"], info["startSequenceNumber"]) == (1, info["endSequenceNumber"])
    streams = emulator.client("dynamodbstreams")
    place = streams.get_shard_iterator(
        StreamArn=info["streamArn"],
        ShardId=info["shardId"],
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        SequenceNumber=info["startSequenceNumber"],
    )
    first = streams.get_records(ShardIterator=place["ShardIterator"])["Records"][0]
    assert first["dynamodb"]["Keys"]["SK"] == {"S": "3"}
    poisoned.end()


def test_stock_ministack_never_gives_a_poison_record_up(stock: Cloud) -> None:
    """When this fails, see whether `stream_mappings` is still needed."""
    poisoned, found = _poison_is_isolated(stock, patience_seconds=3)
    assert found == []
    assert set(map(tuple, poisoned.batches())) == {(1, 2, 3, 4)}
    poisoned.end()


def test_what_an_answer_reports_is_given_again_from_the_first_one_on(emulator: Cloud) -> None:
    """What stands before it is done."""
    reporting = mapped(emulator, REPORTS, FunctionResponseTypes=["ReportBatchItemFailures"])
    reporting.write(1, 2, 3)
    reporting.enable()
    wanted = [[1, 2, 3], [2, 3], [3]]
    assert reporting.given(wanted) == wanted
    reporting.write(4)
    assert reporting.given([*wanted, [4]]) == [*wanted, [4]]
    reporting.end()


def test_an_answer_that_names_no_record_fails_the_whole_batch(emulator: Cloud) -> None:
    """And after its retries all of it is given up, in one message."""
    failing = mapped(
        emulator, REPORTS_ALL, FunctionResponseTypes=["ReportBatchItemFailures"], MaximumRetryAttempts=2
    )
    failing.write(1, 2)
    failing.enable()
    wanted = [[1, 2]] * 3
    assert failing.given(wanted) == wanted
    (message,) = emulator.messages(failing.failures)
    assert json.loads(message["Body"])["DDBStreamBatchInfo"]["batchSize"] == len([1, 2])
    failing.end()


def test_a_batch_is_given_up_when_it_is_too_old(emulator: Cloud) -> None:
    """However many attempts are left; a minute passes in a second here."""
    failing = mapped(emulator, "def handler(event, context): raise ValueError", MaximumRecordAgeInSeconds=60)
    failing.write(1)
    failing.enable()
    (message,) = emulator.messages(failing.failures, wait_seconds=15)
    assert json.loads(message["Body"])["requestContext"]["condition"] == "MaxRecordAgeExceeded"
    failing.end()


def test_a_filter_keeps_records_from_the_function(emulator: Cloud) -> None:
    """By the beginning of a key and by a whole one, as the profile events have it."""
    keys = {"PK": {"S": [{"prefix": "USER#1"}]}, "SK": {"S": ["1", "2", "10"]}}
    pattern = json.dumps({"dynamodb": {"Keys": keys}})
    filtered = mapped(emulator, TELLS, FilterCriteria={"Filters": [{"Pattern": pattern}]}, BatchSize=2)
    filtered.write(1, 2, 3, 10, 11)
    filtered.enable()
    assert filtered.given([[1], [10]]) == [[1], [10]]
    filtered.end()


def test_every_attempt_is_measured(emulator: Cloud) -> None:
    """Invocations, errors and the age of what was given."""
    poisoned, _ = _poison_is_isolated(emulator, patience_seconds=15)
    poisoned.given([[]] * 6)

    def measured(name: str) -> float:
        return emulator.metric_sum("AWS/Lambda", name, FunctionName=poisoned.function)

    assert emulator.until(lambda: measured("Invocations") == len("123456"))
    assert measured("Errors") == len("1234")
    assert measured("IteratorAge") >= 0
    poisoned.end()


def test_one_mapping_does_not_wait_for_another(emulator: Cloud) -> None:
    """A function that takes its time, on another stream."""
    slow = mapped(emulator, "import time\ndef handler(event, context): time.sleep(20)", BatchSize=1)
    quick = mapped(emulator, TELLS)
    slow.write(1)
    slow.enable()
    quick.write(7)
    quick.enable()
    assert quick.given([[7]]) == [[7]]
    slow.end()
    quick.end()
