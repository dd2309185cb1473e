"""The doctor on a really applied stack: healthy, then broken in one way after the other.

Each break is made through boto3, as somebody in a hurry would make it; exactly the checks concerned notice
it. Where the doctor names an AWS command, that very command is run, and puts it right.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from stripe_handler_cli.lab.deployment import seed_partner_event_source
from stripe_handler_cli.lab.fake_stripe import API_KEY, FakeStripe
from stripe_handler_cli.operate.doctor import Result, examine
from stripe_handler_cli.operate.doctor.check import Status
from stripe_handler_cli.operate.doctor.checklist import RIGHTS
from stripe_handler_cli.operate.doctor.command import doctor
from stripe_handler_cli.stack.endpoint import Endpoint
from support.aws_commands import aws_commands, run_command
from support.doctor.breaks import APPLY, BREAKS, MENDED_AT_ONCE, Break
from support.doctor.patient import Patient
from support.lives import Life

if TYPE_CHECKING:
    from conftest import Stack

pytestmark = [pytest.mark.embedded, pytest.mark.partner_bus]
OF_THE_DESTINATION = {
    "stripe-destination",
    "stripe-events-from",
    "stripe-event-types",
    "stripe-payload",
    "stripe-generation-failures",
}
WITHOUT_A_STRIPE_KEY = {*OF_THE_DESTINATION, "unpaid-access"}
PASSING_BY = {"alarms-quiet", "recent-events", "webhook-removable"}
"""Checks of the moment: other tests, and the alarms' own clock, change what they find."""


@pytest.fixture(scope="module")
def patient(endpoint: Endpoint, stack: "Stack", package: Path) -> Iterator[Patient]:
    """The stack with what a healthy one has besides: an event, somebody who is told, empty queues."""
    sns, topic = endpoint.client("sns"), stack.outputs["alarm_topic_arn"]
    told = endpoint.queues.create_queue(QueueName="itest-doctor-told")["QueueUrl"]
    arn = endpoint.queues.get_queue_attributes(QueueUrl=told, AttributeNames=["QueueArn"])["Attributes"]
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn["QueueArn"])["SubscriptionArn"]
    for queue in (
        "failure_queue_url",
        "delivery_dead_letter_queue_url",
        "profile_events_failure_queue_url",
    ):
        endpoint.queues.purge_queue(QueueUrl=stack.outputs[queue])
    life = Life("doctor")
    event = life.created()
    stack.pipeline.put(event)
    stack.pipeline.follow(event["id"])
    yield Patient(endpoint, dict(stack.outputs), stack.deployment.workspace.directory, package)
    sns.unsubscribe(SubscriptionArn=subscription)


@pytest.fixture(scope="module")
def healthy(patient: Patient) -> dict[str, Result]:
    """What the doctor finds before anything is broken."""
    return patient.results()


def test_a_healthy_stack(patient: Patient, healthy: dict[str, Result]) -> None:
    """All that Terraform made passes: role, policies, paths, tables, alarms, and the function's own test."""
    not_passed = {key: one.found for key, one in healthy.items() if one.status is not Status.PASS}
    assert not_passed.keys() - PASSING_BY == WITHOUT_A_STRIPE_KEY, not_passed
    assert {key for key, one in healthy.items() if not one.has_looked} == WITHOUT_A_STRIPE_KEY
    assert healthy["function-code"].found.startswith("version ")
    assert "byte for byte" in healthy["function-code"].found
    assert patient.asked


@pytest.fixture(scope="module")
def other(endpoint: Endpoint, other_stack: "Stack", package: Path) -> Patient:
    """The second workspace: on a custom bus, with a Stripe key, taking thin events too."""
    outputs, root = dict(other_stack.outputs), other_stack.deployment.workspace.directory
    return Patient(endpoint, outputs, root, package)


def test_a_stack_on_a_custom_bus_with_a_stripe_key(other: Patient) -> None:
    """There is no event source to be active and no destination to look at; everything else is the same."""
    found = other.results()
    assert "events come from a bridge as stripe-webhook-bridge" in found["event-source"].found
    assert {found[key].found.partition(":")[0] for key in OF_THE_DESTINATION} == {"does not apply"}
    assert "readable, and Stripe lets it read" in found["stripe-key"].found
    assert "instead of Stripe" in found["function-configuration"].found
    of_the_moment = {*PASSING_BY, "alarm-subscribers", "delivery-queue-empty", "failure-queue-empty"}
    not_passed = {key for key, one in found.items() if one.status is not Status.PASS}
    assert not_passed - of_the_moment <= {"function-configuration", "parked-events", "unpaid-access"}


def test_a_key_that_stripe_no_longer_takes(other: Patient, stripe: FakeStripe) -> None:
    """Rotated in Stripe only: the function's key is refused; the doctor's command gives it the new one."""
    new_key, old_keys = "sk_test_rotated", stripe.keys
    stripe.keys = {new_key}
    try:
        refused = other.results()["stripe-key"]
        assert (refused.status, "HTTP 401" in refused.found) == (Status.FAIL, True)
        [command] = aws_commands(str(refused.fix))
        run_command(command.replace("file:///dev/stdin", new_key), other.client)
        found = other.results()
        assert (found["stripe-key"].status, found["livemode"].status) == (Status.PASS, Status.PASS)
        run_command(command.replace("file:///dev/stdin", "sk_live_invented"), other.client)
        assert "the Stripe key is live" in other.results()["livemode"].found
    finally:
        stripe.keys = old_keys
        run_command(command.replace("file:///dev/stdin", API_KEY), other.client)
    assert other.results()["stripe-key"].status is Status.PASS


