"""The store sends each decision as one request, and understands every refusal."""

import json
from collections.abc import Generator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from stripe_subscription_handler.config import Config
from stripe_subscription_handler.conversation.handling import handling
from stripe_subscription_handler.conversation.links import EVERYTHING
from stripe_subscription_handler.conversation.messages import (
    Answer,
    Commit,
    CustomerChange,
    Delete,
    Guard,
    ItemSeen,
    LinkChange,
    Outcome,
    Request,
    Written,
)
from stripe_subscription_handler.decisions.conditions import Equal
from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.decisions.policy import Policy, Unmapped
from stripe_subscription_handler.dynamodb.marks import lift
from stripe_subscription_handler.dynamodb.store import Store
from stripe_subscription_handler.dynamodb.sync_table import (
    LARGEST_PARKED_BYTES,
    customer_key,
    link_ids,
    link_key,
    parked_key,
)
from stripe_subscription_handler.dynamodb.transactions import Transaction
from stripe_subscription_handler.dynamodb.wire import from_wire, to_wire
from stripe_subscription_handler.errors import ConcurrentUpdateError, ItemTooLargeError, UserNotFoundError
from stripe_subscription_handler.events.envelope import StripeEvent, parse_event
from support import events
from support.dynamodb import (
    PagedDynamoDB,
    ScriptedDynamoDB,
    client_error,
    condition_failed,
    transaction_canceled,
)

CONFIG = Config(table_name="profiles", sync_table_name="sync")
PARK, DEAD_LETTER = Policy(), Policy(unmapped=Unmapped.DEAD_LETTER)
CREATED = parse_event(events.created(events.subscription()))
UPDATED = parse_event(events.updated(events.subscription(), previous={"status": "incomplete"}))

NEWER_ITEM = {
    "stripeLedgerLive": {"SS": ["sub_1"]},
    "stripeLedgerRevision": {"S": "a revision"},
    "stripeLedger_sub_1": {
        "M": {
            "c": {"M": {"k": {"S": "3 0 1767225600 1"}, "u": {"S": "user_1"}}},
            "r": {
                "M": {
                    "v": {"S": "0 1767225600 1"},
                    "c": {"S": "cus_1"},
                    "s": {"S": "active"},
                    "b": {"N": "1763800000"},
                    "i": {"L": [{"M": {"q": {"N": "1"}}}]},
                }
            },
        }
    },
}
"""A profile that has seen a later event than those of these tests."""
OLDER_ITEM = json.loads(json.dumps(NEWER_ITEM).replace("1767225600", "1577836800"))
"""A profile that has seen an earlier one."""


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


KEY, RECORD_KEY = to_wire(link_key("cus_1", "sub_1")), to_wire(customer_key("cus_1"))
IDS = to_wire(link_ids("cus_1", "sub_1"))
LINK = {
    **KEY,
    **IDS,
    "owner": {"S": "user_9"},
    "claim": {"M": {"k": {"S": "3 0 1767225600 1"}, "u": {"S": "user_9"}}},
}
OWN_LINK = json.loads(json.dumps(LINK).replace("user_9", "user_1"))
TOO_LARGE = "Item size to update has exceeded the maximum allowed size"
HELD, FAILED = {"Code": "None"}, {"Code": "ConditionalCheckFailed"}


def refused(*reasons: dict) -> ClientError:
    """A cancelled transaction of profile, link and customer."""
    return transaction_canceled(*(*reasons, *[HELD] * (3 - len(reasons))))


