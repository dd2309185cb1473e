"""The rule and its target: which events pass, to whom, and where those go that cannot."""

import json
from typing import Any

import attrs

from stripe_handler_cli.common.words import plural
from stripe_handler_cli.operate.doctor.arns import short
from stripe_handler_cli.operate.doctor.check import Area, Finding, check, failed, passed, warned
from stripe_handler_cli.operate.doctor.commands import APPLY
from stripe_handler_cli.operate.doctor.site import Site, environment_of, found_or_none
from stripe_handler_cli.stack.event_pattern import EventPattern, telling
from stripe_subscription_handler.config import VARIABLES
from stripe_subscription_handler.events.event_types import (
    DEFAULT_EVENT_TYPES,
    GENERATION_FAILURE_EVENT,
    HANDLED_TYPES,
    PING_EVENT,
)
from stripe_subscription_handler.events.selection import DEFAULT_USER_ID_METADATA_KEY

THIN_PREFIX = "v1."
"""The types of thin events begin with it."""
ENABLE_RULE = "aws events enable-rule --name {rule_name} --event-bus-name {event_bus_name}"
ENABLE_BRIDGE_RULE = (
    "aws events enable-rule --name {webhook_bridge_rule_name} --event-bus-name {webhook_bridge_bus_name}"
)
# Not Terraform: its provider (5.100.0) takes a dead-letter queue that somebody removed for one that is there,
# and to replace the target would leave the rule without one for a moment.
PUT_TARGET = "aws events put-targets --rule {rule_name} --event-bus-name {event_bus_name} --targets {targets}"
LEAST_EVENT_AGE_SECONDS = 3600
DEFAULT_EVENT_AGE_SECONDS = 86400
DEFAULT_ATTEMPTS = 185
"""What EventBridge does for a target without a retry policy."""
_SKIPPED_TYPES = ("charge.succeeded", "checkout.session.completed")
"""What the function only skips, if the session's mode is `payment`."""
_STRIPE_SOURCE = "aws.partner/stripe.com/ed_doctor"
"""Stands for an event source of Stripe's where the stack has none of its own."""


@attrs.frozen
class RuleFacts:
    """The rule."""

    name: str
    state: str | None  # AWS's word; None where there is no such rule
    admitted_types: frozenset[str]  # of those the function handles, from Stripe
    admits_other_events: bool  # what the function only skips
    admits_other_sources: bool
    bridge_sources: tuple[str, ...] = ()  # named besides Stripe's own
    admits_ping: bool = True  # what Stripe sends to test its destination
    admits_failures: bool = True  # what it sends where it failed to generate another event


def look_at_rule(site: Site) -> RuleFacts:
    """DescribeRule, and which events it lets pass, by EventBridge's own answer (TestEventPattern)."""
    name, bus = site.output("rule_name"), site.output("event_bus_name")
    found = found_or_none(site.client("events").describe_rule, Name=name, EventBusName=bus) or {}
    pattern = found.get("EventPattern")
    if not pattern:
        return RuleFacts(name, found.get("State"), frozenset(), False, False)  # noqa: FBT003 - nothing passes
    bridges = EventPattern.of(found).sources
    passing = {
        name
        for name in [*HANDLED_TYPES, *(THIN_PREFIX + name for name in HANDLED_TYPES)]
        if any(admits(site, pattern, name, source) for source in (None, *bridges))
    }
    return RuleFacts(
        name=name,
        state=found["State"],
        admitted_types=frozenset(passing),
        admits_other_events=any(admits(site, pattern, name, mode="payment") for name in _SKIPPED_TYPES),
        admits_other_sources=admits(site, pattern, HANDLED_TYPES[0], "stripe-handler.doctor.not-stripe"),
        bridge_sources=bridges,
        admits_ping=admits(site, pattern, PING_EVENT),
        admits_failures=admits(site, pattern, GENERATION_FAILURE_EVENT),
    )


def admits(
    site: Site, pattern: str, event_type: str, source: str | None = None, *, mode: str = "subscription"
) -> bool:
    """TestEventPattern: whether a pattern lets an event pass, of Stripe's source unless another is named.

    It says whose a subscription is, as far as its type can; a checkout session has the `mode`.
    """
    key = environment_of(site).get(VARIABLES["user_id_metadata_key"], DEFAULT_USER_ID_METADATA_KEY)
    event = {
        "id": "doctor",
        "account": "000000000000",
        "source": source or site.stack.partner_event_source or _STRIPE_SOURCE,
        "time": "2026-01-01T00:00:00Z",
        "region": "us-east-1",
        "resources": [],
        "detail-type": event_type,
        "detail": telling(event_type, key, mode),
    }
    answer = site.client("events").test_event_pattern(EventPattern=pattern, Event=json.dumps(event))
    return bool(answer["Result"])


