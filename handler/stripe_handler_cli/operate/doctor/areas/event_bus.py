"""What a healthy event source, event bus and archive are. Pure."""

from collections.abc import Mapping

import attrs

from stripe_handler_cli.operate.doctor.check import Area, Check, Finding, failed, passed, warned
from stripe_handler_cli.operate.doctor.commands import APPLY
from stripe_handler_cli.operate.doctor.policies import Statement

LIST_EVENT_SOURCES = "aws events list-event-sources --name-prefix aws.partner/stripe.com"
NEW_DESTINATION = (
    "# make a new Amazon EventBridge destination in Stripe, name its event source in "
    "stripe_event_source_name, then\n" + APPLY
)
NAME_A_SOURCE = "# name stripe_event_source_name (or bridge_event_source) in the tfvars file, then\n" + APPLY
REMOVE_BUS_PERMISSIONS = (
    "aws events remove-permission --event-bus-name {event_bus_name} --remove-all-permissions"
)
ENABLE_FORWARDING = "aws events enable-rule --name {forwarding_rule_name} --event-bus-name {event_bus_name}"
LEAST_ARCHIVE_DAYS = 14
"""As long as SQS can keep a dead letter: until then somebody may still need the archive."""
_DAY_SECONDS = 86400


@attrs.frozen
class EventSourceFacts:
    """The partner event source.

    Attributes:
        name: Its name; None on a custom bus.
        state: AWS's word, `PENDING`, `ACTIVE` or `DELETED`; None where there is no such source.
        expires_in_seconds: Until AWS deletes a pending one; None where AWS does not say.
        bridge_sources: Sources of a webhook bridge that the rule admits.
    """

    name: str | None
    state: str | None
    expires_in_seconds: float | None
    bridge_sources: tuple[str, ...]


@attrs.frozen
class BusFacts:
    """The event bus.

    Attributes:
        name: Its name.
        exists: Whether it is there.
        statements: Its resource policy: who else may put events on it.
    """

    name: str
    exists: bool
    statements: tuple[Statement, ...]


@attrs.frozen
class ArchiveFacts:
    """The archive beside the bus.

    Attributes:
        state: AWS's word; None where there is no such archive.
        reason: Why it is in that state, where AWS says so.
        is_of_bus: Whether it archives the stack's bus.
        holds_stripe_events: Whether its pattern admits them.
        retention_days: How long it keeps events; 0 for ever.
    """

    state: str | None
    reason: str
    is_of_bus: bool
    holds_stripe_events: bool
    retention_days: int


@attrs.frozen
class ForwardingFacts:
    """The second bus, under a name of the stack's own.

    Attributes:
        bus: Its name; None where the stack has none.
        exists: Whether it is there.
        rules: State of each rule of the partner bus that leads to it, by name.
    """

    bus: str | None
    exists: bool
    rules: Mapping[str, str]


def judge_event_source(facts: EventSourceFacts) -> Finding:
    """ACTIVE, or a custom bus that something brings events to."""
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
            return failed(f"PENDING: no event bus is associated, events are lost; it expires {when}", APPLY)
        case state:
            return failed(f"{facts.name} is {state}: Stripe sends nothing here any more", NEW_DESTINATION)


def judge_bus(facts: BusFacts) -> Finding:
    """It exists, and nobody outside the account's own IAM policies may put events on it."""
    if not facts.exists:
        return failed(f"there is no event bus {facts.name}", APPLY)
    if facts.statements:
        names = ", ".join(statement.sid for statement in facts.statements)
        return warned(f"its policy lets others put events on it: {names}", REMOVE_BUS_PERMISSIONS)
    return passed(f"{facts.name} exists; its policy lets nobody else in")


def judge_archive(facts: ArchiveFacts) -> Finding:
    """Enabled, of this bus, with Stripe's events in it, for long enough."""
    if facts.state is None:
        return failed("there is no archive", APPLY)
    if facts.state != "ENABLED":
        return failed(f"it is {facts.state}" + (f": {facts.reason}" if facts.reason else ""), APPLY)
    if not facts.is_of_bus:
        return failed("it archives another event bus", APPLY)
    if not facts.holds_stripe_events:
        return failed("its pattern leaves Stripe's events out", APPLY)
    if 0 < facts.retention_days < LEAST_ARCHIVE_DAYS:
        return warned(f"it keeps events for {facts.retention_days} days only", APPLY)
    return passed(
        f"ENABLED, keeps events {f'{facts.retention_days} days' if facts.retention_days else 'for ever'}"
    )


def judge_forwarding(facts: ForwardingFacts) -> Finding:
    """Where a second bus is wanted, an enabled rule leads to it."""
    if facts.bus is None:
        return passed("does not apply: the stack has no forwarding bus")
    if not facts.exists:
        return failed(f"there is no event bus {facts.bus}", APPLY)
    if not facts.rules:
        return failed(f"no rule leads to {facts.bus}", APPLY)
    disabled = [name for name, state in facts.rules.items() if not state.startswith("ENABLED")]
    if disabled:
        return failed(f"{disabled[0]} is disabled", ENABLE_FORWARDING, forwarding_rule_name=disabled[0])
    return passed(f"{', '.join(facts.rules)} leads to {facts.bus}")


EVENT_SOURCE = Check(
    key="event-source",
    area=Area.BUS,
    title="Event source active",
    why=(
        "AWS deletes a partner event source that no event bus is associated with, and events sent before "
        "are lost."
    ),
    checked=(
        "The partner event source exists and is ACTIVE. PENDING fails, with the days left; so does "
        "DELETED. On a custom bus: whether the rule admits a webhook bridge, a warning if not."
    ),
    fixes=(APPLY, NEW_DESTINATION, NAME_A_SOURCE),
    judge=judge_event_source,
)
EVENT_BUS = Check(
    key="event-bus",
    area=Area.BUS,
    title="Event bus associated",
    why=(
        "Without the bus there are no events; whoever may put events on it can change any user's "
        "subscription."
    ),
    checked="The bus exists. A resource policy that lets other accounts put events on it is a warning.",
    fixes=(APPLY, REMOVE_BUS_PERMISSIONS),
    judge=judge_bus,
)
ARCHIVE = Check(
    key="archive",
    area=Area.BUS,
    title="Archive enabled",
    why=(
        "After a bad deploy, and for events that a queue has dropped, the archive is the only copy outside "
        "Stripe."
    ),
    checked=(
        "The archive is ENABLED, of this bus, and its pattern admits Stripe's events. Less than "
        f"{LEAST_ARCHIVE_DAYS} days' retention is a warning."
    ),
    fixes=(APPLY,),
    judge=judge_archive,
)
FORWARDING = Check(
    key="forwarding",
    area=Area.BUS,
    title="Forwarding bus",
    why=(
        "Other consumers read Stripe's events there; without the rule they get none. Profiles are not "
        "affected."
    ),
    checked=(
        "Where the stack has a forwarding bus: it exists, and an enabled rule of the partner bus leads to it."
    ),
    fixes=(APPLY, ENABLE_FORWARDING),
    judge=judge_forwarding,
)
