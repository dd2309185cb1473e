"""The store sends each decision as one request, and understands every refusal."""

import json

import pytest
from botocore.exceptions import ClientError

from stripe_subscription_handler.config import Config
from stripe_subscription_handler.conversation.handling import handling
from stripe_subscription_handler.conversation.messages import Outcome
from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.decisions.policy import Policy, Unmapped
from stripe_subscription_handler.dynamodb.store import Store
from stripe_subscription_handler.dynamodb.sync_table import LARGEST_PARKED_BYTES
from stripe_subscription_handler.errors import ConcurrentUpdateError, UserNotFoundError
from stripe_subscription_handler.events.envelope import StripeEvent, parse_event
from support import events
from support.dynamodb import ScriptedDynamoDB, client_error, condition_failed, transaction_canceled

CONFIG = Config(table_name="profiles", sync_table_name="sync")
PARK, DEAD_LETTER = Policy(), Policy(unmapped=Unmapped.DEAD_LETTER)
CREATED = parse_event(events.created(events.subscription()))
UPDATED = parse_event(events.updated(events.subscription(), previous={"status": "incomplete"}))

NEWER_ITEM = {
    "stripeLedgerKnown": {"SS": ["sub_1"]},
    "stripeLedgerSubscription_sub_1": {
        "M": {
            "version": {"S": "0 2026-01-01T00:00:00Z 1"},
            "key": {"S": "6"},
            "linked": {"BOOL": True},
            "fields": {
                "M": {
                    "userId": {"S": "user_1"},
                    "customerId": {"S": "cus_1"},
                    "status": {"S": "active"},
                    "created": {"S": "2025-11-22T08:26:40Z"},
                    "quantity": {"N": "1"},
                    "cancelAtPeriodEnd": {"BOOL": False},
                }
            },
        }
    },
}
"""A profile that has seen a later event than those of these tests."""


def store_with(*script: dict | ClientError) -> tuple[Store, ScriptedDynamoDB, list[float]]:
    """A store over a scripted client that writes down its pauses instead of sleeping."""
    client, pauses = ScriptedDynamoDB(list(script)), []
    return Store(client, CONFIG, sleep=pauses.append), client, pauses  # type: ignore[arg-type]


def operations(client: ScriptedDynamoDB) -> list[str]:
    """What the client was asked to do, in order."""
    return [operation for operation, _ in client.calls]


def run(store: Store, event: StripeEvent, policy: Policy = PARK) -> Outcome:
    """Handle an event with the store."""
    return store.run(handling(event, policy), {"id": event.id})


