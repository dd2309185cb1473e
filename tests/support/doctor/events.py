"""Cases about Stripe's destination, the bus, the rule and its target."""

import attrs

from stripe_handler_cli.operate.doctor.areas import event_bus as bus
from stripe_handler_cli.operate.doctor.areas import rule, self_check, stripe
from stripe_handler_cli.operate.doctor.commands import APPLY
from stripe_handler_cli.operate.doctor.policies import parse_policy
from stripe_handler_cli.stack.event_destinations import EventDestination
from stripe_subscription_handler.events.event_types import DEFAULT_EVENT_TYPES
from support.doctor.cases import FAIL, PASS, WARN, Case

SOURCE = "aws.partner/stripe.com/ed_test_1"
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:handler"
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:delivery"
FIVE = frozenset(DEFAULT_EVENT_TYPES)
THIN = frozenset(f"v1.{name}" for name in FIVE)

PUBLIC_BUS = parse_policy(
    {"Statement": {"Sid": "Anyone", "Effect": "Allow", "Principal": "*", "Action": "events:PutEvents"}}
)


def source(**changes: object) -> bus.EventSourceFacts:
    """An active event source."""
    return attrs.evolve(bus.EventSourceFacts(SOURCE, "ACTIVE", None, ()), **changes)


def archive(**changes: object) -> bus.ArchiveFacts:
    """A good archive."""
    return attrs.evolve(bus.ArchiveFacts("ENABLED", "", True, True, 30), **changes)  # noqa: FBT003


def forwarding(**changes: object) -> bus.ForwardingFacts:
    """A good forwarding bus."""
    return attrs.evolve(bus.ForwardingFacts("b", exists=True, rules={"f": "ENABLED"}), **changes)


def the_rule(**changes: object) -> rule.RuleFacts:
    """A good rule."""
    return attrs.evolve(rule.RuleFacts("r", "ENABLED", FIVE, False, False), **changes)  # noqa: FBT003


def target(*others: rule.Target, **changes: object) -> rule.TargetFacts:
    """A good target, beside others."""
    ours = attrs.evolve(rule.Target("t", FUNCTION, QUEUE), **changes)
    return rule.TargetFacts((ours, *others), FUNCTION, QUEUE)


def by_alias(**changes: object) -> rule.TargetFacts:
    """A target where the stack has an alias."""
    return attrs.evolve(target(**changes), alias="live")


def destination(
    *, admitted_types: frozenset[str] = FIVE, has_key: bool = False, **changes: object
) -> stripe.DestinationFacts:
    """A good event destination, or one with changes."""
    good = EventDestination(id="ed_test_1", enabled_events=FIVE, api_version="2026-10-28.endive")
    return stripe.DestinationFacts(
        event_source=SOURCE,
        found=attrs.evolve(good, **changes),
        admitted_types=admitted_types,
        has_key=has_key,
    )


CUSTOM = stripe.DestinationFacts(event_source=None)
NONE = stripe.DestinationFacts(event_source=SOURCE)
OTHER = rule.Target("o", "arn:aws:sqs:eu-west-1:123456789012:another", None)