def test_the_page_names_every_right_that_is_used(
    patient: Patient, other: Patient, healthy: dict[str, Result]
) -> None:
    """A role with just these sees everything (the rights' names are the operations', but for one)."""
    assert healthy
    found = other.results()["drift-check"]  # where there is a Stripe key there is one
    assert (found.status, "does not apply" in found.found) == (Status.PASS, False), found.found
    services = {"monitoring": "cloudwatch"}
    used = set()
    for asked in (patient.asked | other.asked) - {"sts:GetCallerIdentity"}:
        service, _, operation = asked.partition(":")
        used.add(
            f"{services.get(service, service)}:{'InvokeFunction' if operation == 'Invoke' else operation}"
        )
    assert used == set(RIGHTS)


def _differences(before: dict[str, Result], after: dict[str, Result]) -> dict[str, Status]:
    return {
        key: one.status
        for key, one in after.items()
        if one.status is not before[key].status and key not in PASSING_BY
    }


@pytest.mark.parametrize("case", BREAKS, ids=str)
def test_a_break_is_noticed_where_it_is_and_can_be_mended(
    patient: Patient, healthy: dict[str, Result], case: Break
) -> None:
    """Exactly the checks concerned change, the command fits, and afterwards all is as before."""
    undo = case.make(patient)
    try:
        found = patient.results()
        assert _differences(healthy, found) == case.changed
        first = found[next(iter(case.changed))]
        assert first.fix is not None
        assert first.fix.startswith(case.fix)
        if undo is None:
            [command] = aws_commands(first.fix)
            run_command(command, patient.client)
    finally:
        if undo is not None:
            undo()
    assert _differences(healthy, patient.results()) == {}


def test_terraform_mends_what_it_is_said_to_mend(patient: Patient, stack: "Stack") -> None:
    """Whatever has `terraform apply` for a command is as it was after one."""
    before = patient.results()
    cases = [case for case in BREAKS if case.name in MENDED_AT_ONCE]
    assert len(cases) == len(MENDED_AT_ONCE)
    for case in cases:
        case.make(patient)
    broken = patient.results()
    assert _differences(before, broken) == {key: one for case in cases for key, one in case.changed.items()}
    assert all(APPLY in str(broken[next(iter(case.changed))].fix) for case in cases)
    stack.deployment.apply()
    assert _differences(before, patient.results()) == {}


def test_an_event_source_that_waits_for_its_bus(patient: Patient) -> None:
    """PENDING, with the days that are left to apply."""
    pending = "aws.partner/stripe.com/ed_test_pending"
    seed_partner_event_source(patient.endpoint, pending)
    found = patient.results(event_bus_name=pending)["event-source"]
    assert found.status is Status.FAIL
    assert found.found.endswith("it expires in 7.0 days")
    assert found.fix is not None
    assert found.fix.startswith(APPLY)


def test_a_forwarding_bus(patient: Patient) -> None:
    """A rule must lead to it; the doctor finds which one."""
    events, rule = patient.client("events"), {"Name": "itest-forwarding", **patient.rule}
    arn = events.create_event_bus(Name="itest-forwarded")["EventBusArn"]
    alone = patient.results(forwarding_bus_name="itest-forwarded")["forwarding"]
    assert alone.found == "no rule leads to itest-forwarded"
    events.put_rule(**rule, EventPattern='{"source": [{"prefix": "aws.partner"}]}', State="DISABLED")
    events.put_targets(Rule=rule["Name"], **patient.rule, Targets=[{"Id": "bus", "Arn": arn}])
    try:
        disabled = patient.results(forwarding_bus_name="itest-forwarded")["forwarding"]
        assert disabled.status is Status.FAIL
        run_command(str(disabled.fix), patient.client)
        assert patient.results(forwarding_bus_name="itest-forwarded")["forwarding"].status is Status.PASS
    finally:
        events.remove_targets(Rule=rule["Name"], **patient.rule, Ids=["bus"])
        events.delete_rule(**rule)
        events.delete_event_bus(Name="itest-forwarded")


def test_a_stopped_function(patient: Patient) -> None:
    """Reserved concurrency 0: the command lets it run again."""
    patient.client("lambda").put_function_concurrency(**patient.function, ReservedConcurrentExecutions=0)
    [stopped] = examine(patient.site(), ["function-configuration"])
    assert (stopped.status, "it is stopped" in stopped.found) == (Status.FAIL, True)
    assert stopped.fix is not None
    run_command(stopped.fix, patient.client)
    [running] = examine(patient.site(), ["function-configuration"])
    assert running.status is Status.PASS


def test_the_command(patient: Patient, tmp_path: Path) -> None:
    """Exit codes and JSON, from a file of outputs, against the AWS of the environment."""
    path = tmp_path / "outputs.json"
    path.write_text(json.dumps({name: {"value": value} for name, value in patient.outputs.items()}), "utf-8")
    variables = {"STRIPE_API_KEY": None, **patient.endpoint.variables}

    def run(*arguments: str) -> Any:
        return CliRunner(env=variables).invoke(
            doctor, ["--outputs", str(path), *arguments], standalone_mode=False
        )

    fine = run("--only", "rule-enabled", "--only", "target", "--json")
    assert fine.return_value == 0
    assert json.loads(fine.stdout)["counts"] == {"pass": 2, "warn": 0, "fail": 0}
    blind = ("--only", "stripe-destination")
    assert run(*blind).return_value == 0
    assert run(*blind, "--strict").return_value == 1
    other = tmp_path / "other.zip"
    other.write_bytes(b"another zip")
    failing = run("--only", "function-code", "--package", str(other))
    assert failing.return_value == 1
    assert "aws lambda update-function-code" in failing.stdout
    assert (
        run("--only", "function-code", "--skip", "function-code", "--package", str(other)).return_value == 0
    )
