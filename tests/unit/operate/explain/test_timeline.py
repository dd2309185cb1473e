"""Stripe's own events against what became of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from stripe_handler_cli.operate.explain.gathering import concerning
from stripe_handler_cli.operate.explain.timeline import Entry, Here, State, failures, timeline
from stripe_handler_cli.stack.function_log import LogLine
from stripe_handler_cli.stack.stored import UserRecord
from stripe_subscription_handler.conversation.messages import Applied
from stripe_subscription_handler.decisions.ledger import Ledger
from stripe_subscription_handler.events.envelope import StripeEvent, parse_event
from stripe_subscription_handler.events.selection import PLAIN
from support import events
from support.model import Tables

T0 = events.T0
BEGIN = datetime.fromtimestamp(T0, UTC)
NOW = BEGIN + timedelta(days=1)
CREATED = parse_event(events.created(events.subscription(), event_id="evt_created"))
UPDATED = parse_event(
    events.updated(
        events.subscription(status="past_due"),
        event_id="evt_updated",
        created=T0 + 60,
        previous={"status": "active"},
    )
)
PAID = parse_event(events.paid(events.invoice(), event_id="evt_paid", created=T0 + 2))


def line(event: StripeEvent, decision: str, reason: str, **more: Any) -> LogLine:
    """A log line about an event."""
    return LogLine(
        handled_at=BEGIN + timedelta(minutes=5),
        event_id=event.id,
        event_type=event.type,
        event_created=event.created,
        subscription_id=event.subscription_id,
        user_id="user_1",
        decision=decision,
        reason=reason,
        **more,
    )


def seen(
    event: StripeEvent,
    *lines: LogLine,
    applied: tuple[StripeEvent, ...] = (),
    parked: tuple[str, ...] = (),
    elsewhere: tuple[str, ...] = (),
    log_begins: datetime = BEGIN,
    now: datetime = NOW,
) -> Entry:
    """What the timeline says of one event, with a ledger that knows some."""
    tables = Tables()
    for one in applied:
        tables.deliver(one)
    ledger = Ledger.from_item(tables.profiles.get("user_1"))
    here = Here(ledger, parked, elsewhere)
    [entry] = timeline([event], lines, here, log_begins=log_begins, now=now)
    return entry


def test_an_applied_event() -> None:
    """Its write counts, whatever came of later deliveries."""
    lines = [line(CREATED, "write", "first_event"), line(CREATED, "skip", "stale")]
    entry = seen(CREATED, *lines, applied=(CREATED,))
    assert (entry.state, entry.attempts, entry.is_behind) == (State.APPLIED, 2, False)


def test_a_duplicate_alone_was_applied_too() -> None:
    """By an attempt that left no line."""
    assert seen(CREATED, line(CREATED, "skip", "duplicate"), applied=(CREATED,)).state is State.APPLIED


def test_a_stale_event_is_skipped() -> None:
    """Something newer is known."""
    entry = seen(CREATED, line(CREATED, "skip", "stale"), applied=(UPDATED,))
    assert (entry.state, entry.is_behind) == (State.SKIPPED, False)


def test_an_event_nobody_has_seen_is_a_gap() -> None:
    """It is missing in the profile, unless something newer of the subscription is known."""
    missing = seen(UPDATED, applied=(CREATED,))
    assert (missing.state, missing.is_gap, missing.is_behind) == (State.NOT_SEEN, True, True)
    covered = seen(CREATED, applied=(UPDATED,))
    assert (covered.state, covered.is_gap, covered.is_behind) == (State.NOT_SEEN, True, False)


def test_a_payment_nobody_has_seen_is_a_gap_of_its_own() -> None:
    """Newer facts about the subscription do not stand in for a payment, a newer payment does."""
    renewal = events.invoice(id="in_2", created=T0 + 90)
    newer = parse_event(events.failed(renewal, event_id="evt_failed", created=T0 + 99))
    assert seen(PAID, applied=(UPDATED,)).is_behind
    assert not seen(PAID, applied=(UPDATED, newer)).is_behind


def test_a_young_event_is_on_its_way() -> None:
    """Stripe and EventBridge may take minutes."""
    entry = seen(UPDATED, now=datetime.fromtimestamp(T0 + 100, UTC))
    assert (entry.state, entry.is_behind) == (State.ON_ITS_WAY, False)


def test_an_event_older_than_the_log() -> None:
    """Nothing can be said of its handling, but the ledger still tells whether it is known."""
    later = BEGIN + timedelta(hours=1)
    assert seen(CREATED, applied=(CREATED,), log_begins=later).state is State.NOT_IN_THE_LOG
    assert not seen(CREATED, applied=(CREATED,), log_begins=later).is_behind
    assert seen(CREATED, log_begins=later).is_behind


def test_a_profile_lacks_nothing_of_what_belongs_to_another_user_by_now() -> None:
    """The events that named this user are still told; they are the other profile's to have."""
    entry = seen(CREATED, elsewhere=("sub_1",))
    assert (entry.state, entry.is_gap, entry.is_behind) == (State.NOT_SEEN, True, False)


