"""An event of 900 KB, nearly the largest that EventBridge takes: applied, and not lost when it fails."""

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from stripe_handler_cli.common.waiting import wait_for
from stripe_handler_cli.stack.endpoint import Endpoint
from support.lives import Life
from support.provoking import table_fault
from support.trials import Trial

if TYPE_CHECKING:
    from conftest import Stack

pytestmark = pytest.mark.embedded

LARGE = "x" * 900_000
ALARM = "function_destination_delivery_failures"


def test_a_large_event_that_fails_is_in_the_archive_and_reported(
    endpoint: Endpoint, fault_stack: "Stack", begin: Callable[[str], Trial]
) -> None:
    """Its failure record does not fit into the queue: an alarm says so, and the archive brings it back."""
    trial, life = begin("900 KB event that fails"), Life("large_failing")
    began = dt.datetime.now(dt.UTC)
    limit = endpoint.queues.get_queue_attributes(
        QueueUrl=trial.failure_queue_url, AttributeNames=["MaximumMessageSize"]
    )
    assert int(limit["Attributes"]["MaximumMessageSize"]) < len(LARGE)
    event = life.created(description=LARGE)
    with table_fault(endpoint, fault_stack.outputs["profile_table_name"], "AccessDeniedException"):
        trial.put(event)
        account = trial.settle(undeliverable=1)
    assert (account.failed, account.dropped, trial.waiting()) == (3, 1, 0)

    cloudwatch = endpoint.client("cloudwatch")
    name = fault_stack.outputs["alarm_names"][ALARM]

    def alarmed() -> Any:
        (alarm,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
        return alarm if alarm["StateValue"] == "ALARM" else None

    wait_for(alarmed, f"{name} fires", 60)
    trial.replay(event, account.attempts, began)
    assert trial.pipeline.profile(life.user_id)["subscriptionStatus"] == "active"
    trial.finish()


def test_a_large_event_without_a_user_says_that_it_cannot_wait(begin: Callable[[str], Trial]) -> None:
    """An item of DynamoDB holds 400 KB, so an event of 450 KB cannot be parked; the archive has it too."""
    trial, life = begin("450 KB event to park"), Life("large_parked")
    began = dt.datetime.now(dt.UTC)
    event = life.paid("paid", 2, user=None, description="x" * 450_000)
    trial.put(event)
    account = trial.settle(undeliverable=1)
    (line, *_) = trial.lines()
    assert (line["decision"], line["error_type"]) == ("error", "UserNotFoundError")
    assert "more than the 400,000 that can be parked" in line["reason"]
    trial.put(life.created())
    trial.settle()
    trial.replay(event, account.attempts, began)
    assert trial.pipeline.profile(life.user_id)["lastPaymentStatus"] == "succeeded"
    trial.finish()


def test_a_large_event_is_applied(begin: Callable[[str], Trial]) -> None:
    """Through the bus, the rule and the function like any other."""
    trial, life = begin("900 KB event"), Life("large")
    trial.put(life.created(description=LARGE))
    trial.settle()
    assert trial.pipeline.profile(life.user_id)["subscriptionStatus"] == "active"
    trial.finish()
