"""Brings together what an explanation needs: tables, log, Stripe's events. Reads only."""

import itertools
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import attrs

from stripe_handler_cli.common.progress import Step
from stripe_handler_cli.operate.explain.attribution import Attribution, attributions
from stripe_handler_cli.operate.explain.handovers import Passed, handovers, passed
from stripe_handler_cli.operate.explain.timeline import Entry, Failure, Here, failures, timeline
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.function_log import FunctionLog, LogLine, patterns, phrase, tells_decisions
from stripe_handler_cli.stack.lost_ledger import LostLedger, if_forgotten, lost_by_lines
from stripe_handler_cli.stack.stored import CustomerRecord, UserRecord
from stripe_handler_cli.stack.stored.lost import Lost, confirmed, lost_by
from stripe_subscription_handler.comparison import lists
from stripe_subscription_handler.errors import ConfigError, InvalidEventError, StripeUnavailableError
from stripe_subscription_handler.events.envelope import StripeEvent, parse_event
from stripe_subscription_handler.events.selection import Selection
from stripe_subscription_handler.loggable import loggable
from stripe_subscription_handler.stripe_side.api import StripeApi

_CUSTOMERS_AT_ONCE = 4
MOST_LINES = 20_000
"""Newest log lines of a user that are kept; a user with more has older ones left out, and is told."""


@attrs.frozen
class Explanation:
    """Why a user's profile says what it says.

    Attributes:
        passed: Subscriptions that came to the user or went to another one.
        failures: Events of the user that failed and were not handled since.
        timeline: Stripe's own events against what became of them; None without a Stripe key.
        stripe_since: Since when the timeline is complete.
        stripe_failure: Why Stripe did not tell, where it was asked.
        lost_ledger: What has become of the ledger, where it is gone; then no attribute is explained.
        lost: Subscriptions of the user's that the profile has lost.
        decisions_are_logged: Whether the function logs what it applied and skipped, and not only errors.
        lines_left_out: Whether there were older ones than could be kept.
        log: The lines themselves, in order of time.
    """

    record: UserRecord
    customers: tuple[CustomerRecord, ...]
    attributions: tuple[Attribution, ...]
    passed: tuple[Passed, ...]
    failures: tuple[Failure, ...]
    timeline: tuple[Entry, ...] | None
    stripe_since: datetime | None
    log_since: datetime
    decisions_are_logged: bool
    lines: int
    lines_left_out: bool
    stripe_failure: str | None = None
    lost_ledger: LostLedger | None = None
    lost: tuple[Lost, ...] = ()
    log: tuple[LogLine, ...] = attrs.field(default=(), repr=False)

    @property
    def is_fine(self) -> bool:
        """Whether there is a profile, as written by this project, that lacks nothing known."""
        behind = any(entry.is_behind for entry in self.timeline or ())
        is_whole = self.record.profile is not None and not self.lost_ledger and not self.lost
        return is_whole and not (self.record.differences or self.failures or behind)


def listed_events(
    stripe: StripeApi, types: Iterable[str], since: datetime, most_pages: int
) -> Iterator[Sequence[dict[str, Any]]]:
    """Pages of Stripe's events of these types, newest first: from a moment on, and so many at most."""
    pages = lists.events(stripe, int(since.timestamp()), types=types)
    return (page.objects for page in itertools.islice(pages, most_pages) if page.objects)


def concerning(
    raw_events: Iterable[Mapping[str, Any]],
    record: UserRecord,
    owners: Mapping[str, str],
    selection: Selection,
) -> Iterator[StripeEvent]:
    """Those of Stripe's events that are about the user's subscriptions.

    `owners` are subscription id → user, by the links.
    """
    mine = set(record.ledger.held) | {entry.partition(" ")[2] for entry in record.ledger.closed}
    for raw in raw_events:
        try:
            event = parse_event(raw, selection)
        except InvalidEventError:
            continue  # the function refuses it too, and its failure is told by the log
        subscription_id = event.subscription_id
        if subscription_id is None:
            continue
        named = event.user_id or owners.get(subscription_id)
        if named == record.user_id or subscription_id in mine:
            yield event


