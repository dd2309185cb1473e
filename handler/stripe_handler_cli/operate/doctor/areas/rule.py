"""What a healthy rule and target are: which events pass, to whom, and where those go that cannot. Pure."""

import json

import attrs

from stripe_handler_cli.operate.doctor.arns import short
from stripe_handler_cli.operate.doctor.check import Area, Check, Finding, failed, passed, warned
from stripe_handler_cli.operate.doctor.commands import APPLY
from stripe_subscription_handler.events.event_types import DEFAULT_EVENT_TYPES

THIN_PREFIX = "v1."
"""The types of thin events begin with it."""
ENABLE_RULE = "aws events enable-rule --name {rule_name} --event-bus-name {event_bus_name}"
# Not Terraform: its provider (5.100.0) takes a dead-letter queue that somebody removed for one that is there,
# and to replace the target would leave the rule without one for a moment.
PUT_TARGET = "aws events put-targets --rule {rule_name} --event-bus-name {event_bus_name} --targets {targets}"
LEAST_EVENT_AGE_SECONDS = 3600
DEFAULT_EVENT_AGE_SECONDS = 86400
DEFAULT_ATTEMPTS = 185
"""What EventBridge does for a target without a retry policy."""


@attrs.frozen
class RuleFacts:
    """The rule.

    Attributes:
        name: Its name.
        state: AWS's word; None where there is no such rule.
        admitted_types: Of the event types the function handles, those it lets pass from Stripe.
        admits_other_types: Whether it lets pass what the function only skips.
        admits_other_sources: Whether it lets pass events of any source.
        bridge_sources: Sources it names besides Stripe's own.
        admits_ping: Whether it lets pass what Stripe sends to test its destination.
    """

    name: str
    state: str | None
    admitted_types: frozenset[str]
    admits_other_types: bool
    admits_other_sources: bool
    bridge_sources: tuple[str, ...] = ()
    admits_ping: bool = True


@attrs.frozen
class Target:
    """One target of the rule.

    Attributes:
        id: Its id within the rule.
        arn: What is invoked.
        dead_letter_queue_arn: Where an event goes that cannot be handed over.
        maximum_attempts: How often EventBridge tries again.
        maximum_age_seconds: For how long.
        is_reshaped: Whether the event is changed on its way (input, path or transformer).
    """

    id: str
    arn: str
    dead_letter_queue_arn: str | None
    maximum_attempts: int = DEFAULT_ATTEMPTS
    maximum_age_seconds: int = DEFAULT_EVENT_AGE_SECONDS
    is_reshaped: bool = False


@attrs.frozen
class TargetFacts:
    """Where the rule leads.

    Attributes:
        targets: All of its targets.
        function_arn: The function it should lead to.
        delivery_queue_arn: The delivery dead-letter queue.
        alias: The alias by which it should invoke it; None where it may be any.
    """

    targets: tuple[Target, ...]
    function_arn: str
    delivery_queue_arn: str
    alias: str | None = None

    @property
    def ours(self) -> Target | None:
        """The target that is the function, or a version or alias of it."""
        return next((target for target in self.targets if self._is_function(target.arn)), None)

    def _is_function(self, arn: str) -> bool:
        return arn == self.function_arn or arn.startswith(f"{self.function_arn}:")


def judge_rule_enabled(facts: RuleFacts) -> Finding:
    """It is there, and enabled."""
    if facts.state is None:
        return failed(f"there is no rule {facts.name}", APPLY)
    if not facts.state.startswith("ENABLED"):
        return failed(f"{facts.state}: events pass by and are only in the archive", ENABLE_RULE)
    return passed(facts.state)


def judge_rule_pattern(facts: RuleFacts) -> Finding:
    """It lets pass the five documented types at least, from Stripe only."""
    if facts.state is None:
        return failed(f"there is no rule {facts.name}", APPLY)
    if not facts.admitted_types:
        return failed("it lets none of Stripe's subscription events pass", APPLY)
    if facts.admits_other_sources:
        return failed("it lets events of any source pass: whoever may put events can forge Stripe's", APPLY)
    # Either form of a type will do: Stripe's destination sends snapshots or thin events, not both.
    admitted = {name.removeprefix(THIN_PREFIX) for name in facts.admitted_types}
    missing = [name for name in DEFAULT_EVENT_TYPES if name not in admitted]
    missing += [] if facts.admits_ping else ["Stripe's ping, so that no test of the connection is ever seen"]
    if missing:
        return warned(f"left out: {', '.join(missing)}", APPLY)
    if facts.admits_other_types:
        return warned(
            "it also lets event types pass that the function only skips; each costs an invocation", APPLY
        )
    return passed(f"{len(facts.admitted_types)} event types of Stripe pass, and its ping, nothing else")


