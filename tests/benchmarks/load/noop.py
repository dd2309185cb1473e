"""The baseline of the load runs: a function that does nothing but log a line, on the same bus and emulator.

Whatever it costs to carry an event through the local AWS and to run any Python function for it is in its
figures; what ours costs more is the handler and its DynamoDB requests.
"""

import json
from collections.abc import Iterable
from typing import Any

from benchmarks.load.delivering import Event
from stripe_handler_cli.lab.local_stack import RunningStack
from support.cloud import Cloud

EVENT_TYPE = "benchmark.noop"
"""Ours takes its event types, this one takes its own; both rules are matched with every event."""

_CODE = """
import json
import sys
from datetime import datetime, timezone


def handler(event, context):
    line = {
        "event_id": event["detail"]["id"],
        "decision": "noop",
        "timestamp": datetime.now(timezone.utc).isoformat(),
    }
    sys.stdout.write(json.dumps(line) + "\\n")
"""


def make_noop(stack: RunningStack) -> str:
    """Deploy the function and a rule on the stack's partner bus; return the function's name."""
    cloud = Cloud(stack.running.endpoint_url, stack.running.environment())
    name, arn = cloud.function(_CODE, MemorySize=256, Timeout=30)
    cloud.permit_events(name)
    events: Any = cloud.client("events")
    bus_name = stack.pipeline.source
    pattern = {"source": [stack.pipeline.source], "detail-type": [EVENT_TYPE]}
    events.put_rule(Name=name, EventBusName=bus_name, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=name, EventBusName=bus_name, Targets=[{"Id": "noop", "Arn": arn}])
    return name


def for_noop(events: Iterable[Event], *, mark: str = "noop") -> list[Event]:
    """The same events, addressed to the no-op function; the mark makes their ids other ones."""
    return [{**event, "type": EVENT_TYPE, "id": f"{event['id']}_{mark}"} for event in events]