def test_a_new_user_is_one_transaction_of_profile_link_and_customer() -> None:
    """Both tables in one request, a condition on each item, which is returned if it fails."""
    store, client, _ = store_with({})
    assert run(store, CREATED).reason is Reason.FIRST_EVENT
    [(operation, parameters)] = client.calls
    assert operation == "TransactWriteItems"
    [profile, link, customer] = (next(iter(item.values())) for item in parameters["TransactItems"])
    assert [next(iter(item)) for item in parameters["TransactItems"]] == ["Update", "Put", "Update"]
    assert [one["TableName"] for one in (profile, link, customer)] == ["profiles", "sync", "sync"]
    assert profile["Key"] == {"PK": {"S": "USER#user_1"}, "SK": {"S": "PROFILE"}}
    returned = {one["ReturnValuesOnConditionCheckFailure"] for one in (profile, link, customer)}
    assert returned == {"ALL_OLD"}
    assert link["Item"] == {
        **KEY,
        **IDS,
        "owner": {"S": "user_1"},
        "claim": {"M": {"k": {"S": "3 0 . 0"}, "u": {"S": "user_1"}}},
    }
    assert link["ConditionExpression"] == "attribute_not_exists(#n0)"
    assert customer["Key"] == RECORD_KEY
    assert customer["UpdateExpression"] == "SET #n0 = :v0, #n1 = :v1"
    assert customer["ConditionExpression"] == "attribute_not_exists(#n2) AND attribute_not_exists(#n3)"
    names = {"#n0": "revision", "#n1": "customer", "#n2": "parked", "#n3": "entitlements"}
    assert customer["ExpressionAttributeNames"] == names
    assert customer["ExpressionAttributeValues"][":v1"] == {"S": "cus_1"}
    revision = customer["ExpressionAttributeValues"][":v0"]
    assert revision in profile["ExpressionAttributeValues"].values()
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


def test_a_refused_transaction_tells_what_it_found() -> None:
    """Each failed condition returns its item: here the profile, and the link, which names its user."""
    store, _, _ = store_with(refused({**FAILED, "Item": NEWER_ITEM}, {**FAILED, "Item": OWN_LINK}))
    assert run(store, CREATED).reason is Reason.STALE
    assert store.requests == 1


def test_a_refused_transaction_tells_the_owner() -> None:
    """The link of the refusal saves reading it: the owner's item is next, and the event goes there."""
    owned = json.loads(json.dumps(NEWER_ITEM).replace("user_1", "user_9"))
    store, client, pauses = store_with(refused(HELD, {**FAILED, "Item": LINK}), {"Item": owned})
    assert run(store, CREATED).reason is Reason.STALE
    assert operations(client) == ["TransactWriteItems", "GetItem"]
    assert client.calls[-1][1]["Key"]["PK"] == {"S": "USER#user_9"}
    assert pauses == []


def test_a_transaction_that_meets_another_is_sent_again() -> None:
    """Its conditions still say whether it is right."""
    conflict = transaction_canceled(HELD, {"Code": "TransactionConflict"}, HELD)
    store, client, pauses = store_with(conflict, client_error("TransactionConflictException"), {})
    assert run(store, CREATED).applied
    assert operations(client) == ["TransactWriteItems"] * 3
    assert len(pauses) == 2
    assert all(0 <= pause <= 0.64 for pause in pauses)


def test_an_update_that_meets_a_transaction_is_a_lost_race() -> None:
    """It waits a little, reads the item, and decides anew."""
    store, client, pauses = store_with(client_error("TransactionConflictException"), {"Item": NEWER_ITEM})
    assert run(store, UPDATED).reason is Reason.STALE
    assert operations(client) == ["UpdateItem", "GetItem"]
    assert len(pauses) == 1


def test_after_a_lost_race_the_item_is_read_again() -> None:
    """The item of a refusal is out of date after the pause; the one read then may leave nothing to do."""
    lost = refused(FAILED, {**FAILED, "Item": OWN_LINK})
    store, client, pauses = store_with(condition_failed(), lost, lost, {"Item": NEWER_ITEM})
    assert run(store, UPDATED).reason is Reason.STALE
    assert operations(client) == ["UpdateItem", *["TransactWriteItems"] * 2, "GetItem"]
    assert client.calls[-1][1]["ConsistentRead"] is True
    assert len(pauses) == 1


