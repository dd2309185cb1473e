"""`stripe-handler reconcile` and `sync` on a real stack, while live events go through the same pipeline."""

import json
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from click.testing import CliRunner

from stripe_handler_cli.cli import cli
from stripe_handler_cli.common.waiting import wait_for
from stripe_handler_cli.lab.fake_stripe import API_KEY, AccountClock, FakeStripe, SimulatedAccount, objects
from stripe_handler_cli.lab.simulator import SimulationOptions, simulate
from stripe_handler_cli.operate.doctor import Site, examine
from stripe_handler_cli.operate.doctor.check import Status
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.stack.pipeline import Pipeline
from stripe_subscription_handler.decisions.view import PAYMENT_VIEW, SUBSCRIPTION_VIEW
from stripe_subscription_handler.events.event_types import DEFAULT_EVENT_TYPES
from support import events
from support.lives import Life

if TYPE_CHECKING:
    from conftest import Stack

pytestmark = pytest.mark.embedded

ERAS = ("2025-clover", "2026-endive")
"""Events of the shape in which Stripe answers; older ones leave out the product."""

Event = Mapping[str, Any]


@attrs.frozen
class Ran:
    """A command that has ended.

    Attributes:
        exit_code: Its exit code.
        found: The differences it printed.
        summary: Its summary.
    """

    exit_code: int
    found: list[dict[str, Any]]
    summary: dict[str, Any]


@attrs.frozen
class Operator:
    """Somebody at a terminal who has a Stripe key and the outputs of the stack.

    Attributes:
        endpoint: The AWS.
        directory: Holds the outputs, and the state of runs.
    """

    endpoint: Endpoint
    directory: Path

    def run(self, command: str, *options: str) -> Ran:
        """Run a command to its end."""
        arguments = [command, *options, "--outputs", str(self.directory / "outputs.json"), "--json"]
        arguments += ["--rate", "1000"]
        if command == "reconcile" and not {"--views", "--customer"} & set(options):
            arguments += ["--state-file", str(self.directory / "state.sqlite")]
        environment = {**self.endpoint.variables, "STRIPE_API_KEY": API_KEY}
        with CliRunner().isolation(env=environment) as (stdout, stderr, _):
            exit_code = cli(arguments)
            sys.stdout.flush()
            lines = [json.loads(line) for line in stdout.getvalue().decode().splitlines()]
            assert lines, stderr.getvalue().decode()
            return Ran(exit_code, lines[:-1], lines[-1]["summary"])


def _doctor(site: Site) -> tuple[Status, str | None]:
    """What the doctor says of the settings, and the command it names."""
    [result] = examine(site, ["view-settings"])
    return result.status, result.fix


@pytest.fixture
def operator(endpoint: Endpoint, other_stack: "Stack", tmp_path: Path) -> Operator:
    """The operator of the second workspace."""
    outputs = {name: {"value": value} for name, value in other_stack.outputs.items()}
    (tmp_path / "outputs.json").write_text(json.dumps(outputs))
    return Operator(endpoint, tmp_path)


@pytest.fixture
def account(stripe: FakeStripe) -> Iterator[FakeStripe]:
    """The Stripe, which gets its own clock back in the end."""
    before = stripe.account, stripe.now
    yield stripe
    stripe.account, stripe.now = before


def _deliver(pipeline: Pipeline, account: SimulatedAccount | None, happened: Sequence[Event]) -> None:
    """Let events happen one after the other, each on the bus at once, and wait until all are handled."""
    for event in happened:
        if account is not None:
            account.sent([event])
        pipeline.put(event)
    wanted = {event["id"] for event in happened}

    def handled() -> bool | None:
        lines = [line for line in pipeline.log_lines() if line["decision"] in {"write", "skip"}]
        return wanted <= {line.get("event_id") for line in lines} or None

    wait_for(handled, "every event is handled", 120)


def _spoil(pipeline: Pipeline, users: Sequence[str], rng: random.Random) -> None:
    """Do to some profiles what an app that uses PutItem does, or a person."""
    table, chosen = pipeline.config.table_name, rng.sample(users, 4)
    for number, user_id in enumerate(chosen):
        key: Any = {name: {"S": value} for name, value in pipeline.config.profile_key(user_id).items()}
        if number == 0:
            pipeline.dynamodb.delete_item(TableName=table, Key=key)
        elif number == 1:
            pipeline.dynamodb.put_item(TableName=table, Item={**key, "subscriptionStatus": {"S": "free"}})
        else:
            pipeline.dynamodb.update_item(
                TableName=table,
                Key=key,
                UpdateExpression="SET subscriptionStatus = :wrong",
                ExpressionAttributeValues={":wrong": {"S": "free"}},
            )


def _view(profile: Mapping[str, Any]) -> dict[str, Any]:
    """Subscription and payment, but when: of an attempt that failed and was missed, Stripe keeps no time."""
    names = {*SUBSCRIPTION_VIEW, *PAYMENT_VIEW} - {"lastPaymentAt"}
    return {name: profile[name] for name in names if name in profile}


