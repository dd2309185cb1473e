"""What a living stack shows: events came lately, and reached the function."""

import attrs

from stripe_handler_cli.operate.doctor.check import Area, Check, Examination, Finding, passed, warned
from stripe_handler_cli.operate.doctor.metrics import recent_sum
from stripe_handler_cli.operate.doctor.site import Site

TRIGGER = "stripe trigger customer.subscription.created --add subscription:metadata.userId=doctor"


@attrs.frozen
class TrafficFacts:
    """Events of the last hours."""

    hours: int
    from_stripe: int | None  # of any type; None on a custom bus
    invocations: int


def look_at_traffic(site: Site) -> TrafficFacts:
    """GetMetricStatistics: the rule's invocations, and the event source's events of any type."""
    source = site.stack.partner_event_source
    rule = {"EventBusName": site.output("event_bus_name"), "RuleName": site.output("rule_name")}
    return TrafficFacts(
        hours=site.recent_hours,
        from_stripe=recent_sum(site, "AWS/Events", "Events", EventSourceName=source) if source else None,
        invocations=recent_sum(site, "AWS/Events", "Invocations", **rule),
    )


def _judge_recent_events(facts: TrafficFacts) -> Finding:
    if facts.invocations:
        return passed(f"{facts.invocations} in the last {facts.hours} hours")
    if facts.from_stripe:
        return warned(
            f"{facts.from_stripe} events came from Stripe in the last {facts.hours} hours, and the rule "
            "passed none on",
            TRIGGER,
        )
    return warned(f"none in the last {facts.hours} hours", TRIGGER)


RECENT_EVENTS = Check(
    key="recent-events",
    area=Area.TRAFFIC,
    title="Recent events",
    why="A pipeline without events looks as healthy as one that works.",
    checked=(
        "How often the rule invoked the function in the last hours (`--recent-hours`), and how many events "
        "the event source brought. None is a warning."
    ),
    fixes=(TRIGGER,),
    judge=_judge_recent_events,
)

EXAMINATIONS = (Examination(look_at_traffic, (RECENT_EVENTS,)),)
