"""Asks the function's log under which sources events came."""

import datetime as dt

from stripe_handler_cli.operate.doctor.areas.webhook_bridge import GRACE_MINUTES, BridgeFacts
from stripe_handler_cli.operate.doctor.looks.events import look_at_event_source
from stripe_handler_cli.operate.doctor.looks.functions import environment_of
from stripe_handler_cli.operate.doctor.site import Site
from stripe_handler_cli.stack.function_log import FunctionLog, patterns, tells_decisions
from stripe_subscription_handler.config import VARIABLES, LogLevel

_EARLIER = dt.timedelta(hours=1)
"""The event source may have brought an event before the bridge did, and so before the hours looked at."""


def look_at_bridge(site: Site) -> BridgeFacts:
    """FilterLogEvents, for the lines of the bridge's source and of the event source."""
    bridge = site.stack.outputs.get("webhook_bridge_event_source")
    partner = site.stack.partner_event_source
    if bridge is None or partner is None:
        return BridgeFacts(hours=site.recent_hours, has_bridge=bridge is not None, event_source=partner)
    level = LogLevel(environment_of(site).get(VARIABLES["log_level"], LogLevel.INFO))
    log = FunctionLog(site.client("logs"), site.output("log_group_name"))
    start = site.now - dt.timedelta(hours=site.recent_hours)
    until = site.now - dt.timedelta(minutes=GRACE_MINUTES)
    wanted = patterns(("source", source) for source in (bridge, partner))
    by_bridge: dict[str, None] = {}  # in the order of the log
    by_partner: set[str] = set()
    if tells_decisions(level):
        for line in log.lines(
            wanted, lambda line: line.source in {bridge, partner}, start - _EARLIER, site.now
        ):
            if line.event_id is None:
                continue
            if line.source == partner:
                by_partner.add(line.event_id)
            elif start <= line.handled_at <= until:
                by_bridge[line.event_id] = None
    return BridgeFacts(
        hours=site.recent_hours,
        event_source=partner,
        event_source_state=site.see(look_at_event_source).state,
        is_logged=tells_decisions(level),
        by_bridge=len(by_bridge),
        by_bridge_alone=tuple(event_id for event_id in by_bridge if event_id not in by_partner),
        by_event_source=len(by_partner),
    )
