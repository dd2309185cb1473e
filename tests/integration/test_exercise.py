"""`doctor --exercise` on the real stacks: every step, and nothing is left; then what it finds broken."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from stripe_handler_cli.lab.fake_stripe import FakeStripe, objects
from stripe_handler_cli.operate.doctor.checklist import RIGHTS
from stripe_handler_cli.operate.doctor.exercise.made_up import CUSTOMER, USER, made_up
from stripe_handler_cli.operate.doctor.exercise.page import RIGHTS as EXERCISE_RIGHTS
from stripe_handler_cli.operate.doctor.exercise.steps import STEPS
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.stack.pipeline import Pipeline
from stripe_subscription_handler.decisions.policy import Livemode
from stripe_subscription_handler.dynamodb.sync_table import partition_query
from support.commands import Commands, Ran
from support.dead_letters import envelope, failure_record, poison

if TYPE_CHECKING:
    from conftest import Stack

pytestmark = pytest.mark.embedded


def outcomes(ran: Ran) -> dict[str, str]:
    """Step → how it ended."""
    return {one["key"]: one["status"] for one in ran.json["steps"]}


def left(pipeline: Pipeline) -> list[Any]:
    """What the tables still have of the made-up user."""
    query: Any = partition_query(pipeline.config.sync_table_name, CUSTOMER)
    return [*pipeline.profile(USER), *pipeline.dynamodb.query(**query)["Items"]]


@pytest.fixture
def account(stripe: FakeStripe) -> Iterator[None]:
    """The second workspace's Stripe has one subscription, of somebody else."""
    before = stripe.account
    stripe.account = objects()
    yield
    stripe.account = before


@pytest.mark.usefixtures("account")
def test_a_stack_on_a_custom_bus(endpoint: Endpoint, other_stack: "Stack", tmp_path: Path) -> None:
    """Over its bus, to the profile, the failure queue and the alarm, from the archive: and all is gone."""
    commands = Commands.of(endpoint.variables, other_stack.outputs, tmp_path)
    endpoint.queues.purge_queue(QueueUrl=other_stack.outputs["failure_queue_url"])
    report = tmp_path / "report.json"
    ran = commands.run("doctor", "--exercise", "--yes", "--json", "--report", str(report))
    assert ran.exit_code == 0, ran.out
    assert outcomes(ran) == {
        **{step.key: "pass" for step in STEPS},
        "permissions": "open",  # local AWS has no IAM
        "told": "skip",  # there are no profile events
    }
    assert ran.json["road"]["key"] == "own-bus"
    assert 0 < float(ran.json["cents_at_most"]) < 1
    assert left(other_stack.pipeline) == []
    written = report.read_text(encoding="utf-8")
    assert json.loads(written)["steps"]
    for name in ("itest", other_stack.outputs["profile_table_name"], "000000000000"):
        assert name not in written


@pytest.mark.partner_bus
def test_a_partner_bus_and_what_an_earlier_exercise_left(
    endpoint: Endpoint, stack: "Stack", tmp_path: Path
) -> None:
    """What a killed one left goes first; changes are told; messages and profiles of others stay."""
    commands = Commands.of(endpoint.variables, stack.outputs, tmp_path)
    queue, pipeline = stack.outputs["failure_queue_url"], stack.pipeline
    endpoint.queues.purge_queue(QueueUrl=queue)
    body = failure_record(envelope(poison("evt_of_somebody")))
    endpoint.queues.send_message(QueueUrl=queue, MessageBody=body)
    killed = made_up(attrs.evolve(pipeline.config, livemode=Livemode.TEST), "dead", int(time.time()) - 60)
    pipeline.put(killed.created())
    pipeline.follow(killed.created()["id"])
    assert left(pipeline)

    ran = commands.run(
        "doctor",
        "--exercise",
        "--yes",
        "--json",
        "--skip",
        "alarm",
        "--skip",
        "replay",
        "--skip",
        "drift-check",
    )
    assert ran.exit_code == 0, ran.out
    made = outcomes(ran)
    assert made.pop("permissions") == "open"
    assert set(made.values()) == {"pass"}
    assert made.keys() >= {"told", "failure-queue", "ending", "clean-up"}
    assert ran.json["road"]["key"] == "partner-bus"
    assert "An exercise of" in ran.err
    assert left(pipeline) == []
    assert json.loads(pipeline.receive(queue)["Body"])["requestPayload"]["detail"]["id"] == "evt_of_somebody"
    endpoint.queues.purge_queue(QueueUrl=queue)
    rights = {right.replace("InvokeFunction", "Invoke") for right in (*RIGHTS, *EXERCISE_RIGHTS)}
    asked = {one.removeprefix("monitoring:") for one in ran.json["requests"]}
    # The partner's own request, and the one that shows whose credentials these are.
    assert asked - {"events:PutPartnerEvents", "sts:GetCallerIdentity"} <= rights | {
        "sqs:ChangeMessageVisibilityBatch"
    }