@check(Area.RULE, look_at_rule, ENABLE_RULE, APPLY)
def rule_enabled(facts: RuleFacts) -> Finding:
    """Rule enabled.

    Events that come while the rule is disabled reach nobody; only the archive keeps them.

    The rule exists and is ENABLED.
    """
    if facts.state is None:
        return failed(f"there is no rule {facts.name}")
    if not facts.state.startswith("ENABLED"):
        return failed(f"{facts.state}: events pass by and are only in the archive", ENABLE_RULE)
    return passed(facts.state)


@attrs.frozen
class BridgeRuleFacts:
    """The rule on the webhook bridge's own bus."""

    name: str | None  # None where there is no such bus
    state: str | None = None  # AWS's word; None where there is no such rule


def look_at_bridge_rule(site: Site) -> BridgeRuleFacts:
    """DescribeRule."""
    name = site.stack.outputs.get("webhook_bridge_rule_name")
    if name is None:
        return BridgeRuleFacts(None)
    bus = site.output("webhook_bridge_bus_name")
    found = found_or_none(site.client("events").describe_rule, Name=name, EventBusName=bus) or {}
    return BridgeRuleFacts(str(name), found.get("State"))


@check(Area.RULE, look_at_bridge_rule, ENABLE_BRIDGE_RULE, APPLY)
def bridge_rule_enabled(facts: BridgeRuleFacts) -> Finding:
    """Bridge's rule enabled.

    The webhook bridge tells Stripe that it took an event, which then reaches nobody.

    Where the webhook bridge has a bus of its own: its rule exists and is ENABLED.
    """
    if facts.name is None:
        return passed("does not apply: there is no webhook bridge with a bus of its own")
    if facts.state is None:
        return failed(f"there is no rule {facts.name}")
    if not facts.state.startswith("ENABLED"):
        return failed(
            f"{facts.state}: what the bridge takes is only in the archive of its bus", ENABLE_BRIDGE_RULE
        )
    return passed(facts.state)


@check(Area.RULE, look_at_rule)
def rule_pattern(facts: RuleFacts) -> Finding:
    """Event pattern.

    A type that is left out never reaches a profile; a source too many lets anyone forge a subscription.

    EventBridge itself is asked (TestEventPattern) which events pass from which sources; of sessions and
    customers, such as say whose a subscription is. None of the handled types, or foreign sources, fails;
    one of the documented types or Stripe's ping missing, or events that are only skipped, is a warning.
    """
    if facts.state is None:
        return failed(f"there is no rule {facts.name}")
    if not facts.admitted_types:
        return failed("it lets none of Stripe's subscription events pass")
    if facts.admits_other_sources:
        return failed("it lets events of any source pass: whoever may put events can forge Stripe's")
    # Either form of a type will do: Stripe's destination sends snapshots or thin events, not both.
    admitted = {name.removeprefix(THIN_PREFIX) for name in facts.admitted_types}
    missing = [name for name in DEFAULT_EVENT_TYPES if name not in admitted]
    missing += [] if facts.admits_failures else [GENERATION_FAILURE_EVENT]
    missing += [] if facts.admits_ping else ["Stripe's ping, so that no test of the connection is ever seen"]
    if missing:
        return warned(f"left out: {', '.join(missing)}", APPLY)
    if facts.admits_other_events:
        found = "it also lets events pass that the function only skips; each costs an invocation"
        return warned(found, APPLY)
    return passed(f"{plural(len(facts.admitted_types), 'event type')} of Stripe, its ping, and nothing else")


@attrs.frozen
class Target:
    """One target of the rule."""

    id: str
    arn: str
    dead_letter_queue_arn: str | None
    maximum_attempts: int = DEFAULT_ATTEMPTS
    maximum_age_seconds: int = DEFAULT_EVENT_AGE_SECONDS
    is_reshaped: bool = False  # by an input, a path or a transformer


