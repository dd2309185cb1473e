"""What a living stack shows: events came lately, by which way they came, and none waits for a user."""

import datetime as dt

import attrs

from stripe_handler_cli.common.words import plural
from stripe_handler_cli.operate.doctor.areas.event_bus import look_at_event_source
from stripe_handler_cli.operate.doctor.check import Area, Finding, check, failed, passed, warned
from stripe_handler_cli.operate.doctor.commands import APPLY
from stripe_handler_cli.operate.doctor.site import Site, environment_of, metric_points
from stripe_handler_cli.stack.function_log import FunctionLog, patterns, tells_decisions
from stripe_subscription_handler.config import VARIABLES, LogLevel
from stripe_subscription_handler.operations.parked_count import ParkedCount, count_parked

TRIGGER = "stripe trigger customer.subscription.created --add subscription:metadata.userId=doctor"
SEE_EVENT = (
    "aws logs filter-log-events --log-group-name {log_group_name} "
    "--filter-pattern '{{ $.event_id = \"'{event_id}'\" }}'"
)
LOG_DECISIONS = '# set log_level = "INFO" in {settings}, then\n' + APPLY
GRACE_MINUTES = 10
"""How long the event source may take longer than the webhook for the same event, before that counts."""
_SHOWN = 5
_EARLIER = dt.timedelta(hours=1)
"""The event source may have brought an event before the bridge did, and so before the hours looked at."""
LIST_PARKED = "stripe-handler parked{stack_options}"


@attrs.frozen
class TrafficFacts:
    """Events of the last hours."""

    hours: int
    from_stripe: int | None  # of any type; None on a custom bus
    invocations: int


def look_at_traffic(site: Site) -> TrafficFacts:
    source = site.stack.partner_event_source
    rule = {"EventBusName": site.output("event_bus_name"), "RuleName": site.output("rule_name")}
    return TrafficFacts(
        hours=site.recent_hours,
        from_stripe=_recent_sum(site, "Events", EventSourceName=source) if source else None,
        invocations=_recent_sum(site, "Invocations", **rule),
    )


def _recent_sum(site: Site, name: str, **of: str) -> int:
    span = dt.timedelta(hours=site.recent_hours)
    points = metric_points(site, "AWS/Events", name, "Sum", span, 3600, **of)
    return int(sum(point["Sum"] for point in points))


@check(Area.TRAFFIC, look_at_traffic, TRIGGER)
def recent_events(facts: TrafficFacts) -> Finding:
    """Recent events.

    A pipeline without events looks as healthy as one that works.

    How often the rule invoked the function in the last hours (`--recent-hours`), and how many events the
    event source brought. None is a warning.
    """
    if facts.invocations:
        return passed(f"{facts.invocations} in the last {plural(facts.hours, 'hour')}")
    if facts.from_stripe:
        return warned(
            f"{plural(facts.from_stripe, 'event')} came from Stripe in the last "
            f"{plural(facts.hours, 'hour')}, and the rule passed none on",
            TRIGGER,
        )
    return warned(f"none in the last {plural(facts.hours, 'hour')}", TRIGGER)


@attrs.frozen(kw_only=True)
class BridgeFacts:
    """What came through the webhook bridge, and what else brought it, by the `source` of the log's lines."""

    hours: int
    has_bridge: bool = True
    event_source: str | None = None  # None on a custom bus
    event_source_state: str | None = None  # AWS's word; None where there is no such source
    is_logged: bool = True  # every event that the function handles
    by_bridge: int = 0  # events, but for those of the last `GRACE_MINUTES`
    by_bridge_alone: tuple[str, ...] = ()  # ids of those among them, oldest first
    by_event_source: int = 0


def look_at_bridge(site: Site) -> BridgeFacts:
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
        of_either = log.lines(
            wanted, lambda line: line.source in {bridge, partner}, start - _EARLIER, site.now
        )
        for line in of_either:
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


@check(Area.TRAFFIC, look_at_bridge, APPLY, LOG_DECISIONS, TRIGGER, SEE_EVENT)
def webhook_removable(facts: BridgeFacts) -> Finding:  # noqa: PLR0911 - a table of what can be so
    """Webhook can be removed.

    A way in that nobody needs is one more to guard; one that is removed too early loses events.

    Where the stack has a webhook bridge: the event source is ACTIVE, and the function's log shows that
    every event of the last hours (`--recent-hours`) that came through the bridge came through the event
    source too; the last {GRACE_MINUTES} minutes do not count yet. Events that only the bridge brought, or
    none at all to compare, are a warning.
    """
    if not facts.has_bridge:
        return passed("does not apply: the stack has no webhook bridge")
    if facts.event_source is None:
        return passed("needed: there is no partner event source, so events come through the bridge alone")
    if facts.event_source_state != "ACTIVE":
        state = facts.event_source_state or "missing"
        return warned(f"still needed: the event source is {state}", APPLY)
    if not facts.is_logged:
        return warned("cannot be told: the function logs errors only (log_level)", LOG_DECISIONS)
    if not facts.by_bridge:
        return warned(
            f"nothing to compare: in the last {plural(facts.hours, 'hour')} no event came through the "
            f"bridge, and {facts.by_event_source} through the event source",
            TRIGGER,
        )
    if facts.by_bridge_alone:
        ids, count = facts.by_bridge_alone, len(facts.by_bridge_alone)
        shown = ", ".join(ids[:_SHOWN]) + (f" and {count - _SHOWN} more" if count > _SHOWN else "")
        return warned(
            f"still needed: {count} of {plural(facts.by_bridge, 'event')} of the last "
            f"{plural(facts.hours, 'hour')} came through the bridge only: {shown}",
            SEE_EVENT,
            event_id=ids[0],
        )
    return passed(
        f"can be removed: all that came through it in the last {plural(facts.hours, 'hour')} "
        f"({plural(facts.by_bridge, 'event')}) came through the event source too"
    )


def look_at_parked(site: Site) -> ParkedCount:
    """Counts in the index of parked events; reads no event."""
    return count_parked(site.client("dynamodb"), site.output("sync_table_name"), int(site.now.timestamp()))


@check(Area.TRAFFIC, look_at_parked, LIST_PARKED)
def parked_events(facts: ParkedCount) -> Finding:
    """Parked events.

    An event that nobody can map to a user waits 30 days for a label in Stripe, and is then gone.

    How many wait. Any is a warning; one that expires within 7 days fails.
    """
    if facts.expiring:
        found = f"{_waiting(facts)}; to expire within 7 days: {facts.expiring}"
        return failed(found, LIST_PARKED)
    if facts.parked:
        return warned(_waiting(facts), LIST_PARKED)
    return passed("none waits for a user")


def _waiting(facts: ParkedCount) -> str:
    return f"{plural(facts.parked, 'event')} {'waits' if facts.parked == 1 else 'wait'} for a user"
