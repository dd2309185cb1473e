"""What became of events here: which failed by the log, and Stripe's own against log and ledger. Pure."""

import enum
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import attrs

from stripe_handler_cli.stack.function_log import LogLine
from stripe_handler_cli.stack.function_log.lines import ERROR, WRITE
from stripe_subscription_handler.decisions.compaction import is_closed
from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.decisions.ledger import Ledger
from stripe_subscription_handler.decisions.naming import reported_version
from stripe_subscription_handler.decisions.payments import Payment
from stripe_subscription_handler.events.envelope import StripeEvent

STILL_ON_ITS_WAY = timedelta(minutes=5)
"""Stripe, EventBridge and the log may take so long together before an event counts as not seen."""


@attrs.frozen
class Failure:
    """An event whose last attempt failed."""

    last: LogLine
    attempts: int


def failures(lines: Sequence[LogLine], user_id: str) -> Iterator[Failure]:
    """The user's failed events, by the lines about the user in order of time."""
    failed: dict[str, list[LogLine]] = {}
    for line in lines:
        if line.event_id is None:
            continue
        if line.decision != ERROR:
            failed.pop(line.event_id, None)
        elif line.user_id in {user_id, None}:
            failed.setdefault(line.event_id, []).append(line)
    for attempts in failed.values():
        yield Failure(attempts[-1], len(attempts))


class State(enum.StrEnum):
    """What became of an event."""

    APPLIED = "applied"
    SKIPPED = "skipped"
    PARKED = "parked"
    FAILED = "failed"
    ON_ITS_WAY = "on its way"
    NOT_SEEN = "not seen"
    NOT_IN_THE_LOG = "not in the log"


@attrs.frozen
class Entry:
    """One of Stripe's events, what became of it by which line, and whether the ledger covers it."""

    event: StripeEvent
    state: State
    line: LogLine | None
    attempts: int
    is_covered: bool

    @property
    def is_gap(self) -> bool:
        """Whether Stripe sent it and nothing here tells of it."""
        return self.state is State.NOT_SEEN

    @property
    def is_behind(self) -> bool:
        """Whether the profile lacks what it says."""
        return not self.is_covered and self.state not in {State.APPLIED, State.SKIPPED, State.ON_ITS_WAY}


@attrs.frozen
class Here:
    """What is stored here of a user.

    Attributes:
        parked: Ids of the events that wait.
        elsewhere: Ids of subscriptions that are another user's by now: this profile lacks nothing of them.
    """

    ledger: Ledger
    parked: Collection[str] = ()
    elsewhere: Collection[str] = ()


def timeline(
    stripe_events: Iterable[StripeEvent],
    lines: Sequence[LogLine],
    here: Here,
    *,
    log_begins: datetime,
    now: datetime,
) -> list[Entry]:
    """Say of each of the user's events, of the types that are subscribed, what became of it.

    The lines are in order of time; from `log_begins` on there is one for every event handled.
    """
    by_event = _by_event(lines)
    drained = {other.event_id: line for line in lines for other in line.also_applied}
    found = []
    for event in sorted(stripe_events, key=lambda event: event.created):
        mine = by_event.get(event.id) or by_event.get(_thin_key(event.created, event.type), [])
        if event.id in drained:
            state, line = State.APPLIED, drained[event.id]
        elif mine:
            line = _telling(mine)
            state = State.PARKED if event.id in here.parked else _state(line)
        else:
            state, line = _unseen(event, here.parked, log_begins, now), None
        is_covered = event.subscription_id in here.elsewhere or covers(here.ledger, event)
        found.append(Entry(event, state, line, len(mine), is_covered))
    return found


def covers(ledger: Ledger, event: StripeEvent) -> bool:
    """Whether the ledger knows the event, or something newer of its subscription."""
    subscription_id = event.subscription_id
    # A session says whose a subscription is, of which the ledger holds no record.
    if subscription_id is None or event.session is not None or is_closed(ledger, subscription_id):
        return True
    if event.subscription is not None:
        register = ledger.registers.get(subscription_id)
        return register is not None and register.version >= reported_version(event, event.subscription)
    payment = ledger.payments.get(subscription_id)
    if event.invoice is None or payment is None:
        return False
    return payment.version >= Payment.of(event.invoice, event.type, event.created).version


def _by_event(lines: Sequence[LogLine]) -> Mapping[str, list[LogLine]]:
    found: dict[str, list[LogLine]] = {}
    for line in lines:
        if line.event_id is not None:
            found.setdefault(line.event_id, []).append(line)
        if line.event_type is not None and line.event_type.startswith("v1."):
            # A thin event has an id of its own; Stripe lists the snapshot event of the same second.
            key = _thin_key(line.event_created, line.event_type.removeprefix("v1."))
            found.setdefault(key, []).append(line)
    return found


def _thin_key(created: str | None, event_type: str) -> str:
    return f"{created} {event_type}"


def _telling(lines: Sequence[LogLine]) -> LogLine:
    """The line that says what became of the event: its write, else the last that is no error."""
    writes = [line for line in lines if line.decision == WRITE]
    return (writes or [line for line in lines if line.decision != ERROR] or lines)[-1]


def _state(line: LogLine) -> State:
    if line.decision == ERROR:
        return State.FAILED
    if line.decision == WRITE or line.reason == Reason.DUPLICATE:
        return State.APPLIED
    return State.PARKED if line.reason == Reason.PARKED else State.SKIPPED


def _unseen(event: StripeEvent, parked: Collection[str], log_begins: datetime, now: datetime) -> State:
    if event.id in parked:
        return State.PARKED
    created = datetime.fromisoformat(event.created)
    if created > now - STILL_ON_ITS_WAY:
        return State.ON_ITS_WAY
    return State.NOT_IN_THE_LOG if created < log_begins else State.NOT_SEEN