@attrs.frozen
class Gatherer:
    """Reads a deployed stack.

    Attributes:
        at_once: How many parts of the log are read side by side. AWS answers 5 FilterLogEvents a second in a
            whole account, so with more than one the client must be one that waits when it is throttled.
    """

    stack: DeployedStack
    now: datetime
    at_once: int = 1

    def explain(
        self, user_id: str, since: datetime | None, stripe: StripeApi | None, most_pages: int, step: Step
    ) -> Explanation:
        """Read everything and explain; the log is read from `since` on, or from 30 days ago."""
        tables = self.stack.tables
        record = tables.user(user_id)
        customers = self._customers(record.customer_ids)
        owners = {key: user for one in customers.values() for key, user in one.owners.items()}
        events: list[StripeEvent] = []
        stripe_since = entries = failure = None
        if stripe is not None:
            try:
                events, stripe_since = self._stripe_events(stripe, record, owners, most_pages, step)
            except (StripeUnavailableError, ConfigError) as error:
                # The tables and the log tell what they know all the same.
                failure = str(error)
        named = {event.customer_id for event in events if event.customer_id is not None}
        customers |= self._customers(named - customers.keys())
        subscription_ids = {*record.ledger.held, *(event.subscription_id or "" for event in events)}
        log = self.stack.function_log
        log_since = log.read_from(self.now, since)
        lines, left_out = self._lines(log, user_id, subscription_ids, log_since, step)
        customers |= self._customers(self._customers_of_what_left(user_id, lines) - customers.keys())
        ownerships = {link.subscription_id: link for one in customers.values() for link in one.ownerships}
        elsewhere = {key for key, link in ownerships.items() if link.claim.user_id != user_id}
        parked = {event.event_id for one in customers.values() for event in one.parked}
        is_logged = tells_decisions(self.stack.config.log_level)
        if stripe_since is not None:
            log_begins = log_since if is_logged else self.now
            here = Here(record.ledger, parked, elsewhere)
            entries = timeline(events, lines, here, log_begins=log_begins, now=self.now)
        lost_ledger = if_forgotten(lost_by_lines(record, lines), tables)
        # Without a ledger nothing says what the profile should show: no event is to blame for what is gone.
        explained = (
            attributions(record.ledger, record.shows, user_id, lines, record.differences)
            if lost_ledger is None
            else ()
        )
        return Explanation(
            record=record,
            customers=tuple(customers.values()),
            attributions=tuple(explained),
            passed=passed(user_id, lines, ownerships),
            failures=tuple(failures(lines, user_id)),
            timeline=None if entries is None else tuple(entries),
            stripe_since=stripe_since,
            log_since=log_since,
            decisions_are_logged=is_logged,
            lines=len(lines),
            lines_left_out=left_out,
            stripe_failure=failure,
            lost_ledger=lost_ledger,
            lost=confirmed(tables, lost_by(record, customers.values())),
            log=tuple(lines),
        )

    def _customers(self, customer_ids: Collection[str]) -> dict[str, CustomerRecord]:
        """Read customers, side by side."""
        tables, ids = self.stack.tables, sorted(customer_ids)
        with ThreadPoolExecutor(_CUSTOMERS_AT_ONCE) as readers:
            return dict(zip(ids, readers.map(tables.customer, ids), strict=True))

    def _customers_of_what_left(self, user_id: str, lines: Sequence[LogLine]) -> set[str]:
        """The customers of subscriptions that went to other users, whose profiles name them."""
        left = [one for one in handovers(lines) if one.from_user == user_id and one.to_user is not None]
        records = {one.user_id: one for one in self.stack.tables.users({one.to_user or "" for one in left})}
        registers = (
            records[one.to_user or ""].ledger.registers.get(one.subscription_id or "") for one in left
        )
        return {register.subscription.customer_id for register in registers if register is not None}

    def _stripe_events(
        self, stripe: StripeApi, record: UserRecord, owners: Mapping[str, str], most_pages: int, step: Step
    ) -> tuple[list[StripeEvent], datetime]:
        """The user's events of the subscribed types, and since when they are complete."""
        listed_since = self.now - timedelta(days=lists.LISTED_DAYS)
        found: list[StripeEvent] = []
        read, oldest = 0, self.now
        pages = listed_events(stripe, self.stack.event_pattern.handled_types, listed_since, most_pages)
        for read, page in enumerate(pages, start=1):
            step.count("pages of Stripe's events", read, most_pages)
            found += concerning(page, record, owners, self.stack.config.selection)
            oldest = datetime.fromtimestamp(page[-1]["created"], self.now.tzinfo)
        return found, oldest if read == most_pages else listed_since

    def _lines(
        self, log: FunctionLog, user_id: str, subscription_ids: Collection[str], since: datetime, step: Step
    ) -> tuple[Sequence[LogLine], bool]:
        # A user id that does not look like an id stands in the log as its fingerprint.
        logged_as = str(loggable(user_id))

        def concerns(line: LogLine) -> bool:
            return (
                line.user_id == logged_as
                or line.subscription_id in subscription_ids
                or any(other.user_id == logged_as for other in line.also_applied)
            )

        # The user of whom a subscription was taken stands in `also_applied` alone, a list of objects.
        wanted = [phrase(logged_as), *patterns(("subscription_id", one) for one in sorted(subscription_ids))]
        kept: deque[LogLine] = deque(maxlen=MOST_LINES + 1)
        counter = step.counter("parts of the log")
        kept.extend(log.lines(wanted, concerns, since, self.now, counter, at_once=self.at_once))
        lines = [line.with_user(logged_as, user_id) for line in kept]
        return lines[-MOST_LINES:], len(kept) > MOST_LINES
