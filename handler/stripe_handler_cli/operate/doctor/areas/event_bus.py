"""The event source, the event bus, its archive, and the second bus that events are forwarded to."""

from collections.abc import Mapping

import attrs

from stripe_handler_cli.common.words import plural
from stripe_handler_cli.operate.doctor.areas.rule import admits, look_at_rule
from stripe_handler_cli.operate.doctor.check import Area, Finding, check, failed, passed, warned
from stripe_handler_cli.operate.doctor.commands import APPLY
from stripe_handler_cli.operate.doctor.policies import Statement, parse_policy
from stripe_handler_cli.operate.doctor.site import Site, found_or_none
from stripe_handler_cli.stack.other_rules import OtherRule, other_rules
from stripe_subscription_handler.events.event_types import INVOICE_EVENTS

NEW_DESTINATION = (
    "# make a new Amazon EventBridge destination in Stripe, name its event source in "
    "stripe_event_source_name, then\n" + APPLY
)
NAME_A_SOURCE = "# name stripe_event_source_name (or bridge_event_source) in {settings}, then\n" + APPLY
REMOVE_BUS_PERMISSIONS = (
    "aws events remove-permission --event-bus-name {event_bus_name} --remove-all-permissions"
)
ENABLE_FORWARDING = "aws events enable-rule --name {forwarding_rule_name} --event-bus-name {event_bus_name}"
LEAST_ARCHIVE_DAYS = 14
"""As long as SQS can keep a dead letter: until then somebody may still need the archive."""
_DAY_SECONDS = 86400


@attrs.frozen
class EventSourceFacts:
    """The partner event source."""

    name: str | None  # None on a custom bus
    state: str | None  # AWS's word, `PENDING`, `ACTIVE` or `DELETED`; None where there is no such source
    expires_in_seconds: float | None  # until AWS deletes a pending one; None where AWS does not say
    bridge_sources: tuple[str, ...]  # sources of a webhook bridge that the rule admits


def look_at_event_source(site: Site) -> EventSourceFacts:
    """DescribeEventSource; on a custom bus, the rule's pattern."""
    name = site.stack.partner_event_source
    if name is None:
        bridge = site.stack.outputs.get("webhook_bridge_event_source")
        sources = site.see(look_at_rule).bridge_sources or ((str(bridge),) if bridge else ())
        return EventSourceFacts(None, None, None, sources)
    found = found_or_none(site.client("events").describe_event_source, Name=name)
    expires = (found or {}).get("ExpirationTime")
    return EventSourceFacts(
        name=name,
        state=found["State"] if found else None,
        expires_in_seconds=(expires - site.now).total_seconds() if expires else None,
        bridge_sources=(),
    )


@check(Area.BUS, look_at_event_source, APPLY, NEW_DESTINATION, NAME_A_SOURCE)
def event_source(facts: EventSourceFacts) -> Finding:
    """Event source active.

    AWS deletes a partner event source that no event bus is associated with, and events sent before are
    lost.

    The partner event source exists and is ACTIVE. PENDING fails, with the days left; so does DELETED. On
    a custom bus: whether the rule admits a webhook bridge, a warning if not.
    """
    if facts.name is None:
        if facts.bridge_sources:
            return passed(f"custom bus; events come from a bridge as {', '.join(facts.bridge_sources)}")
        return warned("custom bus without a bridge: nothing brings Stripe's events here", NAME_A_SOURCE)
    match facts.state:
        case "ACTIVE":
            return passed(f"{facts.name} is ACTIVE")
        case None:
            return failed(
                f"there is no event source {facts.name} in this account and region", NEW_DESTINATION
            )
        case "PENDING":
            left = facts.expires_in_seconds
            when = "soon" if left is None else f"in {max(left, 0) / _DAY_SECONDS:.1f} days"
            return failed(f"PENDING: no event bus is associated, events are lost; it expires {when}")
        case state:
            return failed(f"{facts.name} is {state}: Stripe sends nothing here any more", NEW_DESTINATION)


@attrs.frozen
class BusFacts:
    """The event bus."""

    name: str
    exists: bool
    statements: tuple[Statement, ...]  # who else may put events on it
    others: tuple[OtherRule, ...] = ()  # what others have on it


def look_at_bus(site: Site) -> BusFacts:
    """DescribeEventBus, ListRules, ListTargetsByRule."""
    name = site.output("event_bus_name")
    found = found_or_none(site.client("events").describe_event_bus, Name=name)
    others = other_rules(site.client("events"), site.stack.outputs)
    return BusFacts(name, found is not None, parse_policy((found or {}).get("Policy")), others)


