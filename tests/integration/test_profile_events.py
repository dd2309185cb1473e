"""A changed profile is told: table → stream → the real zip → bus → a listener's queue."""

import datetime as dt
import json
import os
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from stripe_handler_cli.common.waiting import wait_for
from stripe_handler_cli.operate.profile_events.command import profile_events
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.tools import local_aws
from support.lives import Life
from support.provoking import configuration
from support.stalling import Stall, StallingProxy
from support.told import Listener

if TYPE_CHECKING:
    from conftest import Stack

pytestmark = pytest.mark.embedded
CHANGES = 1_000
MEASURED = int(os.environ.get("STRIPE_HANDLER_MEASURED", "10"))


@pytest.fixture(scope="module")
def listener(endpoint: Endpoint, stack: "Stack") -> Iterator[Listener]:
    """Somebody who hears every change of the first workspace."""
    found = Listener.of(endpoint, stack.pipeline)
    yield found
    found.stop()


def test_what_stripes_events_change_is_told(listener: Listener) -> None:
    """A subscription begins, is paid and ends; each change tells both sides, and nothing of the ledger."""
    life = Life("told")
    for event in (life.created(), life.paid("paid", 2), life.deleted("deleted", 90)):
        listener.pipeline.put(event)
        listener.pipeline.follow(event["id"])
    began, paid, ended = listener.told_of(life.user_id, 3)
    assert began["before"] == {}
    assert began["after"]["subscriptionStatus"] == "active"
    assert "lastPaymentStatus" in paid["changed"]
    assert (paid["before"], paid["after"]) == (began["after"], ended["before"])
    assert ended["after"]["subscriptionStatus"] == "canceled"
    assert "subscriptionProducts" in ended["changed"]
    assert "stripeLedger" not in json.dumps([began, paid, ended])
    assert began["sequence"] < paid["sequence"] < ended["sequence"]


def test_the_apps_own_slip_is_told_and_its_own_attributes_are_not(listener: Listener) -> None:
    """A PutItem wipes the profile; what the app keeps there stays its own; another item is none of ours."""
    user, table = "user_slip", listener.pipeline.config.table_name
    listener.write(user, subscriptionStatus="active", email="ada@example.com")
    listener.write(user, email="grace@example.com")
    dynamodb, key = listener.pipeline.dynamodb, listener.key(user)
    dynamodb.put_item(TableName=table, Item={**key, "SK": {"S": "ORDER"}, "subscriptionStatus": {"S": "x"}})
    dynamodb.put_item(TableName=table, Item={**key, "email": {"S": "ada@example.com"}})
    listener.write(user, subscriptionStatus="trialing")
    dynamodb.delete_item(TableName=table, Key=key)
    found = listener.told_of(user, 4)
    assert [(one["before"], one["after"]) for one in found] == [
        ({}, {"subscriptionStatus": "active"}),
        ({"subscriptionStatus": "active"}, {}),
        ({}, {"subscriptionStatus": "trialing"}),
        ({"subscriptionStatus": "trialing"}, {}),
    ]
    assert "example.com" not in json.dumps([found, listener.lines()])


def test_a_thousand_changes_of_one_user_are_told_in_order(listener: Listener) -> None:
    """None is missing, none comes before an earlier one, and each begins where the last one ended."""
    for number in range(1, CHANGES + 1):
        listener.write("user_thousand", subscriptionQuantity=number)
    found = listener.told_of("user_thousand", CHANGES, patience_seconds=120)
    quantities = [
        (one["before"].get("subscriptionQuantity"), one["after"]["subscriptionQuantity"]) for one in found
    ]
    assert quantities == [(number - 1 or None, number) for number in range(1, CHANGES + 1)]
    assert [one["sequence"] for one in found] == sorted(one["sequence"] for one in found)
    assert len({one["id"] for one in found}) == CHANGES


def _run(listener: Listener, directory: Path, *arguments: str) -> Any:
    path = directory / "outputs.json"
    path.write_text(
        json.dumps({name: {"value": value} for name, value in listener.pipeline.outputs.items()}), "utf-8"
    )
    runner = CliRunner(env=dict(listener.endpoint.variables))
    return runner.invoke(profile_events, [*arguments, "--outputs", str(path)], standalone_mode=False)


