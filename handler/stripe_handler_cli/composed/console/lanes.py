"""What an explanation tells of a user's subscriptions, as lanes over time. Pure.

A lane's statuses are what is known: of the ledger the newest, of the function's log those that the profile
showed after an event of this subscription, of Stripe's own events each. Where nothing tells, it says so.
"""

from collections.abc import Iterator, Mapping, Sequence

import attrs

from stripe_handler_cli.operate.explain.changes import event_rank
from stripe_handler_cli.operate.explain.gathering import Explanation
from stripe_handler_cli.operate.explain.handovers import Passed
from stripe_handler_cli.stack.function_log import LogLine
from stripe_handler_cli.stack.function_log.lines import WRITE
from stripe_handler_cli.stack.stored.owners import claim_second
from stripe_subscription_handler.decisions.access import FOR_EVER, Access
from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.decisions.filters import is_ours
from stripe_subscription_handler.decisions.registers import Register
from stripe_subscription_handler.decisions.short_forms import LOWEST_SECOND
from stripe_subscription_handler.decisions.view import shown_of
from stripe_subscription_handler.events.event_types import INVOICE_EVENTS

NOT_KNOWN = "not known"
"""The word where nothing tells which status a subscription had."""
_OF_THIS_ONE = frozenset({Reason.FIRST_EVENT, Reason.PRIMARY})
"""Reasons of writes after which the profile shows the subscription that the event is about."""
_HAPPENED = frozenset({Reason.STALE, Reason.CLOSED})
"""Reasons of skipped events that tell of a payment all the same."""


@attrs.frozen
class Span:
    """From one time to another, ISO-8601 UTC, and what was so."""

    start: str
    end: str
    word: str


@attrs.frozen
class Mark:
    """A payment."""

    at: str
    word: str
    what: str


@attrs.frozen
class Lane:
    """One subscription.

    Attributes:
        statuses: Without gaps, in order of time.
        owners: Whose it was when, in order of time.
        access: From when on it gives access, and until when; None if it gives none now.
    """

    subscription_id: str
    is_shown: bool
    statuses: tuple[Span, ...]
    owners: tuple[Span, ...]
    marks: tuple[Mark, ...]
    access: Span | None = None

    @property
    def status(self) -> str:
        return self.statuses[-1].word if self.statuses else NOT_KNOWN

    @property
    def told(self) -> str:
        """All of it in words."""
        parts = [f"{one.word} from {one.start} to {one.end}" for one in self.statuses]
        parts += [f"payment {one.word} at {one.at}" for one in self.marks]
        if self.access is not None:
            end = self.access.end
            parts.append("access without an end" if end == FOR_EVER else f"access until {end}")
        parts += [f"{one.word}'s from {one.start} to {one.end}" for one in self.owners]
        return f"{self.subscription_id}: {'; '.join(parts)}"


def lanes(explanation: Explanation, now: str) -> tuple[Lane, ...]:
    """One for each subscription that the user has or had, the one shown first, then the newest."""
    record, log = explanation.record, explanation.log
    shown = shown_of(record.ledger, record.shows)
    passed = {one.subscription_id: one for one in explanation.passed if one.subscription_id is not None}
    found = []
    for register in record.registers:
        key = register.subscription.id
        is_alone = len(record.ledger.held) == 1 and not record.ledger.closed
        points = [*_logged(log, key, is_alone=is_alone), *_of_stripe(explanation, key)]
        statuses = tuple(_statuses(register, points, now))
        found.append(
            Lane(
                key,
                shown is not None and shown.id == key,
                statuses,
                _owners(record.user_id, passed.get(key), statuses),
                _marks(explanation, key),
                _access(explanation, register, now),
            )
        )
    mine = {one.subscription_id for one in found}
    return (*found, *(_left(one, explanation, now) for key, one in passed.items() if key not in mine))


