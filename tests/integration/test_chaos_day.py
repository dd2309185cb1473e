"""A day on which much goes wrong and nobody helps: the stack heals by itself, or the certificate says no.

On a deployed workspace, as `chaos day --workspace` plays it: with users of its own, which are deleted again.
"""

import io
from typing import TYPE_CHECKING

import attrs
import pytest

from stripe_handler_cli.common.console import WholeWords
from stripe_handler_cli.lab.chaos.day.incidents import Amounts, Kind
from stripe_handler_cli.lab.chaos.day.own import killer
from stripe_handler_cli.lab.chaos.day.report import print_day
from stripe_handler_cli.lab.chaos.day.run import Day
from stripe_handler_cli.lab.chaos.day.stage import Stage
from stripe_handler_cli.lab.fake_stripe import FakeStripe
from stripe_handler_cli.stack.bus import Bus
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.tools.local_aws import LocalAws

if TYPE_CHECKING:
    from conftest import Stack

pytestmark = pytest.mark.embedded

DAY = Day(
    users=12,
    seed=30,
    minutes=0.12,
    check_every_hours=6,
    amounts=Amounts(lost=0.1, not_generated=0.05, replaced=0.2, disabled_minutes=120),
)
UNHEALED = attrs.evolve(
    DAY, users=5, minutes=0.04, check_every_hours=13, repair=False, amounts=Amounts(lost=0.5, replaced=0.5)
)


@pytest.fixture
def stage(endpoint: Endpoint, other_stack: "Stack", stripe: FakeStripe, running: LocalAws) -> Stage:
    """The second workspace, whose function asks the fake Stripe."""
    stack = DeployedStack(endpoint, other_stack.outputs)
    pipeline = stack.pipeline(Bus.of(stack).source)
    kill = killer(running, other_stack.outputs["function_name"], 1)
    found = Stage(endpoint, pipeline, stack.config, stripe, kill, is_own=False)
    found.check("second")
    return found


def test_a_day_heals_by_itself(stage: Stage) -> None:
    """Everything goes wrong, and each profile is right in the end; nothing is left of the users."""
    console = WholeWords(file=io.StringIO())
    certificate = DAY.run(stage, console)
    text = io.StringIO()
    print_day(WholeWords(file=text), certificate)
    assert certificate.differences == (), text.getvalue()
    assert set(certificate.healing) == set(Kind)
    assert min(certificate.ever_wrong, certificate.passes, certificate.repaired, certificate.told_missed) > 0
    assert all(one.unhealed == 0 for one in certificate.healing.values())
    assert certificate.alarms, "somebody would have been called"
    users = [user for user in certificate_users(stage) if user.startswith("chaos_")]
    assert users == []


def test_without_repair_the_certificate_says_so(stage: Stage) -> None:
    """The drift check finds it, and leaves it; the user's story names what was lost."""
    certificate = UNHEALED.run(stage, WholeWords(file=io.StringIO()))
    assert certificate.repaired == 0
    assert sum(certificate.found.values()) > 0
    assert certificate.differences
    assert certificate.right_after_hours is None
    told = [what for one in certificate.differences for _, *what in one.story]
    assert any(str(Kind.LOST) in came or str(Kind.REPLACED) in what for what, came in told)


def certificate_users(stage: Stage) -> list[str]:
    """Whose profiles there are."""
    pages = stage.pipeline.dynamodb.get_paginator("scan").paginate(TableName=stage.config.table_name)
    keys = stage.config.partition_key_name
    return [str(item[keys]["S"]).removeprefix("USER#") for page in pages for item in page["Items"]]