def test_each_parked_event_is_one_transaction() -> None:
    """The drain remembers what it wrote, so it reads nothing between two events, and makes no pauses."""
    parked = [
        events.updated(
            events.subscription(user=None, quantity=number),
            event_id=f"evt_{number}",
            created=events.T0 + number,
        )
        for number in range(2, 12)
    ]
    waiting = {"parked": {"SS": [event["id"] for event in parked]}}
    record = {**RECORD_KEY, **waiting}
    kept = [
        {
            **to_wire(parked_key("cus_1", event["id"])),
            "event": {"S": json.dumps(event)},
        }
        for event in parked
    ]
    script: list[dict | ClientError] = [
        condition_failed(),
        refused(HELD, HELD, {**FAILED, "Item": record}),
        {},
        {"Items": [record, OWN_LINK, *kept]},
        *[{} for _ in parked],
        {},
    ]
    store, client, pauses = store_with(*script)
    outcome = run(store, UPDATED)
    assert (outcome.drained, len(client.calls), pauses) == (10, 5 + 10, [])


def test_endless_conflicts_end_in_a_transient_error() -> None:
    """After ten conflicts, each with a read, the event is left to Lambda's retry."""
    store, client, pauses = store_with(
        *[client_error("TransactionConflictException"), {"Item": OLDER_ITEM}] * 10
    )
    with pytest.raises(ConcurrentUpdateError) as caught:
        run(store, UPDATED)
    assert caught.value.transient
    assert (len(client.calls), len(pauses)) == (20, 10)


@pytest.mark.parametrize("code", ["ThrottlingError", "ProvisionedThroughputExceeded"])
def test_a_throttled_transaction_is_tried_again(code: str) -> None:
    """The client repeats throttled requests, but not transactions that were cancelled for throttling."""
    throttled = transaction_canceled({"Code": code}, HELD, HELD)
    store, client, pauses = store_with(throttled, throttled, {})
    assert run(store, CREATED).applied
    assert (len(client.calls), len(pauses)) == (3, 2)
    store, client, pauses = store_with(*[throttled] * 10)
    with pytest.raises(ClientError, match="TransactionCanceledException"):
        run(store, CREATED)
    assert (len(client.calls), len(pauses)) == (10, 9)


def test_a_write_that_always_loses_ends_after_ten_rounds() -> None:
    """A growing pause and a read after all but the first two refusals, then a retry by Lambda."""
    store, client, pauses = store_with(condition_failed(), refused(FAILED), *[refused(FAILED), {}] * 8)
    with pytest.raises(ConcurrentUpdateError, match="10"):
        run(store, UPDATED)
    assert (len(client.calls), len(pauses)) == (18, 8)


def test_other_errors_are_not_swallowed() -> None:
    """Throttling and denied access reach Lambda, which retries."""
    store, _, _ = store_with(client_error("ProvisionedThroughputExceededException"))
    with pytest.raises(ClientError, match="ProvisionedThroughput"):
        run(store, UPDATED)


def test_an_owner_is_read_consistently() -> None:
    """The links of a customer are one consistent query; then the write follows."""
    invoice = parse_event(events.paid(events.invoice(user=None)))
    store, client, _ = store_with({"Items": [LINK]}, {"Attributes": {}})
    assert run(store, invoice).user_id == "user_9"
    assert operations(client) == ["Query", "UpdateItem"]
    assert client.calls[0][1]["ConsistentRead"] is True
    assert client.calls[1][1]["Key"]["PK"] == {"S": "USER#user_9"}


def test_a_customer_without_links_has_no_user() -> None:
    """An empty answer is a UserNotFoundError."""
    store, _, _ = store_with({"Items": []})
    with pytest.raises(UserNotFoundError):
        run(store, parse_event(events.paid(events.invoice(user=None))), DEAD_LETTER)


@pytest.mark.parametrize(
    "too_large",
    [
        ClientError({"Error": {"Code": "ValidationException", "Message": TOO_LARGE}}, "UpdateItem"),
        refused({"Code": "ValidationError", "Message": TOO_LARGE}),
    ],
)
def test_an_item_that_would_be_too_large_is_a_named_error(too_large: ClientError) -> None:
    """DynamoDB's own code says only that something is not valid."""
    refusals = [condition_failed()] if "Transact" in too_large.operation_name else []
    store, _, _ = store_with(*refusals, too_large)
    with pytest.raises(ItemTooLargeError, match="the profile of user user_1 would pass DynamoDB's 400 KB"):
        run(store, UPDATED)