def _logged(log: Sequence[LogLine], key: str, *, is_alone: bool) -> Iterator[tuple[str, str]]:
    """When the profile showed which status of a subscription, by the lines of its own events."""
    for line in log:
        tells = line.reason in _OF_THIS_ONE or is_alone
        is_state = event_rank(line.event_type) is not None and line.subscription_id == key
        if is_state and line.decision == WRITE and tells and line.event_created and line.new_status:
            yield line.event_created, line.new_status


def _of_stripe(explanation: Explanation, key: str) -> Iterator[tuple[str, str]]:
    for entry in explanation.timeline or ():
        subscription = entry.event.subscription
        if subscription is not None and subscription.id == key:
            yield entry.event.created, subscription.status


def _statuses(register: Register, points: Sequence[tuple[str, str]], now: str) -> Iterator[Span]:
    subscription = register.subscription
    last = subscription.ended if subscription.is_terminal and subscription.ended else register.second
    # Of one second, the last.
    known = {second: word for second, word in sorted(points) if second < last}
    if last != LOWEST_SECOND:
        known[last] = subscription.status
    steps = sorted(known.items())
    if not steps or steps[0][0] > subscription.created:
        steps.insert(0, (subscription.created, NOT_KNOWN))
    changes = [
        one for before, one in zip([None, *steps], steps, strict=False) if not before or before[1] != one[1]
    ]
    end = max(last, subscription.created) if subscription.is_terminal else max(now, steps[-1][0])
    ends = [*(second for second, _ in changes[1:]), end]
    for (second, word), until in zip(changes, ends, strict=True):
        start = max(second, subscription.created)
        yield Span(start, max(start, until), word)


def _marks(explanation: Explanation, key: str) -> tuple[Mark, ...]:
    found: dict[tuple[str, str], Mark] = {}
    for line in explanation.log:
        word = INVOICE_EVENTS.get((line.event_type or "").removeprefix("v1."))
        happened = line.decision == WRITE or line.reason in _HAPPENED
        if word and happened and line.subscription_id == key and line.event_created:
            found[line.event_created, word] = Mark(line.event_created, word, line.event_id or "")
    payment = explanation.record.ledger.of(key).payment
    if payment is not None and not any(word == payment.status and at >= payment.at for at, word in found):
        found[payment.at, payment.status] = Mark(payment.at, payment.status, payment.invoice_id)
    return tuple(found[one] for one in sorted(found))


def _access(explanation: Explanation, register: Register, now: str) -> Span | None:
    record, subscription = explanation.record, register.subscription
    if subscription.is_terminal or not is_ours(subscription, record.shows):
        return None
    access = Access(subscription, record.ledger.of(subscription.id).payment)
    ends = [end for item in subscription.items if (end := access.until(item, record.shows)) is not None]
    return Span(min(max(now, subscription.created), max(ends)), max(ends), "access") if ends else None


def _owners(user_id: str, passed: Passed | None, statuses: Sequence[Span]) -> tuple[Span, ...]:
    if not statuses:
        return ()
    start, end = statuses[0].start, statuses[-1].end
    if passed is None:
        return (Span(start, end, user_id),)
    owner, former, since = passed.owner or "nobody yet", passed.former_user, _since(passed)
    if former is None or since is None or not start < since < end:
        return (Span(start, end, owner),)
    return Span(start, since, former), Span(since, end, owner)


def _since(passed: Passed) -> str | None:
    if passed.ownership is not None:
        return claim_second(passed.ownership.came)
    return passed.handover.line.event_created if passed.handover else None


def _left(passed: Passed, explanation: Explanation, now: str) -> Lane:
    """A subscription that is another user's by now: here nothing is known of its state any more."""
    key = passed.subscription_id or ""
    seconds: Mapping[str, None] = dict.fromkeys(
        line.event_created
        for line in explanation.log
        if line.subscription_id == key and line.event_created is not None
    )
    start = min(seconds, default=_since(passed) or now)
    statuses = (Span(start, now, NOT_KNOWN),)
    return Lane(key, False, statuses, _owners(explanation.record.user_id, passed, statuses), ())  # noqa: FBT003
