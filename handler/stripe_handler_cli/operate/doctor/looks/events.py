"""Asks EventBridge: event source, bus, archive, rule, target."""

import json
from typing import TYPE_CHECKING, Any

from stripe_handler_cli.operate.doctor.areas.event_bus import (
    ArchiveFacts,
    BusFacts,
    EventSourceFacts,
    ForwardingFacts,
)
from stripe_handler_cli.operate.doctor.areas.parked import HourlyCountFacts
from stripe_handler_cli.operate.doctor.areas.rule import (
    DEFAULT_ATTEMPTS,
    DEFAULT_EVENT_AGE_SECONDS,
    THIN_PREFIX,
    RuleFacts,
    Target,
    TargetFacts,
)
from stripe_handler_cli.operate.doctor.policies import parse_policy
from stripe_handler_cli.operate.doctor.site import Site, found_or_none
from stripe_subscription_handler.events.event_types import INVOICE_EVENTS, PING_EVENT, SUBSCRIPTION_EVENTS

if TYPE_CHECKING:
    import datetime as dt

_STRIPE_SOURCE = "aws.partner/stripe.com/ed_doctor"
"""Stands for an event source of Stripe's where the stack has none of its own."""
_OTHER_SOURCE = "stripe-handler.doctor.not-stripe"
_OTHER_TYPE = "charge.succeeded"
_RESHAPING = ("Input", "InputPath", "InputTransformer")


def look_at_event_source(site: Site) -> EventSourceFacts:
    """DescribeEventSource; on a custom bus, the rule's pattern."""
    name = site.stack.partner_event_source
    if name is None:
        bridge = site.stack.outputs.get("webhook_bridge_event_source")
        sources = site.see(look_at_rule).bridge_sources or ((str(bridge),) if bridge else ())
        return EventSourceFacts(None, None, None, sources)
    found = found_or_none(site.client("events").describe_event_source, Name=name)
    expires: dt.datetime | None = (found or {}).get("ExpirationTime")
    return EventSourceFacts(
        name=name,
        state=found["State"] if found else None,
        expires_in_seconds=(expires - site.now).total_seconds() if expires else None,
        bridge_sources=(),
    )


def look_at_bus(site: Site) -> BusFacts:
    """DescribeEventBus."""
    name = site.output("event_bus_name")
    found = found_or_none(site.client("events").describe_event_bus, Name=name)
    return BusFacts(name, found is not None, parse_policy((found or {}).get("Policy")))


def look_at_archive(site: Site) -> ArchiveFacts:
    """DescribeArchive, and whether its pattern admits an event of Stripe's."""
    name = site.output("archive_name")
    found = found_or_none(site.client("events").describe_archive, ArchiveName=name) or {}
    pattern = found.get("EventPattern")
    return ArchiveFacts(
        state=found.get("State"),
        reason=found.get("StateReason", ""),
        is_of_bus=found.get("EventSourceArn") == site.output("event_bus_arn"),
        holds_stripe_events=not pattern or _admits(site, pattern, _source(site), next(iter(INVOICE_EVENTS))),
        retention_days=found.get("RetentionDays", 0),
    )


def look_at_forwarding(site: Site) -> ForwardingFacts:
    """DescribeEventBus of the second bus, and ListRuleNamesByTarget on the first."""
    name = site.stack.outputs.get("forwarding_bus_name")
    if name is None:
        return ForwardingFacts(None, exists=False, rules={})
    events, bus = site.client("events"), site.output("event_bus_name")
    found = found_or_none(events.describe_event_bus, Name=name)
    if found is None:
        return ForwardingFacts(name, exists=False, rules={})
    rules = events.list_rule_names_by_target(TargetArn=found["Arn"], EventBusName=bus)["RuleNames"]
    states = {rule: events.describe_rule(Name=rule, EventBusName=bus)["State"] for rule in rules}
    return ForwardingFacts(name, exists=True, rules=states)


def look_at_rule(site: Site) -> RuleFacts:
    """DescribeRule, and which events it lets pass, by EventBridge's own answer (TestEventPattern)."""
    name = site.output("rule_name")
    bus = site.output("event_bus_name")
    found = found_or_none(site.client("events").describe_rule, Name=name, EventBusName=bus)
    pattern = (found or {}).get("EventPattern")
    if found is None or not pattern:
        return RuleFacts(name, (found or {}).get("State"), frozenset(), False, False)  # noqa: FBT003 - nothing passes
    bridges = tuple(source for source in json.loads(pattern).get("source", []) if isinstance(source, str))
    sources = (_source(site), *bridges)
    handled = [*SUBSCRIPTION_EVENTS, *INVOICE_EVENTS]
    passing = {
        name
        for name in [*handled, *(THIN_PREFIX + name for name in handled)]
        if any(_admits(site, pattern, source, name) for source in sources)
    }
    return RuleFacts(
        name=name,
        state=found["State"],
        admitted_types=frozenset(passing),
        admits_other_types=_admits(site, pattern, sources[0], _OTHER_TYPE),
        admits_other_sources=_admits(site, pattern, _OTHER_SOURCE, handled[0]),
        bridge_sources=bridges,
        admits_ping=_admits(site, pattern, sources[0], PING_EVENT),
    )


def look_at_target(site: Site) -> TargetFacts:
    """ListTargetsByRule."""
    found = found_or_none(
        site.client("events").list_targets_by_rule,
        Rule=site.output("rule_name"),
        EventBusName=site.output("event_bus_name"),
    )
    targets = tuple(_target(raw) for raw in (found or {}).get("Targets", []))
    return TargetFacts(
        targets,
        site.output("function_arn"),
        site.output("delivery_dead_letter_queue_arn"),
        site.stack.function_alias,
    )


def look_at_hourly_count(site: Site) -> HourlyCountFacts:
    """DescribeRule and ListTargetsByRule of the rule on the default bus."""
    name = site.output("parked_count_rule_name")
    found = found_or_none(site.client("events").describe_rule, Name=name)
    if found is None:
        return HourlyCountFacts(name, None, ())
    targets = site.client("events").list_targets_by_rule(Rule=name)["Targets"]
    invoked = site.stack.invoked_arn
    inputs = [json.loads(target.get("Input", "null")) for target in targets if target["Arn"] == invoked]
    return HourlyCountFacts(name, found["State"], tuple(inputs))


def _target(raw: dict[str, Any]) -> Target:
    retries = raw.get("RetryPolicy", {})
    return Target(
        id=raw["Id"],
        arn=raw["Arn"],
        dead_letter_queue_arn=raw.get("DeadLetterConfig", {}).get("Arn"),
        maximum_attempts=retries.get("MaximumRetryAttempts", DEFAULT_ATTEMPTS),
        maximum_age_seconds=retries.get("MaximumEventAgeInSeconds", DEFAULT_EVENT_AGE_SECONDS),
        is_reshaped=any(raw.get(name) for name in _RESHAPING),
    )


def _source(site: Site) -> str:
    return site.stack.partner_event_source or _STRIPE_SOURCE


def _admits(site: Site, pattern: str, source: str, event_type: str) -> bool:
    event = {
        "id": "doctor",
        "account": "000000000000",
        "source": source,
        "time": "2026-01-01T00:00:00Z",
        "region": "us-east-1",
        "resources": [],
        "detail-type": event_type,
        "detail": {},
    }
    answer = site.client("events").test_event_pattern(EventPattern=pattern, Event=json.dumps(event))
    return bool(answer["Result"])