@attrs.frozen
class TargetFacts:
    """Where the rule leads."""

    targets: tuple[Target, ...]
    function_arn: str
    delivery_queue_arn: str
    alias: str | None = None  # None where any may be invoked

    @property
    def ours(self) -> Target | None:
        """The target that is the function, or a version or alias of it."""
        return next((one for one in self.targets if f"{one.arn}:".startswith(f"{self.function_arn}:")), None)


def look_at_target(site: Site) -> TargetFacts:
    found = found_or_none(
        site.client("events").list_targets_by_rule,
        Rule=site.output("rule_name"),
        EventBusName=site.output("event_bus_name"),
    )
    return TargetFacts(
        tuple(map(_target, (found or {}).get("Targets", ()))),
        site.output("function_arn"),
        site.output("delivery_dead_letter_queue_arn"),
        site.stack.function_alias,
    )


def _target(raw: dict[str, Any]) -> Target:
    retries = raw.get("RetryPolicy", {})
    return Target(
        id=raw["Id"],
        arn=raw["Arn"],
        dead_letter_queue_arn=raw.get("DeadLetterConfig", {}).get("Arn"),
        maximum_attempts=retries.get("MaximumRetryAttempts", DEFAULT_ATTEMPTS),
        maximum_age_seconds=retries.get("MaximumEventAgeInSeconds", DEFAULT_EVENT_AGE_SECONDS),
        is_reshaped=any(raw.get(name) for name in ("Input", "InputPath", "InputTransformer")),
    )


def invoked_by_rule(site: Site) -> dict[str, str]:
    """Function and, where the rule invokes a version or alias, that: each has its own policy and attempts."""
    function = {"FunctionName": site.output("function_name")}
    target = site.see(look_at_target).ours
    qualifier = target.arn.removeprefix(site.output("function_arn")).lstrip(":") if target else ""
    return {**function, "Qualifier": qualifier} if qualifier else function


@check(Area.RULE, look_at_target)
def target(facts: TargetFacts) -> Finding:
    """Target.

    The rule must lead to the function, with the event as Stripe sent it, and try long enough.

    The target is the function (or a version or alias of it; with SnapStart, the stack's alias), without
    input transformation. No retries, or less than an hour of them, and further targets are warnings.
    """
    target = facts.ours
    if target is None:
        others = ", ".join(short(target.arn) for target in facts.targets) or "none"
        return failed(f"the function is not a target; targets: {others}")
    if target.is_reshaped:
        return failed("the target changes the event, so the function cannot read it")
    if facts.alias is not None and target.arn != f"{facts.function_arn}:{facts.alias}":
        return failed(f"it leads to {short(target.arn)}, not to the alias {facts.alias}")
    if target.maximum_attempts == 0 or target.maximum_age_seconds < LEAST_EVENT_AGE_SECONDS:
        tried = f"{target.maximum_attempts} retries within {target.maximum_age_seconds} s"
        return warned(f"{tried}: an hour's outage fills the dead-letter queue", APPLY)
    if len(facts.targets) > 1:
        others = ", ".join(short(other.arn) for other in facts.targets if other is not target)
        return warned(f"the rule has other targets too: {others}; give them a rule of their own", APPLY)
    hours = target.maximum_age_seconds / 3600
    return passed(
        f"{short(target.arn)}, {plural(target.maximum_attempts, 'retry', 'retries')} within {hours:g} h"
    )


@check(Area.RULE, look_at_target, PUT_TARGET, APPLY)
def delivery_path(facts: TargetFacts) -> Finding:
    """Delivery failures kept.

    An event that cannot be handed to the function is dropped unless the target has a dead-letter queue.

    The target's dead-letter queue is the delivery dead-letter queue.
    """
    target = facts.ours
    if target is None:
        return failed("the function is not a target of the rule")
    wired, wanted = target.dead_letter_queue_arn, facts.delivery_queue_arn
    if wired == wanted:
        return passed(f"to the queue {short(wanted)}")
    found = "the target has no dead-letter queue: events that cannot be delivered are dropped"
    if wired:
        found = f"wired to another queue: {short(wired)}"
    # The target as the AWS CLI takes it, with the queue that it should have.
    mended = {
        "Id": target.id,
        "Arn": target.arn,
        "RetryPolicy": {
            "MaximumRetryAttempts": target.maximum_attempts,
            "MaximumEventAgeInSeconds": target.maximum_age_seconds,
        },
        "DeadLetterConfig": {"Arn": wanted},
    }
    return failed(found, PUT_TARGET, targets=json.dumps([mended]))
