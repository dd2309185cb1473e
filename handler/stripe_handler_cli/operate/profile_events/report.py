"""Lost changes as tables for people and as plain values for `--json`. Only formats and prints."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from rich.console import Console

from stripe_handler_cli.common.moments import duration
from stripe_handler_cli.common.tables import table
from stripe_handler_cli.common.words import plural
from stripe_handler_cli.operate.profile_events.messages import LostChanges
from stripe_handler_cli.operate.profile_events.redriving import Outcome, Result

READ_THE_PROFILE = "Of these, whoever listens must read the profiles themselves."


def lost_as_json(lost: LostChanges, now: dt.datetime) -> dict[str, Any]:
    """A message as plain values."""
    return {
        "message_id": lost.message_id,
        "reason": lost.reason,
        "error_message": lost.message,
        "records": lost.count,
        "stream": lost.stream_arn,
        "start": lost.start,
        "end": lost.end,
        "since": _iso(lost.since),
        "told_until": _iso(lost.told_until),
        "is_expired": _left_seconds(lost, now) <= 0,
    }


def result_as_json(result: Result, now: dt.datetime) -> dict[str, Any]:
    """What became of a message as plain values."""
    return lost_as_json(result.lost, now) | {
        "outcome": result.outcome,
        "why": result.why or None,
        "deleted": result.is_deleted,
    }


def print_lost(console: Console, found: Sequence[LostChanges], now: dt.datetime) -> None:
    """Print what waits in the queue, and how long the stream still has it."""
    if not found:
        console.print("Every change was told.")
        return
    rows = table(
        "message",
        "records",
        "since",
        "stream has it",
        "reason",
        "error",
        prose=("error",),
        right=("records",),
    )
    for lost in found:
        left = _left_seconds(lost, now)
        kept = f"{duration(left)} more" if left > 0 else "no more"
        rows.add_row(
            lost.message_id, str(lost.count), _iso(lost.since) or "", kept, lost.reason, lost.message or ""
        )
    console.print(rows)
    console.print("To tell them again: stripe-handler profile-events redrive", soft_wrap=True)


def print_results(console: Console, results: Sequence[Result]) -> None:
    """Print what became of the messages."""
    if not results:
        console.print("Every change was told.")
        return
    for outcome in Outcome:
        some = [one for one in results if one.outcome is outcome]
        if some:
            records = plural(sum(one.lost.count for one in some), "record")
            reasons = "; ".join(sorted({one.why for one in some if one.why}))
            console.print(
                f"{plural(len(some), 'message')} ({records}) {outcome}{f': {reasons}' if reasons else ''}.",
                markup=False,
            )
    if any(one.outcome is Outcome.EXPIRED for one in results):
        console.print(READ_THE_PROFILE)
        if any(one.outcome is Outcome.EXPIRED and not one.is_deleted for one in results):
            console.print("To delete such messages: stripe-handler profile-events redrive --drop-expired")


def _left_seconds(lost: LostChanges, now: dt.datetime) -> float:
    return 0 if lost.told_until is None else (lost.told_until - now).total_seconds()


def _iso(moment: dt.datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(dt.UTC).isoformat(timespec="seconds")
