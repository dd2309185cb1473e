"""When the webhook bridge can be removed: once the event source brings everything that it brings.

The evidence is the function's log, whose lines name the `source` an event came under.
"""

import datetime as dt

import attrs

from stripe_handler_cli.operate.doctor.areas.event_bus import look_at_event_source
from stripe_handler_cli.operate.doctor.areas.traffic import TRIGGER
from stripe_handler_cli.operate.doctor.check import Area, Check, Examination, Finding, passed, warned
from stripe_handler_cli.operate.doctor.commands import APPLY
from stripe_handler_cli.operate.doctor.settings import environment_of
from stripe_handler_cli.operate.doctor.site import Site
from stripe_handler_cli.stack.function_log import FunctionLog, patterns, tells_decisions
from stripe_subscription_handler.config import VARIABLES, LogLevel

SEE_EVENT = (
    "aws logs filter-log-events --log-group-name {log_group_name} "
    "--filter-pattern '{{ $.event_id = \"'{event_id}'\" }}'"
)
LOG_DECISIONS = '# set log_level = "INFO" in the tfvars file, then\n' + APPLY
GRACE_MINUTES = 10
"""How long the event source may take longer than the webhook for the same event, before that counts."""
_SHOWN = 5
_EARLIER = dt.timedelta(hours=1)
"""The event source may have brought an event before the bridge did, and so before the hours looked at."""


@attrs.frozen(kw_only=True)
class BridgeFacts:
    """What came through the bridge, and what else brought it."""

    hours: int
    has_bridge: bool = True
    event_source: str | None = None  # None on a custom bus
    event_source_state: str | None = None  # AWS's word; None where there is no such source
    is_logged: bool = True  # every event that the function handles
    by_bridge: int = 0  # events, but for those of the last `GRACE_MINUTES`
    by_bridge_alone: tuple[str, ...] = ()  # ids of those among them, oldest first
    by_event_source: int = 0


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


def _judge_removable(facts: BridgeFacts) -> Finding:  # noqa: PLR0911 - a table of what can be so
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
            f"nothing to compare: in the last {facts.hours} hours no event came through the bridge, and "
            f"{facts.by_event_source} through the event source",
            TRIGGER,
        )
    if facts.by_bridge_alone:
        ids, count = facts.by_bridge_alone, len(facts.by_bridge_alone)
        shown = ", ".join(ids[:_SHOWN]) + (f" and {count - _SHOWN} more" if count > _SHOWN else "")
        return warned(
            f"still needed: {count} of {facts.by_bridge} events of the last {facts.hours} hours came through "
            f"the bridge only: {shown}",
            SEE_EVENT,
            event_id=ids[0],
        )
    return passed(
        f"can be removed: all {facts.by_bridge} events that came through it in the last {facts.hours} hours "
        "came through the event source too"
    )


WEBHOOK_REMOVABLE = Check(
    key="webhook-removable",
    area=Area.TRAFFIC,
    title="Webhook can be removed",
    why="A way in that nobody needs is one more to guard; one that is removed too early loses events.",
    checked=(
        "Where the stack has a webhook bridge: the event source is ACTIVE, and the function's log shows "
        "that every event of the last hours (`--recent-hours`) that came through the bridge came through the "
        f"event source too; the last {GRACE_MINUTES} minutes do not count yet. Events that only the bridge "
        "brought, or none at all to compare, are a warning."
    ),
    fixes=(APPLY, LOG_DECISIONS, TRIGGER, SEE_EVENT),
    judge=_judge_removable,
)

EXAMINATIONS = (Examination(look_at_bridge, (WEBHOOK_REMOVABLE,)),)
