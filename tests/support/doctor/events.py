"""Cases about Stripe's destination, the bus, the rule and its target."""

import attrs

from stripe_handler_cli.operate.doctor.areas import event_bus as bus
from stripe_handler_cli.operate.doctor.areas import rule, self_check, stripe
from stripe_handler_cli.operate.doctor.commands import APPLY
from stripe_handler_cli.operate.doctor.policies import parse_policy
from stripe_handler_cli.stack.event_destinations import EventDestination
from stripe_handler_cli.stack.other_rules import OtherRule
from stripe_subscription_handler.events.event_types import (
    DEFAULT_EVENT_TYPES,
    GENERATION_FAILURE_EVENT,
    MAIN_EVENT_TYPES,
)
from support.doctor.cases import FAIL, PASS, WARN, Cases

SOURCE = "aws.partner/stripe.com/ed_test_1"
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:handler"
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:delivery"
TYPES = frozenset(DEFAULT_EVENT_TYPES)
THIN = frozenset(f"v1.{name}" for name in TYPES)

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
    return attrs.evolve(rule.RuleFacts("r", "ENABLED", TYPES, False, False), **changes)  # noqa: FBT003


def target(*others: rule.Target, **changes: object) -> rule.TargetFacts:
    """A good target, beside others."""
    ours = attrs.evolve(rule.Target("t", FUNCTION, QUEUE), **changes)
    return rule.TargetFacts((ours, *others), FUNCTION, QUEUE)


def by_alias(**changes: object) -> rule.TargetFacts:
    """A target where the stack has an alias."""
    return attrs.evolve(target(**changes), alias="live")


def destination(
    *,
    admitted_types: frozenset[str] = TYPES,
    has_key: bool = False,
    events_problem: str | None = None,
    connect_events: str = "skip",
    **changes: object,
) -> stripe.DestinationFacts:
    """A good event destination, or one with changes."""
    good = EventDestination(id="ed_test_1", enabled_events=TYPES, api_version="2026-10-28.endive")
    return stripe.DestinationFacts(
        event_source=SOURCE,
        found=attrs.evolve(good, **changes),
        admitted_types=admitted_types,
        has_key=has_key,
        events_problem=events_problem,
        connect_events=connect_events,
    )


def destination_of(
    *scopes: str, connect_events: str = "skip", payload: str = "snapshot"
) -> stripe.DestinationFacts:
    """One that sends the events of these accounts."""
    return destination(events_from=frozenset(scopes), connect_events=connect_events, payload=payload)


CUSTOM = stripe.DestinationFacts(event_source=None)
NONE = stripe.DestinationFacts(event_source=SOURCE)
OTHER = rule.Target("o", "arn:aws:sqs:eu-west-1:123456789012:another", None)

