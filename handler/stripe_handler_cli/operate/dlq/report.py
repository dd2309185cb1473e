"""Dead letters as tables for people and as plain values for `--json`. Only formats and prints."""

import json
import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import attrs
from rich.console import Console
from rich.text import Text

from stripe_handler_cli.common.moments import duration
from stripe_handler_cli.common.tables import Table, fields, table
from stripe_handler_cli.common.words import plural
from stripe_handler_cli.operate.dlq.dropping import Dropped
from stripe_handler_cli.operate.dlq.redriving import Outcome, Result, Tally
from stripe_handler_cli.stack.dead_letters.messages import DeadLetter, Layer
from stripe_handler_cli.stack.dead_letters.queues import Listing
from stripe_handler_cli.stack.function_log import History
from stripe_subscription_handler.dynamodb.sync_table import PARKED_SECONDS

_PARKED_DAYS = PARKED_SECONDS // 86_400


def as_json(letter: DeadLetter, now: datetime) -> dict[str, Any]:
    values = attrs.asdict(letter.summary(), filter=attrs.filters.exclude("payload", "stack_trace"))
    age = None if letter.sent_at is None else int((now - letter.sent_at).total_seconds())
    return values | {"sent_at": _iso(letter.sent_at), "age_seconds": age}


def letter_as_json(letter: DeadLetter, history: History | None, now: datetime) -> dict[str, Any]:
    """Everything about a letter as plain values, its event included; `log` is None if it was not read."""
    attempts = None
    if history is not None:
        attempts = [
            {"at": _iso(one.handled_at)}
            | {name: getattr(one, name) for name in ("decision", "reason", "error_type")}
            for one in history.attempts
        ]
    return as_json(letter, now) | {
        "error_message": letter.error_message,
        "stack_trace": list(letter.stack_trace),
        "log": attempts,
        "event": None if letter.payload is None else json.loads(letter.payload),
    }


def result_as_json(result: Result, now: datetime) -> dict[str, Any]:
    """What became of a letter as plain values, for `--json`; `error_type` is still why it came here."""
    return as_json(result.letter, now) | {
        "outcome": result.outcome,
        "decision": result.applied.decision if result.applied else None,
        "reason": result.applied.reason if result.applied else None,
        "redrive_error": attrs.asdict(result.error) if result.error else None,
    }


def print_listings(console: Console, listings: Sequence[Listing], now: datetime) -> None:
    """Print what was found in the queues as one table, oldest first, and what was not looked at."""
    letters = sorted(
        (letter for listing in listings for letter in listing.letters),
        key=lambda letter: letter.sent_at or now,
    )
    if letters:
        console.print(_table(letters, now))
        kinds = with_counts(Counter(letter.error_type or "?" for letter in letters))
        console.print(f"{_messages(len(letters))}: {kinds}", markup=False)
    else:
        console.print("No dead letters.")
    for listing in listings:
        for line in _about(listing, now):
            console.print(line, markup=False)


def listings_as_json(listings: Sequence[Listing], now: datetime) -> dict[str, Any]:
    queues = {
        listing.queue.layer: {
            "url": listing.queue.url,
            "looked_at": listing.seen,
            "not_looked_at": listing.unseen,
            "held_by_others": listing.counts.in_flight,
            "retention_seconds": listing.counts.retention_seconds,
        }
        for listing in listings
    }
    letters = [letter for listing in listings for letter in listing.letters]
    return {"messages": [as_json(letter, now) for letter in letters], "queues": queues}


def _about(listing: Listing, now: datetime) -> Iterable[str]:
    name = f"the {listing.queue.layer.queue_name}"
    if listing.unseen:
        yield f"About {listing.unseen} more in {name}; raise --limit to see them."
    if listing.counts.in_flight:
        yield held_by_others(listing.counts.in_flight)
    sent = [letter.sent_at for letter in listing.letters if letter.sent_at]
    if sent:
        left = listing.counts.retention_seconds - (now - min(sent)).total_seconds()
        yield f"The oldest of these in {name} expires in {duration(left)}."


def held_by_others(count: int) -> str:
    return (
        f"About {count} more {'is' if count == 1 else 'are'} held by another command just now, and to be had "
        "when it ends, or a few minutes after it died."
    )


def print_rest(console: Console, missing: Iterable[str], held: int) -> None:
    """Print which of the ids asked for were not found, and what could not be looked at."""
    for name in missing:
        console.print(_text(f"Neither queue has a message of {name}."))
    if held:
        console.print(held_by_others(held), markup=False)


def print_broken_off(console: Console, left: str, *, is_dry_run: bool, again: str) -> None:
    """Print what a run that was broken off has left, and the command that goes on."""
    console.print(f"Broken off. {left}", markup=False)
    if not is_dry_run:
        console.print("An event that was just being sent may be applied all the same; twice does no harm.")
    console.print(f"To go on: {again}", markup=False, soft_wrap=True)


def left_in_queues(waiting: Mapping[str, int] | None) -> str:
    """Say how many messages are left, by layer; None if nobody can tell."""
    if waiting is None:
        return "How many messages are left cannot be told just now; none is lost."
    if not any(waiting.values()):
        return "No message is left."
    queues = (f"{_messages(count)} in the {Layer(one).queue_name}" for one, count in waiting.items() if count)
    return f"Left, chosen or not: about {', '.join(queues)}."


