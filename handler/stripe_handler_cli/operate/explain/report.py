"""Draws an explanation for people. Only prints."""

from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Console

from stripe_handler_cli.common.moments import iso
from stripe_handler_cli.common.repairs import print_repair
from stripe_handler_cli.common.tables import shown, table
from stripe_handler_cli.common.words import plural
from stripe_handler_cli.operate.explain.attributes_report import print_attributes
from stripe_handler_cli.operate.explain.gathering import Explanation
from stripe_handler_cli.operate.explain.timeline import Entry, State
from stripe_handler_cli.stack.function_log.lines import QUIET_FUNCTION
from stripe_handler_cli.stack.function_log.reasons import sentence

if TYPE_CHECKING:
    from stripe_handler_cli.stack.function_log import LogLine

_STYLES = {
    State.APPLIED: "green",
    State.SKIPPED: "dim",
    State.PARKED: "yellow",
    State.FAILED: "red",
    State.ON_ITS_WAY: "dim",
    State.NOT_SEEN: "red",
    State.NOT_IN_THE_LOG: "dim",
}


def print_explanation(console: Console, explanation: Explanation, stack_options: str) -> None:
    record = explanation.record
    console.print(
        f"[bold]{shown(record.user_id)}[/bold]  [dim]{plural(explanation.lines, 'log line')} since "
        f"{iso(explanation.log_since)}; all times are UTC[/dim]",
    )
    if not explanation.decisions_are_logged:
        console.print(f"[yellow]{QUIET_FUNCTION}[/yellow]")
    if explanation.lines_left_out:
        console.print("[yellow]There are more lines; older ones were left out.[/yellow]")
    if record.profile is None:
        console.print("[red]no profile[/red]: the profile table has no such item")
    if explanation.lost_ledger is not None and explanation.lost_ledger.is_forgotten:
        console.print(f"[yellow]forgotten[/yellow]: {shown(explanation.lost_ledger.told_of_forgetting)}")
    elif explanation.lost_ledger is not None:
        lost = explanation.lost_ledger
        print_repair(console, f"The ledger is gone: {shown(lost.told)}", lost.repair(stack_options))
    for one in explanation.lost:
        print_repair(console, shown(one.sentence), one.repair(stack_options))
    print_attributes(console, explanation.attributions)
    _print_passed(console, explanation)
    _print_rejected(console, explanation)
    _print_failures(console, explanation)
    parked = [event for one in explanation.customers for event in one.parked]
    if parked:
        console.print("\n[yellow]parked[/yellow], until somebody says whose it is, or a user has a profile:")
    for event in parked:
        console.print(f"  {event.event_id}  {shown(event.what)}")
    if explanation.timeline is not None and explanation.stripe_since is not None:
        _print_timeline(console, explanation.timeline, explanation.stripe_since)


def _print_passed(console: Console, explanation: Explanation) -> None:
    for one in explanation.passed:
        console.print(f"\n{shown(one.sentence)}.")
        if one.handover is not None:
            told = f"{shown(one.handover.event_id)}, handled {iso(one.handover.line.handled_at)}"
            console.print(f"[dim]by {told}[/dim]")


def _print_rejected(console: Console, explanation: Explanation) -> None:
    found: dict[tuple[str | None, datetime], LogLine] = {}
    for one in explanation.attributions:
        found |= {(line.event_id, line.handled_at): line for line in one.rejected}
    if not found:
        return
    rows = table(
        "came later, changed nothing",
        "type",
        "Stripe's second",
        "last handled",
        "times",
        "because",
        prose=("because",),
    )
    repeated: dict[tuple[str | None, str | None], list[LogLine]] = {}
    for line in sorted(found.values(), key=lambda line: line.handled_at):
        repeated.setdefault((line.event_id, line.reason), []).append(line)
    for lines in repeated.values():
        last = lines[-1]
        rows.add_row(
            shown(last.event_id),
            shown(last.event_type),
            shown(last.event_created),
            iso(last.handled_at),
            str(len(lines)),
            sentence(last.reason),
        )
    console.print()
    console.print(rows)


def _print_failures(console: Console, explanation: Explanation) -> None:
    if not explanation.failures:
        return
    rows = table("failed, and not handled since", "type", "attempts", "last", "error", prose=("error",))
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
    rows = table("Stripe's own events", "type", "second", "here", "handled", "because", prose=("because",))
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
        f"Stripe's list was read since {iso(since)}: {plural(len(entries), 'event')} of this user, "
        f"{gaps} not seen here"
    )
    console.print(f"{told}, {behind} missing in the profile.", style="red" if behind else None)


def _because(entry: Entry) -> str:
    told = sentence(entry.line.reason) if entry.line and entry.state is not State.FAILED else ""
    if entry.line and entry.state is State.FAILED:
        told = f"{entry.line.error_type}, {plural(entry.attempts, 'attempt')}"
    if entry.is_behind:
        return f"{told}; [red]the profile lacks it[/red]".removeprefix("; ")
    if entry.is_gap:
        return "the profile has it, or something newer"
    return told
