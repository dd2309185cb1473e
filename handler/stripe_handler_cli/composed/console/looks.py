"""The looks at a stack that the pipeline's picture is made of, an AWS request or two each. Judges nothing."""

import functools
import time
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from stripe_handler_cli.common.moments import iso
from stripe_handler_cli.composed.console.desk import Desk
from stripe_handler_cli.composed.console.metrics import Series, metrics_of, read_series
from stripe_handler_cli.operate.parked.waiting import read_waiting
from stripe_handler_cli.operate.profile_events.command import QUEUE_OUTPUT
from stripe_handler_cli.stack.dead_letters.messages import Choice, Layer
from stripe_handler_cli.stack.dead_letters.of_stack import queues
from stripe_subscription_handler.comparison.tally import Tally
from stripe_subscription_handler.drift_check.drift_pass import DriftPass
from stripe_subscription_handler.drift_check.pass_table import PassTable
from stripe_subscription_handler.events.selection import DEFAULT_USER_ID_METADATA_KEY

_ALARMS_AT_ONCE = 100
"""DescribeAlarms takes no more names."""


@attrs.frozen
class Alarm:
    """An alarm of the stack's that is not quiet.

    Attributes:
        key: Its name in Terraform, and its section in the runbook.
        is_ringing: Else it lacks data.
        told: What its description in CloudWatch says.
    """

    key: str
    name: str
    is_ringing: bool
    since: str
    told: str


@attrs.frozen
class LastDrift:
    """The drift check's last pass."""

    the_pass: DriftPass
    tally: Tally


def looks_at(desk: Desk) -> dict[str, Callable[[], Any]]:
    """Each look by its name; what a stack does not have is not looked at."""
    outputs = desk.outputs
    found: dict[str, Callable[[], Any]] = {
        "figures": lambda: read_series(
            desk.stack.endpoint.client("cloudwatch"), metrics_of(outputs), desk.now()
        ),
        "rule": functools.partial(_rule, desk),
        "delivery": functools.partial(_queue, desk, Layer.DELIVERY),
        "failure": functools.partial(_queue, desk, Layer.FUNCTION),
        "parked": lambda: read_waiting(
            desk.stack.endpoint.dynamodb, desk.stack.output("sync_table_name"), int(time.time()), limit=1
        ),
        "alarms": functools.partial(_alarms, desk),
    }
    if outputs.get("drift_check_function_name"):
        found["drift"] = functools.partial(last_drift, desk)
    if outputs.get(QUEUE_OUTPUT):
        found["untold"] = functools.partial(_untold, desk)
    return found


def last_drift(desk: Desk) -> LastDrift | None:
    """What the drift check found last; None before its first pass."""
    table = PassTable(desk.stack.endpoint.dynamodb, desk.stack.output("sync_table_name"))
    last = table.last()
    return None if last is None else LastDrift(last, Tally.from_json(last.state.get("tally")))


def _figures(desk: Desk) -> Mapping[str, Series]:
    return read_series(desk.stack.endpoint.client("cloudwatch"), metrics_of(desk.outputs), desk.now())


def _rule(desk: Desk) -> Mapping[str, Any]:
    stack = desk.stack
    answer: Any = stack.endpoint.events.describe_rule(
        Name=stack.output("rule_name"), EventBusName=stack.output("event_bus_name")
    )
    return {"state": str(answer.get("State", "")), "name": stack.output("rule_name")}


def _queue(desk: Desk, layer: Layer) -> Any:
    (queue,) = queues(desk.stack, Choice(layers=frozenset({layer})), DEFAULT_USER_ID_METADATA_KEY)
    return queue.counts()


def _untold(desk: Desk) -> int:
    names: Any = ["ApproximateNumberOfMessages"]
    answer: Any = desk.stack.endpoint.queues.get_queue_attributes(
        QueueUrl=desk.stack.output(QUEUE_OUTPUT), AttributeNames=names
    )
    return int(answer["Attributes"][names[0]])


def _alarms(desk: Desk) -> tuple[Alarm, ...]:
    keys = {str(name): str(key) for key, name in desk.outputs.get("alarm_names", {}).items()}
    names, client = sorted(keys), desk.stack.endpoint.client("cloudwatch")
    found: list[Alarm] = []
    for start in range(0, len(names), _ALARMS_AT_ONCE):
        answer = client.describe_alarms(
            AlarmNames=names[start : start + _ALARMS_AT_ONCE], MaxRecords=_ALARMS_AT_ONCE
        )
        found += [
            Alarm(
                key=keys[one["AlarmName"]],
                name=one["AlarmName"],
                is_ringing=one["StateValue"] == "ALARM",
                since=iso(one["StateUpdatedTimestamp"]),
                told=one.get("AlarmDescription", ""),
            )
            for one in answer["MetricAlarms"]
            if one["StateValue"] != "OK" and one["AlarmName"] in keys
        ]
    return tuple(sorted(found, key=lambda one: (not one.is_ringing, one.since)))
