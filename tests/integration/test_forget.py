"""`stripe-handler forget` on the deployed stack: a person is in every store, and then in none."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.stack.pipeline import Pipeline
from stripe_subscription_handler.decisions.ledger import REVISION
from support.commands import Commands
from support.dead_letters import envelope, error, failure_record
from support.lives import Life
from support.personal import personal_data

if TYPE_CHECKING:
    from conftest import Stack

pytestmark = pytest.mark.embedded

PERSON, OTHER = Life("erika7mustermann"), Life("somebody9else")
PAYLOAD = {"customer_email": "erika7@example.org", "customer_name": "Erika Mustermann"}
QUEUES = ("delivery_dead_letter_queue_url", "failure_queue_url")
OF_THE_APP = {"theme": {"S": "dark"}}


@pytest.fixture
def pipeline(stack: "Stack") -> Pipeline:
    """The first workspace's: it has no Stripe key, so what nobody names is parked at once."""
    return stack.pipeline


@pytest.fixture
def commands(endpoint: Endpoint, stack: "Stack", tmp_path: Path) -> Commands:
    """The commands, for the same workspace, with a state directory of their own."""
    variables = {**endpoint.variables, "XDG_STATE_HOME": str(tmp_path / "state")}
    return Commands.of(variables, stack.outputs, tmp_path)


@pytest.fixture
def letters(pipeline: Pipeline) -> Iterator[None]:
    """A message of this person in both queues, and one of somebody else, which the test's end removes."""
    for life in (PERSON, OTHER):
        event = envelope(life.updated("failed", 9, {}, **PAYLOAD) | {"livemode": True})
        bodies = json.dumps(event), failure_record(event, error())
        for queue, body in zip(QUEUES, bodies, strict=True):
            pipeline.queues.send_message(QueueUrl=pipeline.outputs[queue], MessageBody=body)
    yield
    for queue in QUEUES:
        for message in _messages(pipeline, queue):
            handle = message["ReceiptHandle"]
            pipeline.queues.delete_message(QueueUrl=pipeline.outputs[queue], ReceiptHandle=handle)


def _messages(pipeline: Pipeline, queue: str) -> list[Any]:
    """Every message of a queue, hidden for no time."""
    url, found = pipeline.outputs[queue], dict[str, Any]()
    for _ in range(3):
        answer: Any = pipeline.queues.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1, VisibilityTimeout=0
        )
        found |= {message["MessageId"]: message for message in answer.get("Messages", [])}
    return list(found.values())


def _stores(pipeline: Pipeline, commands: Commands) -> dict[str, str]:
    """All that every store holds, as text, by the store."""
    tables = (pipeline.config.table_name, pipeline.config.sync_table_name)
    pages = {name: pipeline.dynamodb.get_paginator("scan").paginate(TableName=name) for name in tables}
    found = {name: json.dumps([one["Items"] for one in pages[name]], default=str) for name in tables}
    found |= {queue: json.dumps(_messages(pipeline, queue)) for queue in QUEUES}
    state = Path(commands.variables["XDG_STATE_HOME"])
    files = [one.read_text(encoding="utf-8") for one in state.rglob("*") if one.is_file()]
    return found | {"the state directory": "\n".join(files)}


def _next_second() -> str:
    time.sleep(1 - time.time() % 1)
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


@pytest.mark.usefixtures("letters")
def test_no_store_names_a_forgotten_person_and_a_replay_brings_nothing_back(
    pipeline: Pipeline, commands: Commands
) -> None:
    """Profile, links, parked event, both queues: all of it goes, of this person alone, and stays away."""
    user, start = PERSON.user_id, _next_second()
    key = {"PK": {"S": f"USER#{user}"}, "SK": {"S": "PROFILE"}}
    pipeline.dynamodb.put_item(TableName=pipeline.config.table_name, Item={**key, **OF_THE_APP})
    for event, reason in (
        (PERSON.created(**PAYLOAD), "first_event"),
        (PERSON.paid("paid", 2, **PAYLOAD), "primary"),
        (PERSON.paid("waits", 3, number=2, user=None, **PAYLOAD), "parked"),
        (OTHER.created(), "first_event"),
    ):
        pipeline.put(event)
        assert pipeline.follow(event["id"])["reason"] == reason
    other = pipeline.profile(OTHER.user_id)
    before = _stores(pipeline, commands)
    assert all(PERSON.name in text for store, text in before.items() if "state" not in store)

    dry = commands.run("forget", user, "--dry-run", "--json")
    assert (dry.exit_code, dry.json["found_nothing"]) == (0, False)
    assert [queue["meant"] for queue in dry.json["queues"]] == [1, 1]
    assert pipeline.profile(user)["subscriptionStatus"] == "active"

    done = commands.run("forget", user, "--yes", "--json")
    assert (done.exit_code, done.json["is_whole"]) == (0, True), done.err
    [customer] = done.json["customers"]
    assert (customer["id"], customer["is_whole"]) == (f"cus_{PERSON.name}", True)
    assert customer["subscriptions"] == [f"sub_{PERSON.name}_1", f"sub_{PERSON.name}_2"]
    assert [(queue["seen"] >= 2, queue["removed"]) for queue in done.json["queues"]] == [(True, 1)] * 2
    assert done.json["profile"]["left"] == ["theme"]
    assert {"Stripe", "events on their way"} <= {place["where"] for place in done.json["left"]}

    profile = pipeline.profile(user)
    assert profile.keys() == {"PK", "SK", "theme", REVISION}
    after = _stores(pipeline, commands)
    after[pipeline.config.table_name] = after[pipeline.config.table_name].replace(f"USER#{user}", "")
    assert {store for store, text in after.items() if PERSON.name in text} == set()
    assert all(OTHER.name in after[queue] for queue in QUEUES)
    assert pipeline.profile(OTHER.user_id) == other
    lines = [json.dumps(line) for line in pipeline.log_lines()]
    assert personal_data(lines, []) == []
    assert "Erika" not in "".join(lines)

    again = commands.run("replay", "--from", start, "--quiet-seconds", "4", "--name", "forgotten", "--json")
    told = {one["reason"]: one["events"] for one in again.json["decisions"]}
    assert (told["forgotten"], again.json["users"]) == (3, {})
    assert pipeline.profile(user) == profile

    twice = commands.run("forget", user, "--yes", "--json")
    assert (twice.exit_code, twice.json["found_nothing"]) == (0, True)
    shown = commands.run("show", "--customer", f"cus_{PERSON.name}", "--json")
    [record] = shown.json["customers"]
    assert (record["is_forgotten"], record["forgotten_subscriptions"], record["links"]) == (True, 2, [])
    lifted = commands.run("forget", "--undo", f"cus_{PERSON.name}", "--json")
    assert lifted.json["marks"] == 3