CASES: Cases = {
    rule.rule_pattern: (
        (the_rule(admits_ping=False), WARN, "ping", APPLY),
        (the_rule(admits_failures=False), WARN, "left out: v2.core.health", APPLY),
        (the_rule(), PASS, "13 event types"),
        (the_rule(admitted_types=THIN), PASS, "13 event types"),
        (the_rule(state=None), FAIL, "there is no rule r", APPLY),
        (the_rule(admitted_types=frozenset()), FAIL, "none of Stripe's", APPLY),
        (the_rule(admits_other_sources=True), FAIL, "forge", APPLY),
        (
            the_rule(admitted_types=TYPES - {"customer.subscription.deleted"}),
            WARN,
            "left out: customer.subscription.deleted",
            APPLY,
        ),
        (the_rule(admitted_types=TYPES - {"customer.updated"}), WARN, "left out: customer.updated", APPLY),
        (the_rule(admits_other_events=True), WARN, "costs an invocation", APPLY),
    ),
    stripe.stripe_destination: (
        (destination(), PASS, "ed_test_1 is enabled"),
        (CUSTOM, PASS, "does not apply"),
        (NONE, FAIL, "no event destination", stripe.MAKE_DESTINATION),
        (
            destination(is_enabled=False, disabled_reason="no_aws_event_source_exists"),
            FAIL,
            "disabled (no_aws_event_source_exists)",
            stripe.ENABLE_DESTINATION,
        ),
    ),
    stripe.stripe_events_from: (
        (destination(), PASS, "sends the events of @self"),
        (CUSTOM, PASS, "does not apply"),
        (NONE, FAIL, "no event destination", stripe.MAKE_DESTINATION),
        (destination_of("@accounts"), FAIL, "account itself never come", stripe.REPLACE_DESTINATION),
        (
            destination_of("@accounts", connect_events="handle", payload="thin"),
            FAIL,
            "the events of @accounts: those of the account itself never come",
            stripe.REPLACE_THIN_DESTINATION,
        ),
        (
            destination_of("@organization_members/@accounts", connect_events="handle"),
            FAIL,
            "account itself never come",
            stripe.REPLACE_DESTINATION,
        ),
        (destination_of("@organization_members", connect_events="handle"), PASS, "of @organization_members"),
        (destination_of("@organization_members"), FAIL, "skips such events", stripe.HANDLE_CONNECT_EVENTS),
        (destination_of("acct_1"), FAIL, "skips such events", stripe.HANDLE_CONNECT_EVENTS),
        (destination_of("acct_1", connect_events="handle"), PASS, "of acct_1"),
        (destination_of("@self", "@accounts"), PASS, "of @accounts and @self"),
        (destination_of("@self", "@accounts", connect_events="handle"), PASS, "of @accounts and @self"),
        (
            destination(connect_events="handle"),
            WARN,
            "those of connected accounts never come",
            stripe.REPLACE_DESTINATION,
        ),
    ),
    stripe.stripe_event_types: (
        (destination(), PASS, "the 13 types"),
        (CUSTOM, PASS, "does not apply"),
        (NONE, FAIL, "no event destination", stripe.MAKE_DESTINATION),
        (
            destination(enabled_events=TYPES - {"invoice.payment_failed"}),
            FAIL,
            "does not send invoice.payment_failed",
            stripe.SET_EVENT_TYPES,
        ),
        (
            destination(admitted_types=TYPES | {"customer.subscription.paused"}),
            FAIL,
            "does not send customer.subscription.paused",
            stripe.SET_EVENT_TYPES,
        ),
        (destination(enabled_events=frozenset("*")), WARN, "every type there is"),
        (
            destination(
                enabled_events=frozenset(MAIN_EVENT_TYPES), admitted_types=frozenset(MAIN_EVENT_TYPES)
            ),
            PASS,
            "the 5 types",
        ),
        (
            destination(enabled_events=frozenset(MAIN_EVENT_TYPES)),
            FAIL,
            "does not send checkout.session.completed, customer.created, customer.deleted, customer.updated",
            stripe.SET_EVENT_TYPES,
        ),
        (
            destination(payload="thin", enabled_events=THIN),
            FAIL,
            "the rule lets none of its thin events pass",
            APPLY,
        ),
        (destination(payload="thin", enabled_events=THIN, admitted_types=TYPES | THIN), PASS, "the 13 types"),
    ),
    stripe.stripe_payload: (
        (destination(), PASS, "snapshots of API version 2026-10-28.endive"),
        (CUSTOM, PASS, "does not apply"),
        (NONE, FAIL, "no event destination", stripe.MAKE_DESTINATION),
        (destination(payload="thin"), FAIL, "no Stripe key", self_check.USE_A_SECRET),
        (destination(payload="thin", has_key=True), PASS, "thin events; each costs"),
        (
            destination(payload="thin", has_key=True, events_problem="Stripe refuses the API key"),
            WARN,
            "cannot read: Stripe refuses",
        ),
    ),
    stripe.stripe_generation_failures: (
        (destination(), PASS, "it sends snapshots"),
        (CUSTOM, PASS, "does not apply"),
        (NONE, FAIL, "no event destination", stripe.MAKE_DESTINATION),
        (
            destination(payload="thin", enabled_events=THIN),
            WARN,
            "does not send v2.core.health.event_generation_failure.resolved",
            stripe.SET_EVENT_TYPES,
        ),
        (destination(payload="thin", enabled_events=THIN | {GENERATION_FAILURE_EVENT}), PASS, "it tells"),
        (destination(payload="thin", enabled_events=frozenset("*")), PASS, "it tells"),
    ),
    bus.event_source: (
        (source(), PASS, "ed_test_1 is ACTIVE"),
        (source(state="PENDING", expires_in_seconds=3.25 * 86400), FAIL, "expires in 3.2 days", APPLY),
        (source(state="PENDING"), FAIL, "expires soon", APPLY),
        (source(state="DELETED"), FAIL, "is DELETED", bus.NEW_DESTINATION),
        (source(state=None), FAIL, "there is no event source", bus.NEW_DESTINATION),
        (source(name=None, bridge_sources=("bridge",)), PASS, "a bridge as bridge"),
        (source(name=None), WARN, "nothing brings", bus.NAME_A_SOURCE),
    ),
    bus.event_bus: (
        (bus.BusFacts(SOURCE, exists=True, statements=()), PASS, "lets nobody else in"),
        (
            bus.BusFacts(SOURCE, True, (), (OtherRule("mail", "ENABLED", (FUNCTION,)),)),  # noqa: FBT003
            PASS,
            "nobody else in; a rule of others: mail (leads to function:handler)",
        ),
        (bus.BusFacts(SOURCE, exists=False, statements=()), FAIL, "there is no event bus", APPLY),
        (
            bus.BusFacts("b", exists=True, statements=PUBLIC_BUS),
            WARN,
            "others put events on it: Anyone",
            bus.REMOVE_BUS_PERMISSIONS,
        ),
    ),
    bus.archive: (
        (archive(), PASS, "keeps events 30 days"),
        (archive(retention_days=0), PASS, "for ever"),
        (archive(retention_days=3), WARN, "3 days only", APPLY),
        (archive(state=None), FAIL, "there is no archive", APPLY),
        (archive(state="DISABLED", reason="why"), FAIL, "DISABLED: why", APPLY),
        (archive(is_of_bus=False), FAIL, "another event bus", APPLY),
        (archive(holds_stripe_events=False), FAIL, "leaves Stripe's events out", APPLY),
    ),
    bus.forwarding: (
        (forwarding(bus=None), PASS, "does not apply"),
        (forwarding(), PASS, "f leads to b"),
        (forwarding(exists=False), FAIL, "there is no event bus b", APPLY),
        (forwarding(rules={}), FAIL, "no rule leads to b", APPLY),
        (forwarding(rules={"f": "DISABLED"}), FAIL, "f is disabled", bus.ENABLE_FORWARDING),
    ),
    rule.rule_enabled: (
        (the_rule(), PASS, "ENABLED"),
        (the_rule(state="DISABLED"), FAIL, "only in the archive", rule.ENABLE_RULE),
        (the_rule(state=None), FAIL, "there is no rule r", APPLY),
    ),
    rule.bridge_rule_enabled: (
        (rule.BridgeRuleFacts(None), PASS, "does not apply"),
        (rule.BridgeRuleFacts("b", "ENABLED"), PASS, "ENABLED"),
        (rule.BridgeRuleFacts("b", "DISABLED"), FAIL, "the archive of its bus", rule.ENABLE_BRIDGE_RULE),
        (rule.BridgeRuleFacts("b", None), FAIL, "there is no rule b", APPLY),
    ),
    rule.target: (
        (target(), PASS, "function:handler, 185 retries within 24 h"),
        (target(arn=f"{FUNCTION}:live"), PASS, "function:handler:live"),
        (by_alias(arn=f"{FUNCTION}:live"), PASS, "function:handler:live"),
        (by_alias(), FAIL, "leads to function:handler, not to the alias live", APPLY),
        (by_alias(arn=f"{FUNCTION}:7"), FAIL, "not to the alias live", APPLY),
        (target(arn=f"{FUNCTION}-2"), FAIL, "not a target; targets: function:handler-2", APPLY),
        (rule.TargetFacts((), FUNCTION, QUEUE), FAIL, "targets: none", APPLY),
        (target(is_reshaped=True), FAIL, "changes the event", APPLY),
        (target(maximum_attempts=0), WARN, "0 retries", APPLY),
        (target(maximum_age_seconds=60), WARN, "within 60 s", APPLY),
        (target(OTHER), WARN, "other targets too: another", APPLY),
    ),
    rule.delivery_path: (
        (target(), PASS, "the queue delivery"),
        (target(dead_letter_queue_arn=None), FAIL, "are dropped", rule.PUT_TARGET),
        (target(dead_letter_queue_arn="arn:x"), FAIL, "another queue: arn:x", rule.PUT_TARGET),
        (rule.TargetFacts((), FUNCTION, QUEUE), FAIL, "not a target", APPLY),
    ),
}
