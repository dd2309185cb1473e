"""The size limits of events."""

import json

import pytest
from botocore.exceptions import ClientError

from support.cloud import Cloud

pytestmark = pytest.mark.embedded


def _put_one(cloud: Cloud, detail_bytes: int) -> int:
    detail = json.dumps({"text": "x" * detail_bytes})
    entry = {"Source": "size", "DetailType": "test", "Detail": detail}
    answer = cloud.client("events").put_events(Entries=[entry])
    return int(answer["FailedEntryCount"])


def test_an_event_of_900_kb_is_taken(emulator: Cloud) -> None:
    """Large, but below the limit."""
    assert _put_one(emulator, 900_000) == 0


def test_an_event_above_1_mb_is_refused(emulator: Cloud) -> None:
    """The whole request fails, as on AWS."""
    with pytest.raises(ClientError, match="over the limit"):
        _put_one(emulator, 1_048_577)


def test_the_entries_of_one_request_count_together(emulator: Cloud) -> None:
    """Two entries of 600 KB are too much for one request."""
    entry = {"Source": "size", "DetailType": "test", "Detail": json.dumps({"text": "x" * 600_000})}
    with pytest.raises(ClientError, match="over the limit"):
        emulator.client("events").put_events(Entries=[entry, entry])


def test_an_asynchronous_payload_above_1_mb_is_refused(emulator: Cloud) -> None:
    """A synchronous one may be larger."""
    name, _ = emulator.function("def handler(event, context): return len(event)")
    lambda_ = emulator.client("lambda")
    payload = json.dumps("x" * 1_048_577)
    with pytest.raises(ClientError, match="RequestTooLargeException"):
        lambda_.invoke(FunctionName=name, InvocationType="Event", Payload=payload)
    answer = lambda_.invoke(FunctionName=name, Payload=payload)
    assert json.loads(answer["Payload"].read()) == 1_048_577


def test_stock_ministack_still_takes_any_size(stock: Cloud) -> None:
    """When this fails, see whether `event_size` is still needed."""
    assert _put_one(stock, 1_100_000) == 0