def test_a_failed_event() -> None:
    """It is missing in the profile until it is handled, or something newer is."""
    lines = [line(UPDATED, "error", "no") for _ in range(3)]
    entry = seen(UPDATED, *lines, applied=(CREATED,))
    assert (entry.state, entry.attempts, entry.is_behind) == (State.FAILED, 3, True)


def test_parked_events_wait_or_were_applied_since() -> None:
    """By what waits now, and by the line of the event that brought them out."""
    waits = line(PAID, "skip", "parked")
    assert seen(PAID, waits, parked=("evt_paid",)).state is State.PARKED
    assert seen(PAID, parked=("evt_paid",)).state is State.PARKED
    also = (Applied("evt_paid", "user_1", "primary", ("lastPaymentStatus",)),)
    brought = line(UPDATED, "write", "primary", also_applied=also)
    assert seen(PAID, waits, brought, applied=(UPDATED, PAID)).state is State.APPLIED


def test_a_thin_event_is_found_by_its_second_and_type() -> None:
    """It has an id of its own; Stripe lists the event with the object."""
    thin = line(attrs.evolve(CREATED, id="evt_thin", type=f"v1.{CREATED.type}"), "write", "refetched")
    assert seen(CREATED, thin, applied=(CREATED,)).state is State.APPLIED


def test_events_are_told_in_stripes_order() -> None:
    """Stripe lists the newest first."""
    entries = timeline([UPDATED, PAID, CREATED], [], Here(Ledger()), log_begins=BEGIN, now=NOW)
    assert [entry.event.id for entry in entries] == ["evt_created", "evt_paid", "evt_updated"]


def test_only_failures_that_nothing_put_right_are_told() -> None:
    """Three attempts of one event, one that worked in the end, one of another user."""
    other = attrs.evolve(line(PAID, "error", "no"), event_id="evt_other", user_id="user_2")
    lines = [
        *(line(UPDATED, "error", "no", error_type="InvalidEventError") for _ in range(3)),
        line(PAID, "error", "no"),
        other,
        line(PAID, "write", "primary"),
    ]
    assert [(one.last.event_id, one.attempts) for one in failures(lines, "user_1")] == [("evt_updated", 3)]


@pytest.mark.parametrize(
    ("raw", "is_mine"),
    [
        (events.created(events.subscription()), True),
        (events.created(events.subscription(user="user_2", id="sub_2")), False),
        (events.paid(events.invoice(user=None)), True),
        (events.paid(events.invoice(user=None, sub="sub_linked")), True),
        (events.paid(events.invoice(user=None, sub="sub_other")), False),
        (events.paid(events.invoice(user=None, sub="sub_dead")), True),
        (events.updated(events.subscription(user="user_2"), previous={}), True),
        (events.paid(events.invoice(parent=None)), False),
        (events.created(events.subscription(status=None)), False),
    ],
)
def test_events_of_the_users_subscriptions_are_picked(raw: dict[str, Any], *, is_mine: bool) -> None:
    """By their metadata, by the ledger (dead ones too), by the owner links; malformed ones are not."""
    tables = Tables()
    tables.deliver(CREATED)
    item = {**tables.profiles["user_1"], "stripeLedgerClosed": {"2025-01-01T00:00:00Z sub_dead"}}
    record = UserRecord.of("user_1", {"PK": "USER#user_1"}, item)
    found = list(concerning([raw], record, {"sub_linked": "user_1", "sub_other": "user_2"}, PLAIN))
    assert bool(found) is is_mine
