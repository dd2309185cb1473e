"""What is right for parked events: none waits for long, and they are counted every hour. Pure."""

import attrs

from stripe_handler_cli.operate.doctor.check import Area, Check, Finding, failed, passed, warned
from stripe_handler_cli.operate.doctor.commands import APPLY
from stripe_subscription_handler.operations.names import COUNT_PARKED_REQUEST

LIST_PARKED = "stripe-handler parked{stack_options}"
ENABLE_COUNT = "aws events enable-rule --name {parked_count_rule_name}"


@attrs.frozen
class ParkedFacts:
    """The events that wait for a user.

    Attributes:
        parked: All of them.
        expiring: Those that expire within 7 days.
    """

    parked: int
    expiring: int


@attrs.frozen
class HourlyCountFacts:
    """The rule that has the function count them.

    Attributes:
        name: Its name.
        state: AWS's word; None where there is no such rule.
        inputs: What it sends to the function, one for each target that is the function.
    """

    name: str
    state: str | None
    inputs: tuple[object, ...]


def judge_parked(facts: ParkedFacts) -> Finding:
    """None waits."""
    if facts.expiring:
        found = f"{facts.parked} events wait for a user, {facts.expiring} of them expire within 7 days"
        return failed(found, LIST_PARKED)
    if facts.parked:
        return warned(f"{facts.parked} events wait for a user", LIST_PARKED)
    return passed("none waits for a user")


def judge_hourly_count(facts: HourlyCountFacts) -> Finding:
    """The rule is enabled and asks the function for exactly that."""
    if facts.state is None:
        return failed(f"there is no rule {facts.name}", APPLY)
    if not facts.state.startswith("ENABLED"):
        return failed(
            f"{facts.name} is {facts.state}: nobody is told that parked events expire", ENABLE_COUNT
        )
    if COUNT_PARKED_REQUEST not in facts.inputs:
        return failed(f"{facts.name} does not ask the function to count", APPLY)
    return passed(f"{facts.name} asks the function to count")


PARKED = Check(
    key="parked-events",
    area=Area.TRAFFIC,
    title="Parked events",
    why="An event that nobody can map to a user waits 30 days for a label in Stripe, and is then gone.",
    checked="How many wait. Any is a warning; one that expires within 7 days fails.",
    fixes=(LIST_PARKED,),
    judge=judge_parked,
)
HOURLY_COUNT = Check(
    key="parked-count",
    area=Area.ALARMS,
    title="Hourly count",
    why="The alarm on parked events that expire rests on it.",
    checked="The rule that has the function count parked events is enabled and leads to the function.",
    fixes=(APPLY, ENABLE_COUNT),
    judge=judge_hourly_count,
)
