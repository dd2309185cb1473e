"""A user's events in time order, with what each changed or why it changed nothing, by `explain`. Pure."""

from collections.abc import Iterator
from datetime import UTC, datetime

import attrs

from stripe_handler_cli.common.moments import iso
from stripe_handler_cli.operate.explain.changes import changes_of
from stripe_handler_cli.operate.explain.gathering import Explanation
from stripe_handler_cli.operate.explain.timeline import State
from stripe_handler_cli.stack.function_log import LogLine
from stripe_handler_cli.stack.function_log.lines import ERROR, WRITE
from stripe_handler_cli.stack.function_log.reasons import RULES, sentence
from stripe_subscription_handler.decisions.decision import Reason

MOST_ROWS = 500
"""The newest events that a page shows."""


@attrs.frozen
class Row:
    """One handling of an event, or an event of Stripe's that was not handled.

    Attributes:
        state: What became of it, in a word.
        second: Stripe's, ISO-8601 UTC.
        handled_at: When; empty where it was not.
        why: The rule, in a sentence.
        section: The heading of docs/semantics.md that has the rule.
        changed: Names of the profile's attributes that it changed.
        with_it: What of other events was applied on the way: event id, why, names.
    """

    state: str
    event_id: str
    event_type: str
    second: str
    handled_at: str
    subscription_id: str
    why: str
    section: str = ""
    changed: tuple[str, ...] = ()
    with_it: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    note: str = ""


def rows(explanation: Explanation) -> list[Row]:
    """All of them, in the order in which they were handled, or were to be."""
    user_id = explanation.record.user_id
    found = [(line.handled_at, _handled(line, user_id)) for line in explanation.log]
    found += [(_moment(one.second), one) for one in _not_handled(explanation)]
    return [row for _, row in sorted(found, key=lambda pair: pair[0])]


def _moment(second: str) -> datetime:
    moment = datetime.fromisoformat(second)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _handled(line: LogLine, user_id: str) -> Row:
    mine = [one for one in changes_of([line], user_id) if one.event_id == line.event_id and not one.place]
    others = [one for one in line.also_applied if one.user_id == user_id]
    elsewhere = f"the profile of {line.user_id}" if line.user_id not in {None, user_id} else ""
    return Row(
        state=_state(line),
        event_id=line.event_id or "",
        event_type=line.event_type or "",
        second=line.event_created or "",
        handled_at=iso(line.handled_at),
        subscription_id=line.subscription_id or "",
        why=_why(line),
        section=_section(line),
        changed=mine[0].changed or () if mine else (),
        with_it=tuple((one.event_id, sentence(one.reason), one.changed) for one in others),
        note=elsewhere,
    )


def _state(line: LogLine) -> str:
    if line.decision == ERROR:
        return "failed"
    if line.decision == WRITE:
        return "applied"
    return "parked" if line.reason == Reason.PARKED else "skipped"


def _why(line: LogLine) -> str:
    if line.decision == ERROR:
        return f"{line.error_type}: {line.reason}" if line.reason else str(line.error_type)
    return sentence(line.reason)


def _section(line: LogLine) -> str:
    try:
        return RULES[Reason(line.reason or "")].section or ""
    except (ValueError, KeyError):
        return ""


def _not_handled(explanation: Explanation) -> Iterator[Row]:
    """Stripe's own events of which the log does not tell."""
    for entry in explanation.timeline or ():
        if entry.line is not None:
            continue
        lacks = "the profile lacks it" if entry.is_behind else "the profile has it, or something newer"
        is_open = entry.state in {State.NOT_SEEN, State.NOT_IN_THE_LOG}
        yield Row(
            state=str(entry.state),
            event_id=entry.event.id,
            event_type=entry.event.type,
            second=entry.event.created,
            handled_at="",
            subscription_id=entry.event.subscription_id or "",
            why=lacks if is_open else "",
        )
