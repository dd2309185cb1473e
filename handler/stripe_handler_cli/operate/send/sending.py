"""What `send` does with its events: puts them on the bus, follows them, and tells how it went."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import attrs
import click

from stripe_handler_cli.common.console import printer, reporter
from stripe_handler_cli.common.progress import step
from stripe_handler_cli.common.waiting import poll
from stripe_handler_cli.stack.bus import Bus
from stripe_handler_cli.stack.event_rows import print_header
from stripe_handler_cli.stack.following.outcome import (
    Outcome,
    handled,
    not_admitted,
    not_handled,
    print_outcome,
)
from stripe_handler_cli.stack.following.wiring import ProfileWatch, Wired, named_user
from stripe_handler_cli.stack.function_log import LogTail

_BATCH = 10


@attrs.frozen
class Sender:
    """Sends events and follows them; `clock` gives seconds from any point in time."""

    put: Callable[[Mapping[str, Any]], None]
    bus: Bus
    tail: LogTail
    profiles: ProfileWatch
    metadata_key: str
    timeout_seconds: float
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def send(self, event: Mapping[str, Any]) -> Outcome:
        """Put an event on the bus, and wait until the handler has logged its decision.

        An error is an outcome like others: Lambda tries the event twice more, later.
        """
        event_id, event_type = event["id"], event["type"]
        self.profiles.remember(named_user(event, self.metadata_key))
        self.put(event)
        if not self.bus.admits(event):
            return not_admitted(event, self.bus.refusal(event))
        line = poll(
            lambda: next((line for line in self.tail.read() if line.get("event_id") == event_id), None),
            every_seconds=self.bus.poll_seconds,
            timeout_seconds=self.timeout_seconds,
            sleep=self.sleep,
            clock=self.clock,
        )
        if line is None:
            return not_handled(event_id, event_type, self.timeout_seconds)
        return handled(event_id, event_type, line, self.profiles.changes(line.get("user_id")))


def put(wired: Wired, events: Sequence[Mapping[str, Any]], *, as_json: bool) -> int:
    """Put events on the bus and leave them there; return the exit code."""
    with step(reporter(), "Put the events on the bus") as putting:
        for start in range(0, len(events), _BATCH):
            batch = events[start : start + _BATCH]
            wired.pipeline.put(*batch)
            putting.count("events", start + len(batch), len(events))
        ignored = [event for event in events if not wired.bus.admits(event)]
        for told in sorted({f"{event['type']}: {wired.bus.refusal(event)}" for event in ignored}):
            putting(told)
    if as_json:
        for event in events:
            click.echo(json.dumps({"event_id": event["id"], "event_type": event["type"]}))
        click.echo(json.dumps({"summary": {"sent": len(events), "not_admitted": len(ignored)}}))
    return 1 if len(ignored) == len(events) else 0


def put_and_follow(
    wired: Wired, events: Iterable[Mapping[str, Any]], timeout_seconds: float, *, as_json: bool
) -> int:
    """Put events on the bus one by one, each when the one before is handled; return the exit code."""
    key = wired.stack.config.user_id_metadata_key
    sender = Sender(wired.pipeline.put, wired.bus, wired.tail(), wired.profiles(), key, timeout_seconds)
    console = printer()
    if not as_json:
        print_header(console)
    tally: Counter[str] = Counter(sent=0, failed=0, not_admitted=0)
    for number, event in enumerate(events, start=1):
        outcome = sender.send(event)
        tally["sent"] += 1
        tally["failed"] += outcome.is_failure
        tally["not_admitted"] += not (outcome.is_failure or outcome.is_handled)
        if as_json:
            click.echo(json.dumps(outcome.as_json(), default=str))
        else:
            print_outcome(console, number, outcome)
    if as_json:
        click.echo(json.dumps({"summary": tally}))
    else:
        console.print(
            f"{tally['sent']} sent, {tally['failed']} failed, {tally['not_admitted']} not admitted."
        )
    return 1 if tally["failed"] or tally["not_admitted"] == tally["sent"] else 0