def test_the_clients_own_retries_are_counted() -> None:
    """A request that botocore repeated twice was three requests."""
    store, _, _ = store_with({"ResponseMetadata": {"RetryAttempts": 2}})
    run(store, UPDATED)
    assert store.requests == 3


def test_an_event_too_large_for_an_item_is_not_parked() -> None:
    """DynamoDB would refuse the item; the error says how large it is, and nothing is written."""
    store, client, _ = store_with({"Items": []})
    event = parse_event(events.created(events.subscription(user=None)))
    with pytest.raises(UserNotFoundError, match=r"its 400,\d+ bytes are more than the 400,000"):
        store.run(handling(event, PARK), {"description": "x" * LARGEST_PARKED_BYTES})
    assert [operation for operation, _ in client.calls] == ["Query"]


BARE = {"PK": {"S": "USER#user_1"}, "SK": {"S": "PROFILE"}, "stripeLedgerRevision": {"S": "r"}}
DELETION = Delete("user_1", frozenset({"stripeLedgerRevision"}), Equal(("stripeLedgerRevision",), "r"))


def deleting() -> Generator[Request, Answer, Answer]:
    """A conversation that deletes a profile."""
    return (yield DELETION)


def test_a_profile_is_deleted_only_as_it_was_seen() -> None:
    """By its revision; else the item is told as it is."""
    store, client, _ = store_with({"Attributes": BARE}, condition_failed(BARE))
    assert store.run(deleting(), {}) == Written("")
    [(operation, parameters)] = client.calls
    assert operation == "DeleteItem"
    assert parameters["ConditionExpression"] == "#n0 = :v0"
    assert store.run(deleting(), {}) == ItemSeen(from_wire(BARE))


def test_what_the_app_writes_at_the_moment_of_a_deletion_is_put_back() -> None:
    """Its own attributes alone, and not over what it has written since."""
    store, client, _ = store_with({"Attributes": {**BARE, "theme": {"S": "dark"}}}, {})
    store.run(deleting(), {})
    _, (operation, parameters) = client.calls
    assert operation == "UpdateItem"
    assert parameters["ExpressionAttributeNames"] == {"#n0": "theme"}
    assert parameters["UpdateExpression"] == "SET #n0 = if_not_exists(#n0, :v0)"


def test_a_mark_takes_the_links_place_and_has_no_id() -> None:
    """Key and mark are all that is left; of the customer's record, a revision besides."""
    change = CustomerChange(Guard.AS_SEEN, "r1", forgets=EVERYTHING)
    commit = Commit("cus_1", link=LinkChange("sub_1", None, forgets=True), customer=change)
    actions = Transaction.of(commit, CONFIG, {}, "r2", 0).actions
    link, record = actions[0]["Put"], actions[1]["Update"]
    assert link["Item"] == {**KEY, "forgotten": {"BOOL": True}}
    assert "sub_1" not in json.dumps(actions)
    assert "cus_1" not in json.dumps(actions)
    gone = record["UpdateExpression"].partition("REMOVE ")[2].split(", ")
    names = {record["ExpressionAttributeNames"][one] for one in gone}
    assert names == {"claim", "customer", "deleted", "entitlements", "parked"}


def test_a_refusal_by_a_mark_tells_that_it_is_one() -> None:
    """The first write of a forgotten subscription learns it in its one request."""
    store, client, _ = store_with(refused(HELD, {**FAILED, "Item": {**KEY, "forgotten": {"BOOL": True}}}))
    assert run(store, CREATED).reason is Reason.FORGOTTEN
    assert operations(client) == ["TransactWriteItems"]


def test_the_marks_of_a_customer_are_lifted() -> None:
    """Those of its subscriptions go; its record stays what it is now."""
    marked = {"forgotten": {"BOOL": True}}
    page = {
        "Items": [{**RECORD_KEY, **marked}, {**KEY, **marked}, {**to_wire(link_key("cus_1", "sub_2")), **IDS}]
    }
    client: Any = PagedDynamoDB([page, {}, {}])
    assert lift(client, "sync", "cus_1") == 2
    assert [operation for operation, _ in client.calls] == ["Query", "UpdateItem", "DeleteItem"]
    assert client.calls[1][1]["UpdateExpression"] == "REMOVE #forgotten"
