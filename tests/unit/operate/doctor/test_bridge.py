"""What the function's log tells about the way each event came."""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import attrs

from stripe_handler_cli.operate.doctor.areas.traffic import BridgeFacts, look_at_bridge
from stripe_handler_cli.operate.doctor.site import Site
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.endpoint import Endpoint

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
PARTNER, BRIDGE = "aws.partner/stripe.com/ed_test_1", "stripe-webhook-bridge"


@attrs.define
class Aws:
    """A function and its log.

    Attributes:
        lines: Minutes ago, event and source.
        level: The function's LOG_LEVEL.
        state: Of the event source.
    """

    lines: tuple[tuple[float, str, str | None], ...] = ()
    level: str = "INFO"
    state: str = "ACTIVE"

    def describe_event_source(self, **_: Any) -> dict[str, Any]:
        """Answer as EventBridge."""
        return {"State": self.state}

    def get_function_configuration(self, **_: Any) -> dict[str, Any]:
        """Answer as Lambda."""
        return {"Environment": {"Variables": {"LOG_LEVEL": self.level}}}

    def get_paginator(self, operation: str) -> "Aws":
        """CloudWatch Logs, page by page."""
        assert operation == "filter_log_events"
        return self

    def paginate(self, **request: Any) -> Iterator[dict[str, Any]]:
        """One page: the lines of the time asked for, as the filter pattern would let them through or not."""
        for minutes, event_id, source in self.lines:
            moment = NOW - dt.timedelta(minutes=minutes)
            milliseconds = int(moment.timestamp() * 1000)
            if request["startTime"] <= milliseconds <= request["endTime"]:
                line = {"event_id": event_id, "decision": "skip", "timestamp": moment.isoformat()}
                whole = json.dumps(line | ({"source": source} if source else {}))
                yield {"events": [{"timestamp": milliseconds, "message": whole}]}


def look(aws: Aws, **outputs: str | None) -> BridgeFacts:
    """Look at a stack with a bridge beside a partner event source."""
    named = {
        "event_bus_name": PARTNER,
        "log_group_name": "/aws/lambda/f",
        "function_name": "f",
        "webhook_bridge_event_source": BRIDGE,
        **outputs,
    }
    client: Any = aws
    return look_at_bridge(Site(DeployedStack(Endpoint({}, lambda _: client), named), now=NOW))


def test_events_are_compared_by_their_ids() -> None:
    """However often and in which order each way brought them; lines without a source tell nothing."""
    aws = Aws(
        (
            (24 * 60 + 30, "evt_a", PARTNER),  # a little before the day, and before the bridge
            (23 * 60, "evt_a", BRIDGE),
            (300, "evt_c", BRIDGE),
            (290, "evt_c", BRIDGE),
            (200, "evt_b", BRIDGE),
            (100, "evt_b", PARTNER),
            (90, "evt_d", PARTNER),
            (80, "evt_c", None),
        )
    )
    facts = look(aws)
    assert (facts.by_bridge, facts.by_bridge_alone, facts.by_event_source) == (3, ("evt_c",), 3)
    assert (facts.event_source_state, facts.is_logged) == ("ACTIVE", True)


def test_what_may_still_come_does_not_count() -> None:
    """The last minutes; nor what is older than the hours asked for."""
    facts = look(Aws(((5, "evt_new", BRIDGE), (24 * 60 + 5, "evt_old", BRIDGE))))
    assert (facts.by_bridge, facts.by_bridge_alone) == (0, ())


def test_a_function_that_logs_errors_only_tells_nothing() -> None:
    """Its log is not read."""
    facts = look(Aws(((60, "evt_a", BRIDGE),), level="ERROR"))
    assert (facts.is_logged, facts.by_bridge) == (False, 0)


def test_without_a_bridge_or_a_partner_source_there_is_nothing_to_ask() -> None:
    """No log is read then."""
    assert not look(Aws(), webhook_bridge_event_source=None).has_bridge
    assert look(Aws(), event_bus_name="a-custom-bus").event_source is None
