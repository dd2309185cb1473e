"""A customer's summary in DynamoDB's own language: links, item, and one transaction of record and profile."""

from typing import Any

from stripe_subscription_handler.config import Config
from stripe_subscription_handler.conversation.handling import handling
from stripe_subscription_handler.conversation.links import Customer
from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.dynamodb.store import Store
from stripe_subscription_handler.dynamodb.sync_table import customer_key, link_ids, link_key
from stripe_subscription_handler.dynamodb.wire import from_wire, to_wire
from support.dynamodb import ScriptedDynamoDB, transaction_canceled
from support.entitling import created, entitled

CONFIG = Config.from_environment({"DYNAMODB_TABLE_NAME": "profiles", "SYNC_TABLE_NAME": "sync"})
RECORD = {**to_wire(customer_key("cus_1")), "revision": {"S": "r1"}}
LINK = {
    **to_wire(link_key("cus_1", "sub_1") | link_ids("cus_1", "sub_1")),
    "owner": {"S": "user_1"},
    "claim": {"M": {"k": {"S": "3 0 . 0"}, "u": {"S": "user_1"}}},
}
PROFILE = {"PK": {"S": "USER#user_1"}, "SK": {"S": "PROFILE"}, "stripeLedgerRevision": {"S": "r2"}}


def parameters(action: dict[str, Any]) -> dict[str, Any]:
    """The names and values of an update, placeholders replaced."""
    update = action["Update"]
    names, values = update["ExpressionAttributeNames"], update["ExpressionAttributeValues"]
    written = update["UpdateExpression"].removeprefix("SET ").split(", ")
    pairs = (one.split(" = ") for one in written)
    return {names[name]: values[value] for name, value in pairs}


def condition(action: dict[str, Any]) -> str:
    """The condition of an update that compares one attribute, placeholders replaced."""
    update = action["Update"]
    name, _, value = update["ConditionExpression"].strip("()").split(" ")
    values = update["ExpressionAttributeValues"]
    return f"{update['ExpressionAttributeNames'][name]} = {values[value]['S']}"


def test_a_summary_is_one_transaction_of_record_and_profile() -> None:
    """Both change on the condition that they are as they were read, and what is stored is read back."""
    client = ScriptedDynamoDB([{"Items": [RECORD, LINK]}, {"Item": PROFILE}, {}])
    store = Store(client, CONFIG)  # type: ignore[arg-type]
    event = entitled("sso", "audit", before=["sso"])
    assert store.run(handling(event), {"id": event.id}).reason is Reason.ENTITLED
    assert [operation for operation, _ in client.calls] == ["Query", "GetItem", "TransactWriteItems"]
    profile, record = client.calls[-1][1]["TransactItems"]
    for name in ("entitlements", "stripeLedgerEntitlements_cus_1"):
        assert sorted(parameters(profile)[name]["SS"]) == ["audit", "sso"]
    assert (condition(profile), condition(record)) == ("stripeLedgerRevision = r2", "revision = r1")
    kept = Customer.from_attributes(from_wire(parameters(record))).entitlements
    assert kept is not None
    assert (kept.keys, kept.shown_to) == ({"sso", "audit"}, "user_1")
    assert kept.steps == {event.id: ({"sso"}, {"sso", "audit"})}


def test_a_refused_first_subscription_tells_the_summary() -> None:
    """The record comes with the refusal, so it is not read for that."""
    recorded = {
        **RECORD,
        "entitlements": {
            "M": {
                "version": {"S": "2025-11-22T08:27:30Z 1"},
                "keys": {"L": [{"S": "sso"}]},
                "steps": {"M": {}},
            }
        },
    }
    refusal = transaction_canceled(
        {"Code": "None"}, {"Code": "None"}, {"Code": "ConditionalCheckFailed", "Item": recorded}
    )
    client = ScriptedDynamoDB([refusal, {"Items": [recorded]}, {}])
    store = Store(client, CONFIG)  # type: ignore[arg-type]
    assert store.run(handling(created()), {"id": "evt"}).reason is Reason.FIRST_EVENT
    assert [operation for operation, _ in client.calls] == [
        "TransactWriteItems",
        "Query",
        "TransactWriteItems",
    ]
    profile, _link, record = client.calls[-1][1]["TransactItems"]
    assert {"SS": ["sso"]} in profile["Update"]["ExpressionAttributeValues"].values()
    entitlements = Customer.from_attributes(from_wire(parameters(record))).entitlements
    assert entitlements is not None
    assert entitlements.shown_to == "user_1"
