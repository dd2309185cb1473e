"""What the function's log tells about the way each event came."""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

from stripe_handler_cli.operate.doctor.areas.traffic import BridgeFacts, look_at_bridge
from support.doctor.aws import Aws

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
PARTNER, BRIDGE = "aws.partner/stripe.com/ed_test_1", "stripe-webhook-bridge"


def look(*lines: tuple[float, str, str | None], level: str = "INFO", **outputs: str | None) -> BridgeFacts:
    """Look at a stack with a bridge beside a partner event source; a line is minutes ago, event, source."""

    def events(**request: Any) -> Iterator[dict[str, Any]]:
        # The lines of the time asked for, one a page, whether or not the filter pattern lets them through.
        for minutes, event_id, source in lines:
            moment = NOW - dt.timedelta(minutes=minutes)
            milliseconds = int(moment.timestamp() * 1000)
            if request["startTime"] <= milliseconds <= request["endTime"]:
                line = {"event_id": event_id, "decision": "skip", "timestamp": moment.isoformat()}
                whole = json.dumps(line | ({"source": source} if source else {}))
                yield {"events": [{"timestamp": milliseconds, "message": whole}]}

    answers = {
        "describe_event_source": {"State": "ACTIVE"},
        "get_function_configuration": {"Environment": {"Variables": {"LOG_LEVEL": level}}},
        "filter_log_events": events,
    }
    named = {
        "event_bus_name": PARTNER,
        "log_group_name": "/aws/lambda/f",
        "function_name": "f",
        "webhook_bridge_event_source": BRIDGE,
        **outputs,
    }
    return look_at_bridge(Aws(answers).site(named, now=NOW))


def test_events_are_compared_by_their_ids() -> None:
    """However often and in which order each way brought them; lines without a source tell nothing."""
    facts = look(
        (24 * 60 + 30, "evt_a", PARTNER),  # a little before the day, and before the bridge
        (23 * 60, "evt_a", BRIDGE),
        (300, "evt_c", BRIDGE),
        (290, "evt_c", BRIDGE),
        (200, "evt_b", BRIDGE),
        (100, "evt_b", PARTNER),
        (90, "evt_d", PARTNER),
        (80, "evt_c", None),
    )
    assert (facts.by_bridge, facts.by_bridge_alone, facts.by_event_source) == (3, ("evt_c",), 3)
    assert (facts.event_source_state, facts.is_logged) == ("ACTIVE", True)


def test_what_may_still_come_does_not_count() -> None:
    """The last minutes; nor what is older than the hours asked for."""
    facts = look((5, "evt_new", BRIDGE), (24 * 60 + 5, "evt_old", BRIDGE))
    assert (facts.by_bridge, facts.by_bridge_alone) == (0, ())


def test_a_function_that_logs_errors_only_tells_nothing() -> None:
    """Its log is not read."""
    facts = look((60, "evt_a", BRIDGE), level="ERROR")
    assert (facts.is_logged, facts.by_bridge) == (False, 0)


def test_without_a_bridge_or_a_partner_source_there_is_nothing_to_ask() -> None:
    """No log is read then."""
    assert not look(webhook_bridge_event_source=None).has_bridge
    assert look(event_bus_name="a-custom-bus").event_source is None
