"""Draws what a replay did for people. Only prints."""

from rich.console import Console

from stripe_handler_cli.common.moments import iso
from stripe_handler_cli.common.tables import shown, table
from stripe_handler_cli.operate.replay.summary import Summary
from stripe_handler_cli.stack.archive import Replay
from stripe_handler_cli.stack.function_log.lines import ERROR, QUIET_FUNCTION
from stripe_handler_cli.stack.function_log.reasons import sentence

_SHOWN = 50
"""Users, and failed events, shown at most; `--json` has all."""


def print_summary(console: Console, replay: Replay, summary: Summary, *, is_told: bool) -> None:
    """Print what became of the replayed events, and which profiles changed, if the log tells."""
    console.print(
        f"replay [bold]{replay.name}[/bold] of {iso(replay.start)} to {iso(replay.end)}: {replay.state}"
        + (f", {shown(replay.reason)}" if replay.reason else ""),
    )
    rows = table("events", "decision", "because", prose=("because",), right=("events",))
    for (decision, reason), count in summary.counted():
        rows.add_row(str(count), decision, shown(reason if decision == ERROR else sentence(reason)))
    if summary.events:
        console.print(rows)
    elif is_told:
        console.print("No event of that time reached the function.")
    _print_failed(console, summary)
    if is_told:
        _print_users(console, summary)
    else:
        console.print(f"[yellow]{QUIET_FUNCTION}[/yellow]")


def _print_failed(console: Console, summary: Summary) -> None:
    if not summary.failed:
        return
    rows = table("failed event", "error", prose=("error",))
    for event_id, error in list(summary.failed.items())[:_SHOWN]:
        rows.add_row(f"[red]{shown(event_id)}[/red]", shown(error))
    console.print()
    console.print(rows)
    _print_rest(console, len(summary.failed))
    console.print("After three attempts an event is in the failure queue: `stripe-handler dlq list`.")


def _print_users(console: Console, summary: Summary) -> None:
    console.print()
    if not summary.users:
        console.print(
            "[green]Nothing changed: every profile had these events, or something newer, already.[/green]"
        )
        return
    rows = table("user", "changed by", "attributes", prose=("changed by", "attributes"))
    for user_id, change in sorted(summary.users.items())[:_SHOWN]:
        rows.add_row(shown(user_id), ", ".join(change.events), ", ".join(sorted(change.changed)))
    console.print(rows)
    _print_rest(console, len(summary.users))


def _print_rest(console: Console, total: int) -> None:
    if total > _SHOWN:
        console.print(f"… and {total - _SHOWN} more; --json shows all")
