"""What the handler and its tests rely on and MiniStack does by itself."""

import json
import threading
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from support.cloud import ACCOUNT_ID, Cloud

pytestmark = pytest.mark.embedded

ENVIRONMENT_PROBE = """
import os, boto3

def handler(event, context):
    identity = boto3.client("sts").get_caller_identity()
    print("to stdout")
    return {
        "account": identity["Account"],
        "region": os.environ["AWS_REGION"],
        "endpoint": os.environ["AWS_ENDPOINT_URL"],
        "packages": [name for name in ("click", "rich", "attrs", "stripe", "structlog") if has(name)],
    }

def has(name):
    import importlib.util
    return importlib.util.find_spec(name) is not None
"""


def test_boto3_in_a_function_reaches_the_emulator_without_settings(emulator: Cloud) -> None:
    """The worker has endpoint, region and keys, nothing of this project's venv, and its own log group."""
    log_group = f"/own/{emulator.name()}"
    name, _ = emulator.function(
        ENVIRONMENT_PROBE, LoggingConfig={"LogFormat": "Text", "LogGroup": log_group}, Timeout=20
    )
    answer = emulator.client("lambda").invoke(FunctionName=name, Payload=b"{}")
    seen = json.loads(answer["Payload"].read())
    assert seen == {
        "account": ACCOUNT_ID,
        "region": emulator.region,
        "endpoint": emulator.endpoint_url,
        "packages": [],
    }
    assert emulator.until(lambda: "to stdout" in emulator.log_lines(log_group))


