"""SnapStart switched on for a stack that runs, and off again: what is invoked changes, and nothing else.

That Lambda starts the function from a snapshot cannot be tried here: local AWS publishes versions and keeps
aliases, and starts a version's first process as it publishes it.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from stripe_handler_cli.operate.doctor.check import Status
from stripe_handler_cli.stack.deployed import invoked_function
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.stack.pipeline import Pipeline
from support.commands import Commands
from support.doctor.patient import Patient
from support.lives import Life
from support.provoking import permission_withdrawn

if TYPE_CHECKING:
    from conftest import Stack

pytestmark = pytest.mark.embedded
OF_THE_MOMENT = {"alarms-quiet", "alarm-subscribers", "failure-queue-empty", "parked-events", "recent-events"}
OF_THE_STAND_IN = {"function-configuration", "unpaid-access"}
"""The second workspace's function asks a stand-in for Stripe, which the doctor notes; it has no key."""


def _apply(stack: "Stack", **variables: Any) -> str:
    """Apply the stack with other variables; returns how many resources Terraform said it would change."""
    lines: list[str] = []
    deployment = stack.deployment
    # Nobody else changes anything meanwhile, and to look at every resource takes most of an apply's time.
    environment = {**deployment.workspace.environment, "TF_CLI_ARGS_apply": "-refresh=false"}
    attrs.evolve(deployment.workspace, environment=environment).apply(
        variables={**deployment.variables, **variables}, on_line=lines.append
    )
    return next(line for line in lines if line.startswith("Plan:"))


@pytest.fixture(scope="module")
def alias_stack(other_stack: "Stack", endpoint: Endpoint) -> Iterator["Stack"]:
    """The second workspace with SnapStart; without it again in the end."""
    planned = _apply(other_stack, lambda_snap_start_enabled=True)
    assert planned.endswith(" 0 to destroy."), planned
    outputs = other_stack.deployment.workspace.outputs()
    for queue in ("failure_queue_url", "delivery_dead_letter_queue_url"):
        endpoint.queues.purge_queue(QueueUrl=outputs[queue])
    pipeline = attrs.evolve(other_stack.pipeline, outputs=outputs)
    yield attrs.evolve(other_stack, outputs=outputs, pipeline=pipeline)
    _apply(other_stack)


def _streams_of(pipeline: Pipeline, event_id: str) -> set[str]:
    """Log streams that hold lines about an event; a stream's name tells the version that wrote it."""
    group = pipeline.outputs["log_group_name"]
    found = pipeline.logs.filter_log_events(logGroupName=group, filterPattern=event_id)
    return {line["logStreamName"] for line in found["events"] if event_id in line["message"]}


def test_an_event_goes_through_the_alias_to_the_published_version(
    alias_stack: "Stack", endpoint: Endpoint
) -> None:
    """The profile is written by the version that the alias leads to, and that has a snapshot."""
    life, pipeline = Life("alias"), alias_stack.pipeline
    event = life.created()
    pipeline.put(event)
    assert pipeline.follow(event["id"])["decision"] == "write"
    assert pipeline.profile(life.user_id)["subscriptionStatus"] == "active"

    settings = endpoint.functions.get_function_configuration(FunctionName=invoked_function(pipeline.outputs))
    assert settings["SnapStart"] == {"ApplyOn": "PublishedVersions", "OptimizationStatus": "On"}
    [stream] = _streams_of(pipeline, event["id"])
    assert f"[{settings['Version']}]" in stream


def test_what_fails_on_the_alias_is_tried_three_times_and_kept(alias_stack: "Stack") -> None:
    """Attempts and failure queue are the alias's own: those of the function would not count."""
    poison = Life("alias_poison").updated("poison", 1, status=None)
    alias_stack.pipeline.put(poison)
    record = json.loads(alias_stack.pipeline.receive(alias_stack.outputs["failure_queue_url"])["Body"])
    assert record["requestContext"]["functionArn"] == f"{alias_stack.outputs['function_arn']}:live"
    assert record["requestContext"]["approximateInvokeCount"] == 3
    assert record["requestPayload"]["detail"] == poison


def test_the_operators_commands_follow(
    alias_stack: "Stack", endpoint: Endpoint, package: Path, tmp_path: Path
) -> None:
    """An event that the alias may not take is kept, and sent again through it; the doctor tells why."""
    life, outputs, pipeline = Life("alias_lost"), alias_stack.outputs, alias_stack.pipeline
    event, root = life.created(), alias_stack.deployment.workspace.directory
    patient = Patient(endpoint, dict(outputs), root, package)
    with permission_withdrawn(endpoint, invoked_function(outputs), outputs["rule_arn"]):
        pipeline.put(event)
        pipeline.receive(outputs["delivery_dead_letter_queue_url"])
        assert patient.results()["function-policy"].status is Status.FAIL

    commands = Commands.of(endpoint.variables, outputs, tmp_path)
    assert commands.run("dlq", "redrive", "--all", "--layer", "delivery").exit_code == 0
    [stream] = _streams_of(pipeline, event["id"])
    assert "[$LATEST]" not in stream
    assert commands.run("parked", "--count").exit_code in {0, 1}

    found = patient.results()
    not_passed = {key: one.found for key, one in found.items() if one.status is not Status.PASS}
    assert not_passed.keys() <= OF_THE_MOMENT | OF_THE_STAND_IN, not_passed
    assert "it has no snapshot" not in found["function-configuration"].found
    assert found["target"].found.startswith(f"function:{invoked_function(outputs)}, ")
