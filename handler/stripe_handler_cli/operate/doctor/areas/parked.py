"""Parked events: none waits for a user, least of all until it expires."""

from stripe_handler_cli.operate.doctor.check import Area, Check, Examination, Finding, failed, passed, warned
from stripe_handler_cli.operate.doctor.site import Site
from stripe_subscription_handler.operations.parked_count import ParkedCount, count_parked

LIST_PARKED = "stripe-handler parked{stack_options}"


def look_at_parked(site: Site) -> ParkedCount:
    """Counts in the index of parked events; reads no event."""
    return count_parked(site.client("dynamodb"), site.output("sync_table_name"), int(site.now.timestamp()))


def _judge_parked(facts: ParkedCount) -> Finding:
    if facts.expiring:
        found = f"{facts.parked} events wait for a user, {facts.expiring} of them expire within 7 days"
        return failed(found, LIST_PARKED)
    if facts.parked:
        return warned(f"{facts.parked} events wait for a user", LIST_PARKED)
    return passed("none waits for a user")


PARKED = Check(
    key="parked-events",
    area=Area.TRAFFIC,
    title="Parked events",
    why="An event that nobody can map to a user waits 30 days for a label in Stripe, and is then gone.",
    checked="How many wait. Any is a warning; one that expires within 7 days fails.",
    fixes=(LIST_PARKED,),
    judge=_judge_parked,
)

EXAMINATIONS = (Examination(look_at_parked, (PARKED,)),)