CASES = (
    Case(rule.RULE_PATTERN, the_rule(admits_ping=False), WARN, "ping", APPLY),
    Case(stripe.DESTINATION, destination(), PASS, "ed_test_1 is enabled"),
    Case(stripe.DESTINATION, CUSTOM, PASS, "does not apply"),
    Case(stripe.DESTINATION, NONE, FAIL, "no event destination", stripe.MAKE_DESTINATION),
    Case(
        stripe.DESTINATION,
        destination(is_enabled=False, disabled_reason="no_aws_event_source_exists"),
        FAIL,
        "disabled (no_aws_event_source_exists)",
        stripe.ENABLE_DESTINATION,
    ),
    Case(stripe.EVENT_TYPES, destination(), PASS, "the 5 types"),
    Case(stripe.EVENT_TYPES, CUSTOM, PASS, "does not apply"),
    Case(stripe.EVENT_TYPES, NONE, FAIL, "no event destination", stripe.MAKE_DESTINATION),
    Case(
        stripe.EVENT_TYPES,
        destination(enabled_events=FIVE - {"invoice.payment_failed"}),
        FAIL,
        "does not send invoice.payment_failed",
        stripe.SET_EVENT_TYPES,
    ),
    Case(
        stripe.EVENT_TYPES,
        destination(admitted_types=FIVE | {"invoice.paid"}),
        FAIL,
        "does not send invoice.paid",
        stripe.SET_EVENT_TYPES,
    ),
    Case(stripe.EVENT_TYPES, destination(enabled_events=frozenset("*")), WARN, "every type there is"),
    Case(
        stripe.EVENT_TYPES,
        destination(payload="thin", enabled_events=THIN),
        FAIL,
        "the rule lets none of its thin events pass",
        APPLY,
    ),
    Case(
        stripe.EVENT_TYPES,
        destination(payload="thin", enabled_events=THIN, admitted_types=FIVE | THIN),
        PASS,
        "the 5 types",
    ),
    Case(stripe.PAYLOAD, destination(), PASS, "snapshots of API version 2026-10-28.endive"),
    Case(stripe.PAYLOAD, CUSTOM, PASS, "does not apply"),
    Case(stripe.PAYLOAD, NONE, FAIL, "no event destination", stripe.MAKE_DESTINATION),
    Case(stripe.PAYLOAD, destination(payload="thin"), FAIL, "no Stripe key", self_check.USE_A_SECRET),
    Case(stripe.PAYLOAD, destination(payload="thin", has_key=True), PASS, "thin events; each costs"),
    Case(bus.EVENT_SOURCE, source(), PASS, "ed_test_1 is ACTIVE"),
    Case(
        bus.EVENT_SOURCE,
        source(state="PENDING", expires_in_seconds=3.25 * 86400),
        FAIL,
        "expires in 3.2 days",
        APPLY,
    ),
    Case(bus.EVENT_SOURCE, source(state="PENDING"), FAIL, "expires soon", APPLY),
    Case(bus.EVENT_SOURCE, source(state="DELETED"), FAIL, "is DELETED", bus.NEW_DESTINATION),
    Case(bus.EVENT_SOURCE, source(state=None), FAIL, "there is no event source", bus.NEW_DESTINATION),
    Case(bus.EVENT_SOURCE, source(name=None, bridge_sources=("bridge",)), PASS, "a bridge as bridge"),
    Case(bus.EVENT_SOURCE, source(name=None), WARN, "nothing brings", bus.NAME_A_SOURCE),
    Case(bus.EVENT_BUS, bus.BusFacts(SOURCE, True, ()), PASS, "lets nobody else in"),  # noqa: FBT003
    Case(bus.EVENT_BUS, bus.BusFacts(SOURCE, False, ()), FAIL, "there is no event bus", APPLY),  # noqa: FBT003
    Case(
        bus.EVENT_BUS,
        bus.BusFacts("b", True, PUBLIC_BUS),  # noqa: FBT003
        WARN,
        "others put events on it: Anyone",
        bus.REMOVE_BUS_PERMISSIONS,
    ),
    Case(bus.ARCHIVE, archive(), PASS, "keeps events 30 days"),
    Case(bus.ARCHIVE, archive(retention_days=0), PASS, "for ever"),
    Case(bus.ARCHIVE, archive(retention_days=3), WARN, "3 days only", APPLY),
    Case(bus.ARCHIVE, archive(state=None), FAIL, "there is no archive", APPLY),
    Case(bus.ARCHIVE, archive(state="DISABLED", reason="why"), FAIL, "DISABLED: why", APPLY),
    Case(bus.ARCHIVE, archive(is_of_bus=False), FAIL, "another event bus", APPLY),
    Case(bus.ARCHIVE, archive(holds_stripe_events=False), FAIL, "leaves Stripe's events out", APPLY),
    Case(bus.FORWARDING, forwarding(bus=None), PASS, "does not apply"),
    Case(bus.FORWARDING, forwarding(), PASS, "f leads to b"),
    Case(bus.FORWARDING, forwarding(exists=False), FAIL, "there is no event bus b", APPLY),
    Case(bus.FORWARDING, forwarding(rules={}), FAIL, "no rule leads to b", APPLY),
    Case(bus.FORWARDING, forwarding(rules={"f": "DISABLED"}), FAIL, "f is disabled", bus.ENABLE_FORWARDING),
    Case(rule.RULE_ENABLED, the_rule(), PASS, "ENABLED"),
    Case(rule.RULE_ENABLED, the_rule(state="DISABLED"), FAIL, "only in the archive", rule.ENABLE_RULE),
    Case(rule.RULE_ENABLED, the_rule(state=None), FAIL, "there is no rule r", APPLY),
    Case(rule.RULE_PATTERN, the_rule(), PASS, "5 event types"),
    Case(rule.RULE_PATTERN, the_rule(admitted_types=THIN), PASS, "5 event types"),
    Case(rule.RULE_PATTERN, the_rule(state=None), FAIL, "there is no rule r", APPLY),
    Case(rule.RULE_PATTERN, the_rule(admitted_types=frozenset()), FAIL, "none of Stripe's", APPLY),
    Case(rule.RULE_PATTERN, the_rule(admits_other_sources=True), FAIL, "forge", APPLY),
    Case(
        rule.RULE_PATTERN,
        the_rule(admitted_types=FIVE - {"customer.subscription.deleted"}),
        WARN,
        "left out: customer.subscription.deleted",
        APPLY,
    ),
    Case(rule.RULE_PATTERN, the_rule(admits_other_types=True), WARN, "costs an invocation", APPLY),
    Case(rule.TARGET, target(), PASS, "function:handler, 185 retries within 24 hours"),
    Case(rule.TARGET, target(arn=f"{FUNCTION}:live"), PASS, "function:handler:live"),
    Case(rule.TARGET, by_alias(arn=f"{FUNCTION}:live"), PASS, "function:handler:live"),
    Case(rule.TARGET, by_alias(), FAIL, "leads to function:handler, not to the alias live", APPLY),
    Case(rule.TARGET, by_alias(arn=f"{FUNCTION}:7"), FAIL, "not to the alias live", APPLY),
    Case(rule.TARGET, target(arn=f"{FUNCTION}-2"), FAIL, "not a target; targets: function:handler-2", APPLY),
    Case(rule.TARGET, rule.TargetFacts((), FUNCTION, QUEUE), FAIL, "targets: none", APPLY),
    Case(rule.TARGET, target(is_reshaped=True), FAIL, "changes the event", APPLY),
    Case(rule.TARGET, target(maximum_attempts=0), WARN, "0 retries", APPLY),
    Case(rule.TARGET, target(maximum_age_seconds=60), WARN, "within 60 s", APPLY),
    Case(rule.TARGET, target(OTHER), WARN, "other targets too: another", APPLY),
    Case(rule.DELIVERY_PATH, target(), PASS, "the queue delivery"),
    Case(rule.DELIVERY_PATH, target(dead_letter_queue_arn=None), FAIL, "are dropped", rule.PUT_TARGET),
    Case(
        rule.DELIVERY_PATH,
        target(dead_letter_queue_arn="arn:x"),
        FAIL,
        "another queue: arn:x",
        rule.PUT_TARGET,
    ),
    Case(rule.DELIVERY_PATH, rule.TargetFacts((), FUNCTION, QUEUE), FAIL, "not a target", APPLY),
)
