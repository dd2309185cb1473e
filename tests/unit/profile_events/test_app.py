"""One batch of the stream: what is put on the bus, what is given again, set aside and logged."""

import json
from typing import Any

import pytest

from stripe_subscription_handler.errors import ConfigError, InvalidEventError
from stripe_subscription_handler.profile_events.app import MARGIN_SECONDS, handle, lambda_handler
from stripe_subscription_handler.put_events import LIMIT_BYTES
from support.dynamodb import client_error
from support.stream_records import SETTINGS, STREAM, Bus, Context, EventSourceMapping, record

ACTIVE = {"subscriptionStatus": "active", "email": "ada@example.com", "subscriptionCurrentPeriodEnd": "x"}
CANCELED = {"subscriptionStatus": "canceled", "email": "ada@example.com"}


def damaged(number: int) -> dict[str, Any]:
    """A record of a profile with a value that is no DynamoDB JSON."""
    found = record({}, ACTIVE, number=number)
    found["dynamodb"]["NewImage"]["subscriptionStatus"] = "active"
    return found


def test_a_change_is_an_event() -> None:
    """With what changed, both sides of all of the contract, and who; nothing of the app's own."""
    mapping = EventSourceMapping()
    assert mapping.invoke([record(ACTIVE, CANCELED, number=7)]) == {"batchItemFailures": []}
    [entry] = mapping.bus.entries
    assert {name: entry[name] for name in ("EventBusName", "Source", "DetailType")} == {
        "EventBusName": SETTINGS.bus_arn,
        "Source": SETTINGS.source,
        "DetailType": "Subscription Profile Changed",
    }
    assert json.loads(entry["Detail"]) == {
        "version": 1,
        "id": "00000000000000000000000000000007",
        "sequence": "0000000000000000000100000000000000000007",
        "userId": "user_1",
        "changed": ["subscriptionCurrentPeriodEnd", "subscriptionStatus"],
        "before": {"subscriptionStatus": "active", "subscriptionCurrentPeriodEnd": "x"},
        "after": {"subscriptionStatus": "canceled"},
    }
    [line] = mapping.lines
    assert {name: line[name] for name in ("event", "decision", "user_id", "changed")} == {
        "event": "profile_change",
        "decision": "told",
        "user_id": "user_1",
        "changed": ["subscriptionCurrentPeriodEnd", "subscriptionStatus"],
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ACTIVE, {**ACTIVE, "email": "grace@example.com"}),
        (ACTIVE, {**ACTIVE, "subscriptionCurrentPeriodEnd": "y"}),
        (ACTIVE, {**ACTIVE, "stripeLedgerRev": "2"}),
        (None, {"email": "ada@example.com"}),
        ({"email": "ada@example.com"}, None),
    ],
    ids=["the app's own", "does not count", "the ledger", "a new profile without any", "a deleted one"],
)
def test_what_does_not_count_is_not_told(before: Any, after: Any) -> None:
    """No event, no line."""
    mapping = EventSourceMapping()
    mapping.deliver([record(before, after)])
    assert (mapping.bus.entries, mapping.lines) == ([], [])


def test_a_forgotten_or_deleted_profile_changes_to_nothing() -> None:
    """Whether the attributes go, or the whole item."""
    mapping = EventSourceMapping()
    mapping.deliver([record(ACTIVE, {"email": "x"}, number=1), record(ACTIVE, None, number=2)])
    assert [one["after"] for one in mapping.bus.taken] == [{}, {}]


def test_a_record_that_can_never_be_told_blocks_no_other() -> None:
    """It is in the failure queue, by its position and without its data; the others are told, once."""
    mapping = EventSourceMapping()
    large = {"subscriptionProducts": {"prod": {"priceId": "x" * LIMIT_BYTES}}}
    records = [
        record({}, ACTIVE, number=1),
        damaged(2),
        record({}, large, number=3),
        record({}, ACTIVE, user="user_2", number=4),
    ]
    mapping.deliver(records)
    assert [one["userId"] for one in mapping.bus.taken] == ["user_1", "user_2"]
    assert [
        (message["responseContext"]["error_type"], message["DDBStreamBatchInfo"])
        for message in mapping.queue.messages
    ] == [
        (
            error,
            {
                "startSequenceNumber": number,
                "endSequenceNumber": number,
                "approximateArrivalOfFirstRecord": "2026-11-30T00:53:20Z",
                "approximateArrivalOfLastRecord": "2026-11-30T00:53:20Z",
                "batchSize": 1,
                "streamArn": STREAM,
            },
        )
        for error, number in (
            ("InvalidEventError", "100000000000000000002"),
            ("ChangeTooLargeError", "100000000000000000003"),
        )
    ]
    text = json.dumps([mapping.queue.messages, mapping.lines])
    assert "ada@example.com" not in text
    assert "xxxx" not in text
    assert mapping.lines[-1]["set_aside"] == 2