def test_a_change_that_cannot_be_told_blocks_no_other(listener: Listener, tmp_path: Path) -> None:
    """Its place is in the queue without its data; the command says why, and keeps what cannot be told."""
    quotes = '"' * 330_000  # each takes two characters in JSON
    listener.write("user_too_long_to_tell", subscriptionPriceId=quotes)
    listener.write("user_too_long_to_tell", subscriptionPriceId=f"{quotes}!")
    listener.write("user_told_after_it", subscriptionStatus="active")
    assert listener.told_of("user_told_after_it")[0]["after"] == {"subscriptionStatus": "active"}
    assert len(listener.told_of("user_too_long_to_tell")) == 1
    listed = json.loads(_run(listener, tmp_path, "list", "--json").stdout)["messages"]
    assert [(one["reason"], one["records"], one["is_expired"]) for one in listed] == [
        ("ChangeTooLargeError", 1, False)
    ]
    assert "EventBridge takes 1048576" in listed[0]["error_message"]
    kept = _run(listener, tmp_path, "redrive", "--json")
    assert kept.return_value == 1
    assert [one["outcome"] for one in json.loads(kept.stdout)["messages"]] == ["not told"]
    listener.endpoint.queues.purge_queue(
        QueueUrl=listener.pipeline.outputs["profile_events_failure_queue_url"]
    )


def test_a_function_that_dies_after_it_put_tells_again_with_the_same_id(
    listener: Listener, stack: "Stack", running: local_aws.LocalAws
) -> None:
    """Its process is killed when the event is on the bus and the answer is not back yet."""
    name, aws = stack.outputs["profile_events_function_name"], listener.endpoint.variables["AWS_ENDPOINT_URL"]
    with StallingProxy(aws, Stall.AFTER_IT_WAS_ANSWERED) as proxy:
        with configuration(listener.endpoint, name, AWS_ENDPOINT_URL_EVENTBRIDGE=proxy.url):
            listener.write("user_crash", subscriptionStatus="active")
            proxy.held.get(timeout=60)
        assert any(map(local_aws.kill_lambda_worker, local_aws.lambda_workers(running, name)))
    first, *again = listener.told_of("user_crash", 2)
    assert again
    assert all(one == first for one in again)


def test_how_soon_a_change_is_told(listener: Listener) -> None:
    """Every change is told; `pytest -s` prints the seconds, which docs/profile-events.md has."""
    put, lives = {}, [Life(f"soon_{number}") for number in range(MEASURED)]
    for life in lives:
        put[life.user_id] = time.time()
        listener.pipeline.put(life.created())
        listener.told_of(life.user_id)
    handled = {line["user_id"]: line for line in listener.pipeline.log_lines() if line.get("user_id") in put}
    heard = {one["detail"]["userId"]: at for at, one in listener.heard}

    def written(user_id: str) -> float:
        return dt.datetime.fromisoformat(handled[user_id]["timestamp"]).timestamp()

    assert heard.keys() >= put.keys()
    for what, seconds in (
        ("to the profile", [written(user) - at for user, at in put.items()]),
        ("to a listener", [heard[user] - at for user, at in put.items()]),
    ):
        cuts = statistics.quantiles(seconds, n=100)
        print(f"\nseconds from put {what}: p50 {cuts[49]:.3f}, p99 {cuts[98]:.3f}")  # noqa: T201 - told on demand


def test_a_change_by_hand_is_filtered_by_the_deployed_mapping(endpoint: Endpoint, stack: "Stack") -> None:
    """The filter that was applied names the beginning of the key, and the whole sort key."""
    found = endpoint.functions.get_event_source_mapping(
        UUID=stack.outputs["profile_events_event_source_mapping_id"]
    )
    [filters] = [json.loads(one["Pattern"]) for one in found["FilterCriteria"]["Filters"]]
    assert filters == {"dynamodb": {"Keys": {"PK": {"S": [{"prefix": "USER#"}]}, "SK": {"S": ["PROFILE"]}}}}
    assert wait_for(lambda: found["State"] == "Enabled" or None, "the mapping is enabled", 1)
