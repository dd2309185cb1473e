"""What a living stack shows: events came lately, and reached the function. Pure."""

import attrs

from stripe_handler_cli.operate.doctor.check import Area, Check, Finding, passed, warned

TRIGGER = "stripe trigger customer.subscription.created --add subscription:metadata.userId=doctor"


@attrs.frozen
class TrafficFacts:
    """Events of the last hours.

    Attributes:
        hours: How many hours were looked at.
        from_stripe: Events the event source brought, of any type; None on a custom bus.
        invocations: Times the rule invoked the function.
    """

    hours: int
    from_stripe: int | None
    invocations: int


def judge_recent_events(facts: TrafficFacts) -> Finding:
    """Something came."""
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
    judge=judge_recent_events,
)