def judge_target(facts: TargetFacts) -> Finding:
    """The function, unchanged events, retries for at least an hour."""
    target = facts.ours
    if target is None:
        others = ", ".join(short(target.arn) for target in facts.targets) or "none"
        return failed(f"the function is not a target; targets: {others}", APPLY)
    if target.is_reshaped:
        return failed("the target changes the event, so the function cannot read it", APPLY)
    if facts.alias is not None and target.arn != f"{facts.function_arn}:{facts.alias}":
        return failed(f"it leads to {short(target.arn)}, not to the alias {facts.alias}", APPLY)
    if target.maximum_attempts == 0 or target.maximum_age_seconds < LEAST_EVENT_AGE_SECONDS:
        tried = f"{target.maximum_attempts} retries within {target.maximum_age_seconds} s"
        return warned(f"{tried}: an hour's outage fills the dead-letter queue", APPLY)
    if len(facts.targets) > 1:
        others = ", ".join(short(other.arn) for other in facts.targets if other is not target)
        return warned(f"the rule has other targets too: {others}; give them a rule of their own", APPLY)
    hours = target.maximum_age_seconds / 3600
    return passed(f"{short(target.arn)}, {target.maximum_attempts} retries within {hours:g} hours")


def judge_delivery_path(facts: TargetFacts) -> Finding:
    """What cannot be handed over goes to the delivery dead-letter queue."""
    target = facts.ours
    if target is None:
        return failed("the function is not a target of the rule", APPLY)
    if target.dead_letter_queue_arn != facts.delivery_queue_arn:
        wired = short(target.dead_letter_queue_arn) if target.dead_letter_queue_arn else None
        found = (
            f"wired to another queue: {wired}"
            if wired
            else "the target has no dead-letter queue: events that cannot be delivered are dropped"
        )
        return failed(found, PUT_TARGET, targets=_with_queue(target, facts.delivery_queue_arn))
    return passed(f"to the queue {short(target.dead_letter_queue_arn)}")


def _with_queue(target: Target, queue_arn: str) -> str:
    """The target as the AWS CLI takes it, with the queue it should have."""
    wanted = {
        "Id": target.id,
        "Arn": target.arn,
        "RetryPolicy": {
            "MaximumRetryAttempts": target.maximum_attempts,
            "MaximumEventAgeInSeconds": target.maximum_age_seconds,
        },
        "DeadLetterConfig": {"Arn": queue_arn},
    }
    return json.dumps([wanted])


RULE_ENABLED = Check(
    key="rule-enabled",
    area=Area.RULE,
    title="Rule enabled",
    why="Events that come while the rule is disabled reach nobody; only the archive keeps them.",
    checked="The rule exists and is ENABLED.",
    fixes=(ENABLE_RULE, APPLY),
    judge=judge_rule_enabled,
)
RULE_PATTERN = Check(
    key="rule-pattern",
    area=Area.RULE,
    title="Event pattern",
    why=(
        "A type that is left out never reaches a profile; a source too many lets anyone forge a subscription."
    ),
    checked=(
        "EventBridge itself is asked (TestEventPattern) which types pass from which sources. None of the "
        "handled types, or foreign sources, fails; one of the five documented types or Stripe's ping "
        "missing, or types that are only skipped, is a warning."
    ),
    fixes=(APPLY,),
    judge=judge_rule_pattern,
)
TARGET = Check(
    key="target",
    area=Area.RULE,
    title="Target",
    why="The rule must lead to the function, with the event as Stripe sent it, and try long enough.",
    checked=(
        "The target is the function (or a version or alias of it; with SnapStart, the stack's alias), "
        "without input transformation. No retries, or less than an hour of them, and further targets are "
        "warnings."
    ),
    fixes=(APPLY,),
    judge=judge_target,
)
DELIVERY_PATH = Check(
    key="delivery-path",
    area=Area.RULE,
    title="Delivery failures kept",
    why=(
        "An event that cannot be handed to the function is dropped unless the target has a dead-letter queue."
    ),
    checked="The target's dead-letter queue is the delivery dead-letter queue.",
    fixes=(PUT_TARGET, APPLY),
    judge=judge_delivery_path,
)