def test_a_new_user_is_one_transaction_of_profile_and_link() -> None:
    """Both tables in one request, the condition on the profile, the item returned if it fails."""
    store, client, _ = store_with({})
    assert run(store, CREATED).reason is Reason.FIRST_EVENT
    [(operation, parameters)] = client.calls
    assert operation == "TransactWriteItems"
    profile, link = (item["Update"] for item in parameters["TransactItems"])
    assert (profile["TableName"], link["TableName"]) == ("profiles", "sync")
    assert profile["Key"] == {"PK": {"S": "USER#user_1"}, "SK": {"S": "PROFILE"}}
    assert profile["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD"
    assert link["Key"] == {"PK": {"S": "CUSTOMER#cus_1"}, "SK": {"S": "LINK"}}
    assert link["UpdateExpression"] == "SET #n0 = if_not_exists(#n0, :v0) ADD #n1 :v1"
    assert link["ConditionExpression"] == "attribute_not_exists(#n2)"
    assert link["ExpressionAttributeNames"] == {"#n0": "owner_sub_1", "#n1": "users", "#n2": "parked"}
    assert link["ExpressionAttributeValues"][":v1"] == {"SS": ["user_1"]}
    assert store.requests == 1


def test_the_next_event_is_one_update() -> None:
    """No read: the condition decides, the old status comes back with the write."""
    store, client, _ = store_with({"Attributes": {"subscriptionStatus": {"S": "incomplete"}}})
    outcome = run(store, UPDATED)
    assert [operation for operation, _ in client.calls] == ["UpdateItem"]
    assert (outcome.old_status, outcome.new_status) == ("incomplete", "active")


def test_a_refused_update_is_decided_again_from_the_returned_item() -> None:
    """The returned item saves the read; here there is none, so the first write follows."""
    store, client, pauses = store_with(condition_failed(), {})
    assert run(store, UPDATED).applied
    assert [operation for operation, _ in client.calls] == ["UpdateItem", "TransactWriteItems"]
    assert (store.requests, pauses) == (2, [])


def test_a_refused_transaction_tells_the_item_by_its_first_reason() -> None:
    """The profile's update is the transaction's first item and the only one with a condition."""
    refusal = transaction_canceled({"Code": "ConditionalCheckFailed", "Item": NEWER_ITEM}, {"Code": "None"})
    store, _, _ = store_with(refusal)
    assert run(store, CREATED).reason is Reason.STALE
    assert store.requests == 1


def test_a_transaction_conflict_is_a_lost_race() -> None:
    """A write that meets a transaction waits a little, reads the item, and decides anew."""
    conflict = transaction_canceled({"Code": "None"}, {"Code": "TransactionConflict"})
    store, client, pauses = store_with(conflict, {}, client_error("TransactionConflictException"), {}, {})
    assert run(store, CREATED).applied
    assert operations(client) == [
        "TransactWriteItems",
        "GetItem",
        "TransactWriteItems",
        "GetItem",
        "TransactWriteItems",
    ]
    assert len(pauses) == 2
    assert all(0 <= pause <= 0.64 for pause in pauses)


def test_after_a_lost_race_the_item_is_read_again() -> None:
    """The item of a refusal is out of date after the pause; the one read then may leave nothing to do."""
    store, client, pauses = store_with(
        condition_failed(),
        transaction_canceled({"Code": "ConditionalCheckFailed"}, {"Code": "None"}),
        {"Item": NEWER_ITEM},
    )
    assert run(store, UPDATED).reason is Reason.STALE
    assert operations(client) == ["UpdateItem", "TransactWriteItems", "GetItem"]
    assert client.calls[-1][1]["ConsistentRead"] is True
    assert len(pauses) == 1


def test_each_parked_event_has_a_first_refusal_of_its_own() -> None:
    """Draining many events makes no pauses: that each is refused once is how its item is read."""
    parked = [
        events.updated(
            events.subscription(user=None, quantity=number),
            event_id=f"evt_{number}",
            created=events.T0 - number,
        )
        for number in range(2, 12)
    ]
    script: list[dict | ClientError] = [
        transaction_canceled({"Code": "None"}, {"Code": "ConditionalCheckFailed"}),
        {},
        {"Item": {"parked": {"SS": [event["id"] for event in parked]}}},
        {"Items": [{"event": {"S": json.dumps(event)}} for event in parked]},
    ]
    for _ in parked:
        # The owner is read and linked, the write refused and decided anew, the event forgotten.
        owner = {"owner_sub_1": {"M": {"user": {"S": "user_1"}, "version": {"S": "v"}}}}
        script += [{"Item": owner}, {}, condition_failed(), {}, {}]
    script += [{"Item": {}}, {"Items": []}, {}]
    store, client, pauses = store_with(*script)
    outcome = run(store, CREATED)
    assert (outcome.drained, len(client.calls), pauses) == (10, len(script), [])


def test_endless_conflicts_end_in_a_transient_error() -> None:
    """After ten conflicts, each with a read, the event is left to Lambda's retry."""
    store, client, pauses = store_with(*[client_error("TransactionConflictException"), {}] * 10)
    with pytest.raises(ConcurrentUpdateError) as caught:
        run(store, UPDATED)
    assert caught.value.transient
    assert (len(client.calls), len(pauses)) == (20, 10)


@pytest.mark.parametrize("code", ["ThrottlingError", "ProvisionedThroughputExceeded"])
def test_a_throttled_transaction_is_tried_again(code: str) -> None:
    """The client repeats throttled requests, but not transactions that were cancelled for throttling."""
    throttled = transaction_canceled({"Code": code}, {"Code": "None"})
    store, client, pauses = store_with(throttled, throttled, {})
    assert run(store, CREATED).applied
    assert (len(client.calls), len(pauses)) == (3, 2)
    store, client, pauses = store_with(*[throttled] * 10)
    with pytest.raises(ClientError, match="TransactionCanceledException"):
        run(store, CREATED)
    assert (len(client.calls), len(pauses)) == (10, 9)


def test_a_write_that_always_loses_ends_after_ten_rounds() -> None:
    """Ten refused rounds, a growing pause and a read after all but the first, then a retry by Lambda."""
    lost = transaction_canceled({"Code": "ConditionalCheckFailed"}, {"Code": "None"})
    store, client, pauses = store_with(condition_failed(), *[lost, {}] * 9)
    with pytest.raises(ConcurrentUpdateError, match="10"):
        run(store, UPDATED)
    assert (len(client.calls), len(pauses)) == (19, 9)


def test_other_errors_are_not_swallowed() -> None:
    """Throttling and denied access reach Lambda, which retries."""
    store, _, _ = store_with(client_error("ProvisionedThroughputExceededException"))
    with pytest.raises(ClientError, match="ProvisionedThroughput"):
        run(store, UPDATED)


def test_an_owner_is_read_consistently() -> None:
    """The link of a customer is one consistent read; then the write follows."""
    invoice = parse_event(events.paid(events.invoice(user=None)))
    links = {"owner_sub_1": {"M": {"user": {"S": "user_9"}, "version": {"S": "v"}}}}
    store, client, _ = store_with({"Item": links}, {"Attributes": {}})
    assert run(store, invoice).user_id == "user_9"
    assert client.calls[0][1]["ConsistentRead"] is True
    assert client.calls[1][1]["Key"]["PK"] == {"S": "USER#user_9"}


def test_a_customer_without_links_has_no_user() -> None:
    """An empty answer is a UserNotFoundError."""
    store, _, _ = store_with({})
    with pytest.raises(UserNotFoundError):
        run(store, parse_event(events.paid(events.invoice(user=None))), DEAD_LETTER)


def test_the_clients_own_retries_are_counted() -> None:
    """A request that botocore repeated twice was three requests."""
    store, _, _ = store_with({"ResponseMetadata": {"RetryAttempts": 2}})
    run(store, UPDATED)
    assert store.requests == 3


def test_an_event_too_large_for_an_item_is_not_parked() -> None:
    """DynamoDB would refuse the item; the error says how large it is, and nothing is written."""
    store, client, _ = store_with({})
    event = parse_event(events.created(events.subscription(user=None)))
    with pytest.raises(UserNotFoundError, match=r"its 400,\d+ bytes are more than the 400,000"):
        store.run(handling(event, PARK), {"description": "x" * LARGEST_PARKED_BYTES})
    assert [operation for operation, _ in client.calls] == ["GetItem"]