def test_while_the_failure_queue_is_away_the_record_is_given_again() -> None:
    """It is neither lost nor told; once the queue takes it, it is there once."""
    mapping = EventSourceMapping()
    mapping.queue.away = client_error("ServiceUnavailable", "SendMessage")
    records = [record({}, ACTIVE, number=1), damaged(2), damaged(3)]
    assert mapping.invoke(records) == {"batchItemFailures": [{"itemIdentifier": "100000000000000000002"}]}
    mapping.queue.away = None
    mapping.deliver(records)
    assert len(mapping.queue.messages) == 2
    assert len(mapping.bus.taken) == 1


def test_an_operator_is_told_that_a_record_cannot_be_told_now_either() -> None:
    """It stays in the queue, where the operator took it from: it is not put there a second time."""
    mapping = EventSourceMapping()
    again = {
        "Records": [record({}, ACTIVE, number=1), damaged(2)],
        "stripe-subscription-handler": "tell-again",
    }
    answer = handle(again, Context(), mapping.started())
    assert answer == {"batchItemFailures": [{"itemIdentifier": "100000000000000000002"}]}
    assert len(mapping.bus.taken) == 1
    assert mapping.queue.messages == []


def test_what_the_bus_refuses_to_the_end_is_given_again_and_others_are_told() -> None:
    """The user's later change waits with it; another user's does not; nothing told is put twice."""
    refused: list[str | None] = ["ThrottlingException", None, *["ThrottlingException"] * 3]
    mapping = EventSourceMapping(Bus(refused))
    records = [
        record({}, ACTIVE, user="slow", number=1),
        record({}, ACTIVE, user="quick", number=2),
        record(ACTIVE, CANCELED, user="slow", number=3),
    ]
    assert mapping.invoke(records) == {"batchItemFailures": [{"itemIdentifier": "100000000000000000001"}]}
    assert [one["userId"] for one in mapping.bus.taken] == ["quick"]
    assert mapping.waits == [0.1, 0.4, 1.6]
    assert mapping.lines[-1]["refusals"] == ["ThrottlingException"]
    assert mapping.lines[-1]["given_again"] == 2
    mapping.deliver(records)
    assert [(one["userId"], one["after"].get("subscriptionStatus")) for one in mapping.bus.taken] == [
        ("quick", "active"),
        ("slow", "active"),
        ("slow", "canceled"),
    ]


def test_a_function_that_dies_after_it_put_tells_again_with_the_same_id() -> None:
    """At least once, and a consumer can know it by the id."""
    mapping = EventSourceMapping(Bus([Bus.DIES]))
    mapping.deliver([record({}, ACTIVE)])
    first, second = mapping.bus.taken
    assert first == second


def test_a_batch_that_takes_too_long_goes_on_in_the_next_invocation() -> None:
    """It is answered while there is time for an answer."""
    mapping = EventSourceMapping()
    late = Context(milliseconds=int(MARGIN_SECONDS * 1000))
    records = [record({}, ACTIVE, number=1)]
    assert mapping.invoke(records, late)["batchItemFailures"] == [{"itemIdentifier": "100000000000000000001"}]
    assert mapping.bus.requests == []


def test_a_request_has_at_most_ten_entries_and_one_of_a_user() -> None:
    """EventBridge's limit, and the order of each user."""
    mapping = EventSourceMapping()
    many = [record({}, ACTIVE, user=f"user_{number}", number=number) for number in range(1, 13)]
    more = [record({}, ACTIVE, user="user_1", number=20 + number) for number in range(3)]
    mapping.deliver([*many, *more])
    assert mapping.bus.requests == [10, 3, 1, 1]


def test_entries_that_are_too_large_together_go_in_two_requests() -> None:
    """The limit is that of the whole request."""
    mapping = EventSourceMapping()
    large = {"subscriptionProducts": {"prod": {"priceId": "x" * 600_000}}}
    mapping.deliver([record({}, large, user=f"user_{number}", number=number) for number in (1, 2)])
    assert mapping.bus.requests == [1, 1]


@pytest.mark.parametrize("event", [{}, {"Records": {}}, {"stripe-subscription-handler": "self-check"}])
def test_an_input_that_is_no_batch_is_refused(event: dict[str, Any]) -> None:
    """Somebody invoked the function by hand."""
    with pytest.raises(InvalidEventError, match="Records: must be a list"):
        handle(event, Context(), EventSourceMapping().started())


def test_without_its_settings_the_function_says_which_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The batch is given again, and the line names the variable."""
    monkeypatch.delenv("PROFILE_EVENTS_BUS_ARN", raising=False)
    with pytest.raises(ConfigError, match="PROFILE_EVENTS_BUS_ARN"):
        lambda_handler({"Records": []}, Context())
    line = json.loads(capsys.readouterr().out)
    assert (line["event"], line["error_type"]) == ("profile_events", "ConfigError")
