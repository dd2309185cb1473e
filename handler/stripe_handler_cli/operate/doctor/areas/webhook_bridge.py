"""When the webhook bridge can be removed: once the event source brings everything that it brings. Pure.

The evidence is the function's log, whose lines name the `source` an event came under.
"""

import attrs

from stripe_handler_cli.operate.doctor.areas.traffic import TRIGGER
from stripe_handler_cli.operate.doctor.check import Area, Check, Finding, passed, warned
from stripe_handler_cli.operate.doctor.commands import APPLY

SEE_EVENT = (
    "aws logs filter-log-events --log-group-name {log_group_name} "
    "--filter-pattern '{{ $.event_id = \"'{event_id}'\" }}'"
)
LOG_DECISIONS = '# set log_level = "INFO" in the tfvars file, then\n' + APPLY
GRACE_MINUTES = 10
"""How long the event source may take longer than the webhook for the same event, before that counts."""
_SHOWN = 5


@attrs.frozen(kw_only=True)
class BridgeFacts:
    """What came through the bridge, and what else brought it.

    Attributes:
        hours: How many hours were looked at.
        has_bridge: Whether the stack has a bridge.
        event_source: The partner event source; None on a custom bus.
        event_source_state: AWS's word, `PENDING`, `ACTIVE` or `DELETED`; None where there is no such source.
        is_logged: Whether the function logs every event it handles.
        by_bridge: Events that came through the bridge, but for those of the last `GRACE_MINUTES`.
        by_bridge_alone: Ids of those among them that the event source did not bring, oldest first.
        by_event_source: Events that the event source brought.
    """

    hours: int
    has_bridge: bool = True
    event_source: str | None = None
    event_source_state: str | None = None
    is_logged: bool = True
    by_bridge: int = 0
    by_bridge_alone: tuple[str, ...] = ()
    by_event_source: int = 0


def judge_removable(facts: BridgeFacts) -> Finding:  # noqa: PLR0911 - a table of what can be so
    """Each event of the bridge came through the event source too."""
    if not facts.has_bridge:
        return passed("does not apply: the stack has no webhook bridge")
    if facts.event_source is None:
        return passed("needed: there is no partner event source, so events come through the bridge alone")
    if facts.event_source_state != "ACTIVE":
        state = facts.event_source_state or "missing"
        return warned(f"still needed: the event source is {state}", APPLY)
    if not facts.is_logged:
        return warned("cannot be told: the function logs errors only (log_level)", LOG_DECISIONS)
    if not facts.by_bridge:
        return warned(
            f"nothing to compare: in the last {facts.hours} hours no event came through the bridge, and "
            f"{facts.by_event_source} through the event source",
            TRIGGER,
        )
    if facts.by_bridge_alone:
        ids, count = facts.by_bridge_alone, len(facts.by_bridge_alone)
        shown = ", ".join(ids[:_SHOWN]) + (f" and {count - _SHOWN} more" if count > _SHOWN else "")
        return warned(
            f"still needed: {count} of {facts.by_bridge} events of the last {facts.hours} hours came through "
            f"the bridge only: {shown}",
            SEE_EVENT,
            event_id=ids[0],
        )
    return passed(
        f"can be removed: all {facts.by_bridge} events that came through it in the last {facts.hours} hours "
        "came through the event source too"
    )


WEBHOOK_REMOVABLE = Check(
    key="webhook-removable",
    area=Area.TRAFFIC,
    title="Webhook can be removed",
    why="A way in that nobody needs is one more to guard; one that is removed too early loses events.",
    checked=(
        "Where the stack has a webhook bridge: the event source is ACTIVE, and the function's log shows "
        "that every event of the last hours (`--recent-hours`) that came through the bridge came through the "
        f"event source too; the last {GRACE_MINUTES} minutes do not count yet. Events that only the bridge "
        "brought, or none at all to compare, are a warning."
    ),
    fixes=(APPLY, LOG_DECISIONS, TRIGGER, SEE_EVENT),
    judge=judge_removable,
)