@check(Area.BUS, look_at_bus, APPLY, REMOVE_BUS_PERMISSIONS)
def event_bus(facts: BusFacts) -> Finding:
    """Event bus associated.

    Without the bus there are no events; whoever may put events on it can change any user's subscription.

    The bus exists. A resource policy that lets other accounts put events on it is a warning. Rules of others
    on it are listed: they go with the bus if it is replaced, as `connect` and `disconnect` do.
    """
    if not facts.exists:
        return failed(f"there is no event bus {facts.name}")
    if facts.statements:
        names = ", ".join(statement.sid for statement in facts.statements)
        return warned(f"its policy lets others put events on it: {names}", REMOVE_BUS_PERMISSIONS)
    found = f"{facts.name} exists; its policy lets nobody else in"
    return passed("; ".join([found, *(f"a rule of others: {rule}" for rule in facts.others)]))


@attrs.frozen
class ArchiveFacts:
    """The archive beside the bus."""

    state: str | None  # AWS's word; None where there is no such archive
    reason: str  # where AWS gives one
    is_of_bus: bool
    holds_stripe_events: bool
    retention_days: int  # 0 for ever


def look_at_archive(site: Site) -> ArchiveFacts:
    """DescribeArchive, and whether its pattern admits an event of Stripe's."""
    name = site.output("archive_name")
    found = found_or_none(site.client("events").describe_archive, ArchiveName=name) or {}
    pattern = found.get("EventPattern")
    return ArchiveFacts(
        state=found.get("State"),
        reason=found.get("StateReason", ""),
        is_of_bus=found.get("EventSourceArn") == site.output("event_bus_arn"),
        holds_stripe_events=not pattern or admits(site, pattern, next(iter(INVOICE_EVENTS))),
        retention_days=found.get("RetentionDays", 0),
    )


@check(Area.BUS, look_at_archive)
def archive(facts: ArchiveFacts) -> Finding:
    """Archive enabled.

    After a bad deploy, and for events that a queue has dropped, the archive is the only copy outside
    Stripe.

    The archive is ENABLED, of this bus, and its pattern admits Stripe's events. Less than
    {LEAST_ARCHIVE_DAYS} days' retention is a warning.
    """
    if facts.state is None:
        return failed("there is no archive")
    if facts.state != "ENABLED":
        return failed(f"it is {facts.state}" + (f": {facts.reason}" if facts.reason else ""))
    if not facts.is_of_bus:
        return failed("it archives another event bus")
    if not facts.holds_stripe_events:
        return failed("its pattern leaves Stripe's events out")
    if 0 < facts.retention_days < LEAST_ARCHIVE_DAYS:
        return warned(f"it keeps events for {plural(facts.retention_days, 'day')} only", APPLY)
    return passed(
        f"ENABLED, keeps events {plural(facts.retention_days, 'day') if facts.retention_days else 'for ever'}"
    )


@attrs.frozen
class ForwardingFacts:
    """The second bus, under a name of the stack's own."""

    bus: str | None  # None where the stack has none
    exists: bool
    rules: Mapping[str, str]  # those of the partner bus that lead to it, with their state


def look_at_forwarding(site: Site) -> ForwardingFacts:
    name = site.stack.outputs.get("forwarding_bus_name")
    events = site.client("events")
    found = found_or_none(events.describe_event_bus, Name=name) if name else None
    if found is None:
        return ForwardingFacts(name, exists=False, rules={})
    bus = site.output("event_bus_name")
    rules = events.list_rule_names_by_target(TargetArn=found["Arn"], EventBusName=bus)["RuleNames"]
    states = {rule: events.describe_rule(Name=rule, EventBusName=bus)["State"] for rule in rules}
    return ForwardingFacts(name, exists=True, rules=states)


@check(Area.BUS, look_at_forwarding, APPLY, ENABLE_FORWARDING)
def forwarding(facts: ForwardingFacts) -> Finding:
    """Forwarding bus.

    Other consumers read Stripe's events there; without the rule they get none. Profiles are not affected.

    Where the stack has a forwarding bus: it exists, and an enabled rule of the partner bus leads to it.
    """
    if facts.bus is None:
        return passed("does not apply: the stack has no forwarding bus")
    if not facts.exists:
        return failed(f"there is no event bus {facts.bus}")
    if not facts.rules:
        return failed(f"no rule leads to {facts.bus}")
    disabled = [name for name, state in facts.rules.items() if not state.startswith("ENABLED")]
    if disabled:
        return failed(f"{disabled[0]} is disabled", ENABLE_FORWARDING, forwarding_rule_name=disabled[0])
    return passed(f"{', '.join(facts.rules)} leads to {facts.bus}")