def print_dropped(console: Console, done: Dropped) -> None:
    """Print what was dropped, where it is, and how it can be sent all the same."""
    console.print(f"{done.dropped} of {done.chosen} chosen messages dropped.", markup=False)
    if done.file:
        console.print(f"All {done.chosen} are in {done.file}", markup=False, soft_wrap=True)
        console.print("It holds customers' data, and only you can read it. Delete it when it is done with.")
        again = f"stripe-handler dlq redrive --from-file {shlex.quote(str(done.file))}"
        console.print(f"To send them all the same: {again}", markup=False, soft_wrap=True)
    print_rest(console, done.missing, done.held_by_others)


def print_letter(console: Console, letter: DeadLetter, history: History | None, now: datetime) -> None:
    rows = {
        "event": letter.event_id,
        "type": letter.event_type,
        "user": letter.user_id,
        "layer": letter.layer,
        "message": letter.message_id,
        "in the queue since": f"{_iso(letter.sent_at)} ({_age(letter, now)})",
        "attempts before": letter.attempts,
        "given up because": letter.gave_up,
        "taken out since": f"{plural(letter.received, 'time')}, by list, show, redrive or drop",
        "error": letter.error_type,
        "error message": letter.error_message,
    }
    console.print(fields((name, _text(value)) for name, value in rows.items() if value is not None))
    for title, lines in (
        ("Stack trace", letter.stack_trace),
        ("Attempts in the function's log", _history(history)),
    ):
        if lines:
            console.print(f"\n{title}", style="bold")
            for line in lines:
                console.print(_text(f"  {line}"), soft_wrap=True)
    if letter.payload is not None:
        console.print("\nEvent", style="bold")
        # ASCII, so that nothing in it can move the cursor.
        text = json.dumps(json.loads(letter.payload), indent=2)
        console.print(text, markup=False, soft_wrap=True)


def _history(history: History | None) -> list[str]:
    if history is None:
        return ["could not be read"]
    lines = [
        f"{_iso(line.handled_at)}  {line.decision}  {line.error_type or ''}  {line.reason or ''}".rstrip()
        for line in history.attempts
    ]
    return lines if history.is_complete else [*lines, "(reading the log took too long; there may be more)"]


def print_tally(console: Console, tally: Tally, now: datetime, *, is_whole: bool = True) -> None:
    """Print what became of the messages that a run met; of all that were chosen if it `is_whole`."""
    count = tally.outcomes
    sentences = (
        (Outcome.APPLIED, f"applied: {with_counts(tally.decisions)}"),
        (Outcome.WOULD_SEND, "would be sent"),
        (Outcome.LEFT, f"left in place: {with_counts(tally.errors)}"),
        (Outcome.UNREADABLE, "left in place: no event inside; `dlq show`, then `dlq drop`"),
        (Outcome.TAKEN_BY_OTHERS, "taken by others meanwhile"),
    )
    lines = [f"{_messages(count[outcome])} {text}." for outcome, text in sentences if count[outcome]]
    if tally.has_parked:
        lines.append(f"Parked: kept for {_PARKED_DAYS} days, applied when the customer is linked.")
    if tally.not_deleted:
        lines.append(f"Of the applied, {tally.not_deleted} not deleted: others hold them now. Harmless.")
    for line in lines or ["Nothing to send." if is_whole else "Nothing was sent."]:
        console.print(line, markup=False)
    if tally.shown:
        console.print(_table([_as_met_now(result) for result in tally.shown], now))
    more = tally.remaining + count[Outcome.WOULD_SEND] - len(tally.shown)
    if more > 0:
        console.print(f"… and {more} more; --json shows all.")


def _as_met_now(result: Result) -> DeadLetter:
    return attrs.evolve(result.letter, **attrs.asdict(result.error)) if result.error else result.letter


def _table(letters: Iterable[DeadLetter], now: datetime) -> Table:
    rows = table(
        *("layer", "event", "type", "user", "age", "attempts", "taken", "error", "message"),
        prose=("message",),
        right=("age", "attempts", "taken"),
    )
    for letter in map(DeadLetter.summary, letters):
        hidden = "(whole text: dlq show)" if letter.is_message_hidden else ""
        rows.add_row(
            letter.layer,
            _text(letter.event_id or f"message {letter.message_id}"),
            _text(letter.event_type),
            _text(letter.user_id),
            _age(letter, now),
            _text(letter.attempts),
            _text(letter.received),
            _text(letter.error_type),
            _text(f"{letter.error_message or ''} {hidden}".strip()),
        )
    return rows


def with_counts(counter: Mapping[str, int]) -> str:
    """Counts in words, the largest first: `3 this, 1 that`."""
    return ", ".join(f"{count} {printable(name)}" for name, count in Counter(counter).most_common())


def _messages(count: int) -> str:
    return plural(count, "message")


def _age(letter: DeadLetter, now: datetime) -> str:
    return "?" if letter.sent_at is None else duration((now - letter.sent_at).total_seconds())


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds")


def _text(value: object) -> Text:
    return Text("" if value is None else printable(str(value)))


def printable(text: str) -> str:
    """Escape what would move the cursor or cannot be written; messages come from anywhere."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