def test_differences_end_while_events_flow(
    operator: Operator, other_stack: "Stack", account: FakeStripe
) -> None:
    """Events were missed and profiles spoilt; live events go on while one run repairs.

    In the end nothing differs, and every profile shows the simulator's truth.
    """
    rng = random.Random(5)  # noqa: S311 - repeatable on purpose
    pipeline = other_stack.pipeline
    simulation = simulate(71, 14, SimulationOptions(event_types=DEFAULT_EVENT_TYPES, eras=ERAS))
    clock = AccountClock()
    simulated = SimulatedAccount(simulation, clock)
    account.account, account.now = simulated, clock.now
    cut = len(simulation.events) // 2
    before, later = simulation.events[:cut], simulation.events[cut:]
    _deliver(pipeline, simulated, [event for event in before if rng.random() < 0.5])
    simulated.sent(before)
    have = [user for user in simulation.profiles if pipeline.profile(user)]
    _spoil(pipeline, have, rng)
    with ThreadPoolExecutor(1) as pool:
        flowing = pool.submit(_deliver, pipeline, simulated, later)
        repaired = operator.run("reconcile", "--apply")
        flowing.result()
    of_mine = [one["repaired"] for one in repaired.found if one["user_id"] in simulation.profiles]
    assert of_mine
    assert all(of_mine)
    mine = [one for one in operator.run("reconcile").found if one["user_id"] in simulation.profiles]
    assert mine == []
    shown = {user: _view(pipeline.profile(user)) for user in simulation.profiles}
    assert shown == {user: _view(profile) for user, profile in simulation.profiles.items()}


def test_missed_events_and_one_user_are_caught_up_with(
    operator: Operator, other_stack: "Stack", account: FakeStripe
) -> None:
    """`reconcile --since` handles what Stripe still lists; `sync` brings one user, payment and all."""
    now = int(time.time())
    first, second = Life("since"), Life("sync")
    bodies = [
        life.subscription(created=now - 900, status="past_due", livemode=False) for life in (first, second)
    ]
    bills = [
        life.invoice(
            created=now - 800, status="paid", status_transitions={"paid_at": now - 700}, livemode=False
        )
        for life in (first, second)
    ]
    listed = [
        event
        for life, body, bill in zip((first, second), bodies, bills, strict=True)
        for event in (
            events.created(body, event_id=life.event_id("created"), created=now - 900),
            events.paid(bill, event_id=life.event_id("paid"), created=now - 700),
        )
    ]
    account.account = objects(*bodies, *bills, *listed)
    profile = other_stack.pipeline.profile
    synced = operator.run("sync", "--subscription", bodies[1]["id"])
    assert (synced.exit_code, profile(first.user_id)) == (0, {})
    assert (profile(second.user_id)["subscriptionStatus"], profile(second.user_id)["lastPaymentStatus"]) == (
        "past_due",
        "succeeded",
    )
    assert operator.run("sync", second.user_id).found == []
    alone = operator.run("reconcile", "--customer", bodies[0]["customer"])
    assert [(one["kind"], one["user_id"]) for one in alone.found] == [("missing_profile", first.user_id)]
    assert (alone.exit_code, alone.summary["subscriptions"], alone.summary["profiles"]) == (1, 1, 0)
    looked = operator.run("reconcile", "--since", "1h")
    assert (looked.exit_code, {one["user_id"] for one in looked.found}) == (1, {first.user_id})
    applied = operator.run("reconcile", "--since", "1h", "--apply")
    assert (applied.exit_code, applied.summary["remaining"]) == (0, 0)
    assert profile(first.user_id)["lastPaymentStatus"] == "succeeded"
    assert operator.run("reconcile", "--since", "1h").summary["differences"] == 0


def test_a_changed_setting_reaches_every_profile(operator: Operator, other_stack: "Stack") -> None:
    """Terraform changes it, the doctor says so, a command computes profiles anew, the doctor is quiet."""
    pipeline, deployment, life = other_stack.pipeline, other_stack.deployment, Life("settings")
    operator.run("reconcile", "--views", "--apply")
    event = life.created()
    pipeline.put(event)
    pipeline.follow(event["id"])
    before = pipeline.profile(life.user_id)
    stack = DeployedStack(operator.endpoint, other_stack.outputs, deployment.workspace.directory)
    assert _doctor(Site(stack)) == (Status.PASS, None)
    changed = attrs.evolve(deployment, variables={**deployment.variables, "access_renewal_grace_hours": 1})
    try:
        changed.apply()
        command = "stripe-handler reconcile --views --apply"
        assert _doctor(Site(attrs.evolve(stack))) == (Status.FAIL, command)
        repaired = operator.run("reconcile", "--views", "--apply")
        mine = [one for one in repaired.found if one["user_id"] == life.user_id]
        assert (repaired.exit_code, [(one["kind"], one["repaired"]) for one in mine]) == (0, [("view", True)])
        assert _doctor(Site(attrs.evolve(stack))) == (Status.PASS, None)
        after = pipeline.profile(life.user_id)
        assert before["subscriptionAccessUntil"] > after["subscriptionAccessUntil"]
        assert after["subscriptionAccessUntil"] > after["subscriptionCurrentPeriodEnd"]
    finally:
        deployment.apply()
        operator.run("reconcile", "--views", "--apply")
