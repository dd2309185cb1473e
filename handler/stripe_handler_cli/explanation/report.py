"""Draws an explanation for people. Only prints."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.console import Console

from stripe_handler_cli.explanation.attribution import Attribution
from stripe_handler_cli.explanation.gathering import Explanation
from stripe_handler_cli.explanation.rules import sentence
from stripe_handler_cli.explanation.timeline import Entry, State
from stripe_handler_cli.moments import iso
from stripe_handler_cli.users.report import shown, table

if TYPE_CHECKING:
    from stripe_handler_cli.explanation.changes import Change
    from stripe_handler_cli.function_log import LogLine

_STYLES = {
    State.APPLIED: "green",
    State.SKIPPED: "dim",
    State.PARKED: "yellow",
    State.FAILED: "red",
    State.ON_ITS_WAY: "dim",
    State.NOT_SEEN: "red",
    State.OLDER_THAN_THE_LOG: "dim",
}


def print_explanation(console: Console, explanation: Explanation) -> None:
    """Print everything."""
    record = explanation.record
    console.print(
        f"[bold]{shown(record.user_id)}[/bold]  [dim]{explanation.lines} log lines since "
        f"{iso(explanation.log_since)}; all times are UTC[/dim]",
        highlight=False,
    )
    if explanation.lines_left_out:
        console.print("[yellow]There are more lines; older ones were left out.[/yellow]")
    if record.profile is None:
        console.print("[red]no profile[/red]: the profile table has no such item")
    _print_attributes(console, explanation)
    _print_rejected(console, explanation)
    _print_failures(console, explanation)
    parked = [event.event_id for one in explanation.customers for event in one.parked]
    if parked:
        console.print(f"\n[yellow]parked[/yellow], until the customer is linked: {', '.join(parked)}")
    if explanation.timeline is not None and explanation.stripe_since is not None:
        _print_timeline(console, explanation.timeline, explanation.stripe_since)


def _print_attributes(console: Console, explanation: Explanation) -> None:
    rows = table("attribute", "value", "set by", "Stripe's second", "handled", "because")
    last: tuple[Change | None, ...] | None = None
    for one in sorted(explanation.attributions, key=_order):
        value = "(removed)" if one.value is None else shown(one.value)
        if one.name in explanation.record.differences:
            value = f"[red]{value}[/red]"
        origin = (one.set_by, *one.or_by)
        # Attributes of one event stand together; it is named once.
        rows.add_row(one.name, value, *(("", "", "", "") if origin == last and any(origin) else _origin(one)))
        last = origin
    if explanation.attributions:
        console.print(rows)
    if explanation.record.differences:
        console.print("[red]Somebody else has changed what is red.[/red] `stripe-handler show` has more.")


def _order(one: Attribution) -> tuple[datetime, str, str]:
    if one.set_by is None:
        return datetime.min.replace(tzinfo=UTC), "", one.name
    return one.set_by.handled_at, one.set_by.event_id, one.name


def _origin(one: Attribution) -> tuple[str, str, str, str]:
    change = one.set_by
    newest = one.newest
    if change is None:
        others = ", ".join(other.event_id for other in one.or_by)
        told = f"one of {others}" if others else "older than the log"
        known = f"newest known of its subscription: {newest.in_words}" if newest else ""
        return f"[yellow]{told}[/yellow]", "", "", known
    because = sentence(change.reason)
    if change.replay:
        because += f" (replay {change.replay})"
    if one.or_by:
        because += (
            f"; [yellow]or by {', '.join(other.event_id for other in one.or_by)}, handled then too[/yellow]"
        )
    elif newest is not None and not newest.is_logged:
        because += f"; [yellow]or by the newest known, {newest.in_words}, which left no line[/yellow]"
    named = f"{change.event_id}\n[dim]{change.event_type or ''}[/dim]"
    return named, change.event_created or "", iso(change.handled_at), because


def _print_rejected(console: Console, explanation: Explanation) -> None:
    found: dict[tuple[str | None, datetime], LogLine] = {}
    for one in explanation.attributions:
        found |= {(line.event_id, line.handled_at): line for line in one.rejected}
    if not found:
        return
    rows = table("came later, changed nothing", "type", "Stripe's second", "handled", "because")
    for line in sorted(found.values(), key=lambda line: line.handled_at):
        rows.add_row(
            shown(line.event_id),
            shown(line.event_type),
            shown(line.event_created),
            iso(line.handled_at),
            sentence(line.reason),
        )
    console.print()
    console.print(rows)


def _print_failures(console: Console, explanation: Explanation) -> None:
    if not explanation.failures:
        return
    rows = table("failed, and not handled since", "type", "attempts", "last", "error")
    for failure in explanation.failures:
        line = failure.last
        error = f"{line.error_type}: {line.reason}" if line.reason else f"{line.error_type}"
        rows.add_row(
            f"[red]{shown(line.event_id)}[/red]",
            shown(line.event_type),
            str(failure.attempts),
            iso(line.handled_at),
            shown(error),
        )
    console.print()
    console.print(rows)
    console.print("See `stripe-handler dlq list`.")


def _print_timeline(console: Console, entries: tuple[Entry, ...], since: datetime) -> None:
    rows = table("Stripe's own events", "type", "second", "here", "handled", "because")
    for entry in entries:
        state = f"[{_STYLES[entry.state]}]{entry.state}[/]"
        rows.add_row(
            entry.event.id,
            entry.event.type,
            entry.event.created,
            state,
            iso(entry.line.handled_at) if entry.line else "",
            _because(entry),
        )
    console.print()
    console.print(rows if entries else "Stripe lists no event of this user.")
    behind = sum(entry.is_behind for entry in entries)
    gaps = sum(entry.is_gap for entry in entries)
    told = (
        f"Stripe's list was read since {iso(since)}: {len(entries)} events of this user, {gaps} not seen here"
    )
    console.print(
        f"{told}, {behind} missing in the profile.", style="red" if behind else None, highlight=False
    )


def _because(entry: Entry) -> str:
    told = sentence(entry.line.reason) if entry.line and entry.state is not State.FAILED else ""
    if entry.line and entry.state is State.FAILED:
        told = f"{entry.line.error_type}, {entry.attempts} attempts"
    if entry.is_behind:
        return f"{told}; [red]the profile lacks it[/red]".removeprefix("; ")
    if entry.is_gap:
        return "the profile has it, or something newer"
    return told
