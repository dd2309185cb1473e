"""The scheduled drift check on the real stack: finds what differs, alarms, and repairs where it may.

That its schedule invokes it, and what its alarms lead to, is in test_runbook.py.
"""

import datetime as dt
import json
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from stripe_handler_cli.common.waiting import wait_for
from stripe_handler_cli.lab.fake_stripe import FakeStripe, objects
from stripe_handler_cli.operate.reconcile.in_aws import in_aws
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.endpoint import Endpoint
from support import events
from support.drift_checks import DriftChecks
from support.on_call import Alarms

if TYPE_CHECKING:
    from conftest import Stack

pytestmark = pytest.mark.embedded

SUBSCRIPTIONS = 120
"""Two pages of Stripe's list."""
FORTY_DAYS_SECONDS = 40 * 24 * 3600


def _bodies() -> list[dict[str, Any]]:
    created = int(time.time()) - FORTY_DAYS_SECONDS
    return [
        events.subscription(
            id=f"sub_drift_{n}",
            user=f"drift_user_{n}",
            customer=f"cus_drift_{n}",
            created=created + n,
            livemode=False,
        )
        for n in range(SUBSCRIPTIONS)
    ]


@pytest.fixture
def checks(endpoint: Endpoint, other_stack: "Stack", stripe: FakeStripe) -> Iterator[DriftChecks]:
    """The second workspace's drift check; Stripe has its account only, the tables are empty."""
    before, found = stripe.account, DriftChecks(endpoint, other_stack.pipeline)
    found.empty_tables()
    stripe.account = objects(*_bodies())
    found.set_up(DRIFT_CHECK_REQUESTS_PER_SECOND="1000")  # this Stripe has no limit
    yield found
    found.set_up(DRIFT_CHECK_REPAIR="false", DRIFT_CHECK_REQUESTS_PER_SECOND="25")
    found.empty_tables()
    stripe.account, stripe.now = before, time.time


def _damage(checks: DriftChecks) -> None:
    """What an app that writes where it should not does, and an operator who deletes."""
    config, dynamodb = checks.pipeline.config, checks.pipeline.dynamodb

    def key(user_id: str) -> Any:
        return {name: {"S": value} for name, value in config.profile_key(user_id).items()}

    dynamodb.update_item(
        TableName=config.table_name,
        Key=key("drift_user_5"),
        UpdateExpression="SET subscriptionStatus = :wrong, email = :personal",
        ExpressionAttributeValues={":wrong": {"S": "free"}, ":personal": {"S": "someone@example.com"}},
    )
    dynamodb.delete_item(TableName=config.table_name, Key=key("drift_user_110"))
    dynamodb.put_item(
        TableName=config.table_name,
        Item={**key("drift_stranger"), "subscriptionId": {"S": "sub_of_no_account"}},
    )


def _found(lines: Sequence[dict[str, Any]]) -> set[tuple[str, str, str]]:
    return {(line["kind"], line["subscription_id"], line["user_id"]) for line in lines}


def _pass_until_cleared(checks: DriftChecks, alarms: Alarms, keys: set[str]) -> None:
    """Passes follow each other within an alarm's period here, and its worst one counts."""

    def are_cleared() -> bool | None:
        assert checks.whole_pass()["differences"] == 0
        return alarms.cleared(keys, 2) == keys or None

    wait_for(are_cleared, f"{', '.join(sorted(keys))} are over", 60)


def test_drift_is_found_told_and_repaired(
    checks: DriftChecks, endpoint: Endpoint, other_stack: "Stack", stripe: FakeStripe
) -> None:
    """A backfill fills empty tables; a pass in many slices then finds exactly what differs.

    Repairs leave what needs a person, then nothing.
    """
    alarms = Alarms(endpoint.client("cloudwatch"), other_stack.outputs["alarm_names"])
    checks.set_up(DRIFT_CHECK_REPAIR="true")
    # What `reconcile --in-aws --apply` does, from empty tables.
    filled = in_aws(DeployedStack(endpoint, other_stack.outputs), lambda *_: None, apply=True).told
    assert (filled.subscriptions, filled.repaired.total(), filled.remaining) == (SUBSCRIPTIONS,) * 2 + (0,)
    assert checks.pipeline.profile("drift_user_0")["subscriptionStatus"] == "active"
    checks.set_up(DRIFT_CHECK_REPAIR="false")
    _damage(checks)
    # A day passes between two passes. Within one second of Stripe's the second one would know nothing newer.
    stripe.now = lambda: time.time() + 60
    told_before, began = len(checks.log_lines("drift_difference")), dt.datetime.now(dt.UTC)
    looked = checks.whole_pass(most_seconds=0)
    assert looked["slices"] > 5
    assert (looked["subscriptions"], looked["users"]) == (SUBSCRIPTIONS, SUBSCRIPTIONS)
    assert (looked["differences"], looked["unrepaired"]) == (3, 3)
    told = checks.log_lines("drift_difference")[told_before:]
    assert _found(told) == {
        ("view", "sub_drift_5", "drift_user_5"),
        ("missing_profile", "sub_drift_110", "drift_user_110"),
        ("unknown_to_stripe", "sub_of_no_account", "drift_stranger"),
    }
    assert {line.get("command") for line in told} == {
        "stripe-handler sync --subscription sub_drift_5",
        "stripe-handler sync --subscription sub_drift_110",
        None,
    }
    assert "example.com" not in json.dumps(told)
    assert checks.pipeline.profile("drift_user_5")["subscriptionStatus"] == "free"
    assert alarms.fired(["drift_found"], began, 30) == {"drift_found"}
    checks.set_up(DRIFT_CHECK_REPAIR="true")
    repaired = checks.whole_pass()
    assert (repaired["repaired"], repaired["unrepaired"]) == (2, 1)
    config = checks.pipeline.config
    stranger: Any = {name: {"S": value} for name, value in config.profile_key("drift_stranger").items()}
    checks.pipeline.dynamodb.delete_item(TableName=config.table_name, Key=stranger)
    assert checks.whole_pass()["differences"] == 0
    assert checks.pipeline.profile("drift_user_5")["email"] == "someone@example.com"
    _pass_until_cleared(checks, alarms, {"drift_found", "drift_check_unfinished"})
