"""The stack as Terraform sees it: stable, separate per workspace, open to other consumers, replayable."""

import datetime as dt
import json
import re
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.waiting import wait_for
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.tools.terraform import Workspace
from support.lives import Life

if TYPE_CHECKING:
    from conftest import Stack


def test_a_second_plan_is_empty(stack: "Stack") -> None:
    """What was applied is what is there."""
    plan = stack.deployment.plan()
    assert not plan.has_changes, plan.text


@pytest.mark.embedded
def test_another_account_is_refused_before_anything_is_looked_at(stack: "Stack") -> None:
    """Plan, refresh and destroy with other credentials say whose the state is, and leave it as it was.

    On local AWS an access key of twelve digits is an account's.
    """
    workspace = stack.deployment.workspace
    environment = {**workspace.environment, "AWS_ACCESS_KEY_ID": "111111111111"}
    elsewhere = attrs.evolve(stack.deployment, workspace=attrs.evolve(workspace, environment=environment))
    refusal = re.compile(r"account\s+0{12},.*\baccount\s+1{12},", re.DOTALL)
    for forbidden in (elsewhere.plan, elsewhere.apply, elsewhere.destroy):
        with pytest.raises(CliError) as refused:
            forbidden()
        assert refusal.search(str(refused.value)), forbidden
        assert "module.handler" not in str(refused.value), forbidden
    assert not stack.deployment.plan().has_changes


def test_workspaces_do_not_touch_each_other(stack: "Stack", other_stack: "Stack") -> None:
    """The same user in two environments: each has its own profile, its own log, its own names."""
    life = Life("two_workspaces")
    stack.pipeline.put(life.created("here"))
    stack.pipeline.follow(life.event_id("here"))
    assert other_stack.pipeline.profile(life.user_id) == {}
    other_stack.pipeline.put(life.created("there", status="trialing"))
    other_stack.pipeline.follow(life.event_id("there"))
    assert stack.pipeline.profile(life.user_id)["subscriptionStatus"] == "active"
    assert other_stack.pipeline.profile(life.user_id)["subscriptionStatus"] == "trialing"
    logged = {line.get("event_id") for line in stack.pipeline.log_lines()}
    assert life.event_id("there") not in logged
    shared = {name for name, value in stack.outputs.items() if value == other_stack.outputs.get(name)}
    not_of_both = {name for name in shared if name.startswith("webhook_bridge_")}
    assert shared - not_of_both <= {"forwarding_bus_name", "parked_index_name"}


@pytest.mark.embedded
def test_an_archive_replay_changes_nothing(endpoint: Endpoint, stack: "Stack") -> None:
    """Every archived event is handled again, in no order, and every one is skipped."""
    life = Life("replay")
    began = dt.datetime.now(dt.UTC)
    story = [
        life.created(status="incomplete"),
        life.updated("active", 0, {"status": "incomplete"}),
        life.paid("paid", 2),
        life.deleted("deleted", 60),
    ]
    for event in story:
        stack.pipeline.put(event)
        stack.pipeline.follow(event["id"])
    before = stack.pipeline.profile(life.user_id)
    assert before["subscriptionStatus"] == "canceled"

    endpoint.events.start_replay(
        ReplayName="itest-replay",
        EventSourceArn=stack.outputs["archive_arn"],
        EventStartTime=began - dt.timedelta(minutes=1),
        EventEndTime=dt.datetime.now(dt.UTC) + dt.timedelta(seconds=1),
        Destination={"Arn": stack.outputs["event_bus_arn"], "FilterArns": [stack.outputs["rule_arn"]]},
    )
    replayed = [stack.pipeline.follow(event["id"], deliveries=2) for event in story]
    assert {line["decision"] for line in replayed} == {"skip"}
    assert stack.pipeline.profile(life.user_id) == before


def test_a_second_consumer_reads_the_same_bus(
    endpoint: Endpoint, stack: "Stack", *, is_aws_given: bool
) -> None:
    """The example root adds rules and queues of the user's own: the same events, and what they changed."""
    workspace = stack.deployment.workspace
    example = Workspace(
        terraform=workspace.terraform,
        source=workspace.source / "examples" / "second_consumer",
        state_directory=workspace.state_directory,
        name="consumer",
        environment=workspace.environment,
    )
    example.prepare()
    names = ("event_bus_name", "environment", "profile_events_source", "profile_events_bus_name")
    inputs = {name: stack.outputs[name] for name in names if stack.outputs[name] is not None}
    example.apply(variables=inputs)
    queue_url = example.outputs()["queue_url"]
    event = Life("consumer").failed("failed", 5)
    stack.pipeline.put(event, Life("consumer").created())

    def received() -> dict[str, Any] | None:
        message = stack.pipeline.receive(queue_url)
        endpoint.queues.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        envelope = json.loads(message["Body"])
        return envelope if envelope["detail"]["id"] == event["id"] else None

    assert wait_for(received, "the second consumer gets the event", 60)["detail-type"] == event["type"]
    if not is_aws_given:
        message = stack.pipeline.receive(example.outputs()["changed_access_queue_url"])
        told = json.loads(message["Body"])
        assert (told["detail-type"], told["source"]) == (
            "Subscription Profile Changed",
            stack.outputs["profile_events_source"],
        )
    if is_aws_given:  # left as it was found; the embedded one ends with the session
        example.destroy(variables=inputs)


def test_the_function_runs_the_packaged_zip_with_the_contracts_environment(
    endpoint: Endpoint, stack: "Stack"
) -> None:
    """Runtime, handler and time-out as documented; the environment names this workspace's tables."""
    found = endpoint.functions.get_function_configuration(FunctionName=stack.outputs["function_name"])
    assert found["Handler"] == "stripe_subscription_handler.app.lambda_handler"
    assert (found["Runtime"], found["Timeout"]) == ("python3.13", 30)
    variables = found["Environment"]["Variables"]
    assert variables["DYNAMODB_TABLE_NAME"] == stack.outputs["profile_table_name"]
    assert variables["SYNC_TABLE_NAME"] == stack.outputs["sync_table_name"]
