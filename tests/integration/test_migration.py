"""docs/migrate-from-webhooks.md, step by step: the bridge alone, beside the event source, then without it.

Uses the first workspace, which has both from the beginning: an event is sent one way, the other, or both.
Terraform's plan says what step 7 removes. Removing it in earnest, and making it again, takes a minute and a
half of waiting, so that is done only where `STRIPE_HANDLER_REMOVE_BRIDGE=1` asks for it.
"""

import datetime as dt
import json
import os
import random
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from stripe_handler_cli.operate.doctor import Result, Site, examine
from stripe_handler_cli.operate.doctor.areas.traffic import GRACE_MINUTES
from stripe_handler_cli.operate.doctor.check import Status
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.endpoint import Endpoint
from support.aws_commands import run_command
from support.function_urls import send_webhook
from support.lives import Life
from support.on_call import Ran, Shell
from support.revisions import without_revision
from support.webhooks import SECRET

if TYPE_CHECKING:
    from conftest import Stack

pytestmark = [pytest.mark.embedded, pytest.mark.partner_bus]

PAGE = Path(__file__).parents[2] / "docs" / "migrate-from-webhooks.md"
SECRET_NAME = "itest-migration-secret"  # noqa: S105 - a name
EVERYTHING_OF_THE_BRIDGE = 17
"""Resources: function, URL, permission, role and its policy, log group, metric filter; bus and archive; rule,
target and permission; four alarms."""
BRIDGED, BOTH, CONTROL = Life("migration_bridged"), Life("migration_both"), Life("migration_control")


def commands() -> dict[int, list[str]]:
    """Step of the page → its commands."""
    parts = re.split(r"^## (\d+)\. .*$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {
        int(number): [
            line
            for block in re.findall(r"^```sh\n(.*?)^```$", text.split("\n## ")[0], re.MULTILINE | re.DOTALL)
            for line in block.splitlines()
        ]
        for number, text in zip(parts[1::2], parts[2::2], strict=True)
    }


COMMANDS = commands()


@attrs.define
class Migration:
    """Somebody who goes through the page.

    Attributes:
        endpoint: The AWS.
        stack: The first workspace.
        shell: Where commands are typed.
        url: The bridge's URL.
    """

    endpoint: Endpoint
    stack: "Stack"
    shell: Shell
    url: str

    def type(self, line: str) -> Ran:
        """Type one command of the page."""
        return self.shell.run(line, SECRET_NAME=SECRET_NAME)

    def ask_aws(self, line: str, secret: str = "") -> Any:
        """Make the request of the AWS command in a line."""
        command = line.partition("| ")[2] or line
        named = command.replace("$SECRET_NAME", SECRET_NAME).replace("file:///dev/stdin", secret)
        return run_command(named, self.endpoint.client)

    def send_webhook(self, event: dict[str, Any], secret: str = SECRET) -> int:
        """Send an event as Stripe does; the status it was answered with."""
        return send_webhook(self.endpoint, "", event, secret, self.url)

    def verdict(self) -> Result:
        """What the doctor says of the webhook, once the last minutes count."""
        later = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=GRACE_MINUTES, seconds=1)
        site = Site(DeployedStack(self.endpoint, self.stack.outputs), now=later)
        [result] = examine(site, ["webhook-removable"])
        return result


@pytest.fixture(scope="module")
def migration(endpoint: Endpoint, stack: "Stack", tmp_path_factory: pytest.TempPathFactory) -> Migration:
    """The first workspace."""
    shell = Shell.of(tmp_path_factory.mktemp("migration"), stack.deployment)
    url = stack.deployment.workspace.outputs()["webhook_bridge_url"]
    return Migration(endpoint, stack, shell, url)


def _story(life: Life) -> list[dict[str, Any]]:
    return [
        life.created(status="incomplete"),
        life.updated("active", 1, {"status": "incomplete"}),
        life.paid("paid", 2),
        life.updated("past_due", 9, {"status": "active"}, status="past_due"),
    ]


def test_the_page_has_the_steps_that_are_gone_through_here() -> None:
    """Every step has commands, and none is new."""
    assert list(COMMANDS) == [1, 2, 3, 4, 5, 6, 7]
    assert all(COMMANDS.values())


def test_1_to_3_a_secret_is_stored_and_replaced(migration: Migration) -> None:
    """By the page's own commands; what the bridge reads is the last one."""
    [create] = COMMANDS[1]
    [put] = COMMANDS[3]
    migration.ask_aws(create)
    migration.ask_aws(put, SECRET)
    kept = migration.endpoint.client("secretsmanager").get_secret_value(SecretId=SECRET_NAME)
    assert kept["SecretString"] == SECRET


def test_2_the_url_is_what_stripe_is_given(migration: Migration) -> None:
    """The command prints it, and the same command as ever applies the stack."""
    apply, output = COMMANDS[2]
    assert COMMANDS[5][1] == COMMANDS[7][0] == apply
    assert migration.type(output).output == migration.url