KEY = {"PK": {"S": "USER#1"}, "SK": {"S": "PROFILE"}}
ITEM = {
    **KEY,
    "map": {"M": {"v.1": {"N": "1"}, "list": {"L": [{"S": "a"}, {"BOOL": True}]}}},
    "set": {"SS": ["a", "b"]},
    "second": {"S": "2026-11-23"},
    "R[sub_1]": {"M": {"version": {"S": "0#2"}}},
}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("#map = :map", True),
        ("#map = :othermap", False),
        ("#set = :set", True),
        ("#set = :oneset", False),
        ("#second < :later", True),
        ("#second < :earlier", False),
        ("#absent < :later", False),
        ("attribute_not_exists(#absent)", True),
        ("attribute_not_exists(#second)", False),
        ("#map.#v = :one", True),
        ("#register.#version < :version", True),
        ("(attribute_not_exists(#register) OR #register.#version < :version) AND #set = :set", True),
        ("NOT (#set = :set AND #second < :later)", False),
    ],
)
def test_conditions_on_whole_maps_sets_and_paths(emulator: Cloud, condition: str, holds: bool) -> None:  # noqa: FBT001
    """Maps compare by value, sets without order, numbers by value, strings by bytes."""
    dynamodb, table = emulator.client("dynamodb"), emulator.table()
    dynamodb.put_item(TableName=table, Item=ITEM)
    names = {
        "#map": "map",
        "#v": "v.1",
        "#set": "set",
        "#second": "second",
        "#absent": "absent",
        "#register": "R[sub_1]",
        "#version": "version",
    }
    values = {
        ":map": {"M": {"list": {"L": [{"S": "a"}, {"BOOL": True}]}, "v.1": {"N": "1.0"}}},
        ":othermap": {"M": {"v.1": {"N": "1"}}},
        ":set": {"SS": ["b", "a"]},
        ":oneset": {"SS": ["a"]},
        ":later": {"S": "2027"},
        ":earlier": {"S": "2025"},
        ":one": {"N": "1"},
        ":version": {"S": "0#3"},
    }
    request = {
        "TableName": table,
        "Key": KEY,
        "UpdateExpression": "SET seen = :seen",
        "ConditionExpression": condition,
        "ExpressionAttributeNames": {key: value for key, value in names.items() if key in condition},
        "ExpressionAttributeValues": {":seen": {"BOOL": True}}
        | {key: value for key, value in values.items() if f"{key} " in f"{condition.replace(')', ' ')} "},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    if holds:
        dynamodb.update_item(**request)
        return
    with pytest.raises(ClientError) as failure:
        dynamodb.update_item(**request)
    response: Any = failure.value.response
    assert response["Error"]["Code"] == "ConditionalCheckFailedException"
    assert response["Item"]["set"]["SS"] == ["a", "b"]


def test_an_update_returns_the_old_values_of_what_it_set_and_removed(emulator: Cloud) -> None:
    """Removed attributes are among them, attributes that were not there are not."""
    dynamodb, table = emulator.client("dynamodb"), emulator.table()
    dynamodb.put_item(TableName=table, Item=ITEM)
    answer = dynamodb.update_item(
        TableName=table,
        Key=KEY,
        UpdateExpression="SET #second = :new, fresh = :new REMOVE #set, never",
        ExpressionAttributeNames={"#second": "second", "#set": "set"},
        ExpressionAttributeValues={":new": {"S": "new"}},
        ReturnValues="UPDATED_OLD",
    )
    assert answer["Attributes"] == {"second": ITEM["second"], "set": ITEM["set"]}


def test_a_failed_transaction_changes_nothing_and_returns_the_items(emulator: Cloud) -> None:
    """Each reason holds the item that was there."""
    dynamodb, table = emulator.client("dynamodb"), emulator.table()
    dynamodb.put_item(TableName=table, Item=ITEM)

    def update(key: str, **condition: str) -> dict[str, Any]:
        return {
            "Update": {
                "TableName": table,
                "Key": {"PK": {"S": key}, "SK": {"S": "PROFILE"}},
                "UpdateExpression": "SET seen = :seen",
                "ExpressionAttributeValues": {":seen": {"BOOL": True}},
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                **condition,
            }
        }

    items = [update("USER#2"), update("USER#1", ConditionExpression="attribute_not_exists(PK)")]
    with pytest.raises(ClientError) as failure:
        dynamodb.transact_write_items(TransactItems=items)
    response: Any = failure.value.response
    reasons = response["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["None", "ConditionalCheckFailed"]
    assert reasons[1]["Item"]["second"] == {"S": "2026-11-23"}
    assert len(dynamodb.scan(TableName=table)["Items"]) == 1


def test_if_not_exists_add_to_a_set_and_remove(emulator: Cloud) -> None:
    """The three forms an update uses beside SET."""
    dynamodb, table = emulator.client("dynamodb"), emulator.table()
    dynamodb.put_item(TableName=table, Item=ITEM)
    after = dynamodb.update_item(
        TableName=table,
        Key=KEY,
        UpdateExpression="SET #new = if_not_exists(#new, :one) "
        "ADD #set :more REMOVE #register.#version, absent",
        ExpressionAttributeNames={
            "#new": "new",
            "#set": "set",
            "#register": "R[sub_1]",
            "#version": "version",
        },
        ExpressionAttributeValues={":one": {"N": "1"}, ":more": {"SS": ["b", "c"]}},
        ReturnValues="ALL_NEW",
    )["Attributes"]
    assert after["new"] == {"N": "1"}
    assert sorted(after["set"]["SS"]) == ["a", "b", "c"]
    assert after["R[sub_1]"] == {"M": {}}


def test_simultaneous_conditional_updates_lose_nothing(emulator: Cloud) -> None:
    """Four writers count to eighty by compare and set."""
    dynamodb, table = emulator.client("dynamodb"), emulator.table()
    dynamodb.put_item(TableName=table, Item={**KEY, "count": {"N": "0"}})

    def count() -> None:
        done = 0
        while done < 20:
            old = dynamodb.get_item(TableName=table, Key=KEY, ConsistentRead=True)["Item"]["count"]
            try:
                dynamodb.update_item(
                    TableName=table,
                    Key=KEY,
                    UpdateExpression="SET #count = :new",
                    ConditionExpression="#count = :old",
                    ExpressionAttributeNames={"#count": "count"},
                    ExpressionAttributeValues={":old": old, ":new": {"N": str(int(old["N"]) + 1)}},
                )
                done += 1
            except dynamodb.exceptions.ConditionalCheckFailedException:
                continue

    writers = [threading.Thread(target=count) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert dynamodb.get_item(TableName=table, Key=KEY)["Item"]["count"] == {"N": "80"}


@pytest.mark.parametrize("filtered", [False, True])
def test_a_replay_delivers_again_and_names_itself(emulator: Cloud, filtered: bool) -> None:  # noqa: FBT001
    """Replayed events carry `replay-name`; with filter ARNs only those rules see them."""
    events = emulator.client("events")
    bus_name = emulator.name()
    bus_arn = events.create_event_bus(Name=bus_name)["EventBusArn"]
    archive_arn = events.create_archive(ArchiveName=emulator.name(), EventSourceArn=bus_arn)["ArchiveArn"]
    queues = [emulator.queue() for _ in range(2)]
    rule_arns = []
    for rule_name, (_, queue_arn) in zip(("first", "second"), queues, strict=True):
        pattern = json.dumps({"source": ["replayed"]})
        answer = events.put_rule(Name=rule_name, EventBusName=bus_name, EventPattern=pattern)
        rule_arns.append(answer["RuleArn"])
        events.put_targets(Rule=rule_name, EventBusName=bus_name, Targets=[{"Id": "queue", "Arn": queue_arn}])
    emulator.put_event("replayed", {"id": "evt_1"}, bus_name=bus_name)
    for queue_url, _ in queues:
        (message,) = emulator.messages(queue_url)
        assert "replay-name" not in json.loads(message["Body"])
        emulator.client("sqs").purge_queue(QueueUrl=queue_url)
    replay_name = emulator.name()
    now = time.time()
    events.start_replay(
        ReplayName=replay_name,
        EventSourceArn=archive_arn,
        EventStartTime=now - 60,
        EventEndTime=now + 60,
        Destination={"Arn": bus_arn, **({"FilterArns": rule_arns[:1]} if filtered else {})},
    )
    assert emulator.until(lambda: events.describe_replay(ReplayName=replay_name)["State"] == "COMPLETED")
    replayed = [emulator.messages(queue_url, wait_seconds=1) for queue_url, _ in queues]
    assert [len(messages) for messages in replayed] == [1, 0 if filtered else 1]
    body = json.loads(replayed[0][0]["Body"])
    assert (body["replay-name"], body["detail"]) == (replay_name, {"id": "evt_1"})