def test_3_the_bridge_alone_keeps_a_profile(migration: Migration) -> None:
    """Signed events reach it under the bridge's source; others are refused and reach nothing."""
    pipeline = migration.stack.pipeline
    created, *later = _story(BRIDGED)
    assert migration.send_webhook(created, "whsec_of_somebody_else") == 400
    assert [migration.send_webhook(event) for event in (created, *later)] == [200] * 4
    lines = [pipeline.follow(event["id"]) for event in (created, *later)]
    assert {line["source"] for line in lines} == {"stripe-webhook-bridge"}
    assert pipeline.profile(BRIDGED.user_id)["subscriptionStatus"] == "past_due"
    assert len([line for line in pipeline.log_lines() if line.get("event_id") == created["id"]]) == 1


def test_4_the_doctor_knows_both_rules(migration: Migration) -> None:
    """Whom the function and the queue let in is exactly what was applied."""
    [doctor] = COMMANDS[4]
    ran = migration.type(doctor)
    assert ran.exit_code == 0, ran.output
    assert ran.output.count("pass") >= 3, ran.output


def test_5_the_event_source_is_active(migration: Migration) -> None:
    """And what came before it still needs the webhook."""
    rules, _apply, source = COMMANDS[5]
    assert "a rule of others" not in migration.type(rules).output
    assert migration.type(source).exit_code == 0
    verdict = migration.verdict()
    assert verdict.status is Status.WARN
    assert f"{BRIDGED.event_id('created')}" in verdict.found


def test_6_both_deliver_and_nothing_counts_twice(migration: Migration) -> None:
    """The same events by both ways, in any order: the profile is that of one delivery in order."""
    pipeline = migration.stack.pipeline
    ways = [(event, way) for event in _story(BOTH) for way in (migration.send_webhook, pipeline.put)]
    random.Random(7).shuffle(ways)  # noqa: S311 - not a secret
    for event, way in ways:
        assert way(event) in {200, None}
    for event in _story(CONTROL):
        pipeline.put(event)
        pipeline.follow(event["id"])
    for event in _story(BOTH):
        pipeline.follow(event["id"], deliveries=2)
    both, control = (without_revision(pipeline.profile(life.user_id)) for life in (BOTH, CONTROL))
    assert json.loads(json.dumps(both, default=str).replace(BOTH.name, CONTROL.name)) == json.loads(
        json.dumps(control, default=str)
    )
    lines = [line for line in pipeline.log_lines() if line.get("event_id") in {e["id"] for e in _story(BOTH)}]
    assert sorted(line["decision"] for line in lines).count("write") <= len(_story(BOTH))
    # What came before the event source is sent there too: on AWS, the day goes by instead.
    for event in _story(BRIDGED):
        pipeline.put(event)
        pipeline.follow(event["id"], deliveries=2)
    verdict = migration.verdict()
    assert (verdict.status, "can be removed" in verdict.found) == (Status.PASS, True), verdict.found
    assert "nothing to compare" in migration.type(COMMANDS[6][0]).output


def test_7_what_is_removed_is_the_bridge(migration: Migration) -> None:
    """All of it and nothing else; the queue lets its rule in no longer, the dashboard forgets its alarms."""
    deployment = migration.stack.deployment
    without = {name: value for name, value in deployment.variables.items() if name != "webhook_bridge"}
    plan = attrs.evolve(deployment, variables=without).plan()
    planned = re.findall(r"^  # (\S+) (?:will|must) be (\w+)", plan.text, re.MULTILINE)
    assert {name for name, what in planned if what != "destroyed"} == {
        "module.pipeline.module.dead_letter_queues.aws_sqs_queue.delivery",
        "module.pipeline.module.dashboard.aws_cloudwatch_dashboard.pipeline",
    }
    destroyed = {name for name, what in planned if what == "destroyed"}
    assert all("bridge" in name for name in destroyed), destroyed
    assert len(destroyed) == EVERYTHING_OF_THE_BRIDGE


@pytest.mark.skipif(
    os.environ.get("STRIPE_HANDLER_REMOVE_BRIDGE") != "1",
    reason="an apply that changes a queue's policy waits 25 s, twice; STRIPE_HANDLER_REMOVE_BRIDGE=1 runs it",
)
def test_7_the_bridge_is_removed(migration: Migration) -> None:
    """Its URL is gone, the secret too; events still come by the event source."""
    apply, delete = COMMANDS[7]
    tfvars = migration.shell.directory / "terraform" / "environments" / "first.tfvars"
    lines = tfvars.read_text(encoding="utf-8").splitlines(keepends=True)
    tfvars.write_text("".join(line for line in lines if not line.startswith("webhook_bridge")), "utf-8")
    try:
        ran = migration.type(apply)
        assert ran.exit_code == 0, ran.output
        assert migration.send_webhook(_story(BRIDGED)[0]) == 404
        migration.ask_aws(delete)
        pipeline = migration.stack.pipeline
        event = BRIDGED.updated("after", 20, {"status": "past_due"})
        pipeline.put(event)
        assert pipeline.follow(event["id"])["decision"] == "write"
        assert pipeline.profile(BRIDGED.user_id)["subscriptionStatus"] == "active"
    finally:
        migration.stack.deployment.apply()
