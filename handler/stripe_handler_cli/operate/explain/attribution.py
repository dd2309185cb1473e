"""Tells which event gave each attribute of a profile its present value, by ledger and log lines. Pure.

The log tells what each write changed, by name. It cannot tell of two handlings that overlapped (their lines
may be in another order than their writes), of one that died between its write and its line (its event mostly
comes back as a duplicate), and of what is older than the log. Such answers are marked as not certain, or fall
back on the ledger, which knows the newest event of each subscription.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import attrs

from stripe_handler_cli.operate.explain.changes import (
    REJECTED,
    About,
    Change,
    changes_of,
    event_rank,
)
from stripe_handler_cli.stack.function_log import LogLine
from stripe_handler_cli.stack.function_log.lines import SKIP
from stripe_handler_cli.stack.stored import plain
from stripe_handler_cli.stack.stored.words import StateVersion, payment_second, reports
from stripe_subscription_handler.decisions.access import ACCESS_VIEW
from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.decisions.ledger import Ledger
from stripe_subscription_handler.decisions.view import shown_of, view
from stripe_subscription_handler.decisions.view_settings import ViewSettings
from stripe_subscription_handler.events.event_types import Rank
from stripe_subscription_handler.events.subscriptions import Subscription

_WHATEVER_ITS_STATE = frozenset({Reason.CLAIMED, Reason.MOVED})
"""Reasons of writes by which a subscription comes or goes, however old the event's own state is."""


@attrs.frozen
class Newest:
    """The newest event of a subscription, as far as the ledger tells, and whether it is logged.

    Attributes:
        event_id: The event's, where a line tells of it.
        may_be: The events that it may be: those of its second and kind that lines tell of.
    """

    subscription_id: str
    in_words: str
    is_logged: bool
    event_id: str | None = None
    may_be: frozenset[str] = frozenset()


@attrs.frozen
class Attribution:
    """Where an attribute has its present value from.

    Attributes:
        set_by: The event that last changed it, by the log; None if the log does not tell.
        or_by: Other events that may have been the last to change it.
        newest: The newest event of its kind that the ledger knows of, that of the state where there is no
            payment; None if no subscription is shown.
        gives_access_alone: Whether no other subscription lives than the one that `newest` is about.
        is_found: Whether the app reads this value; else somebody else has changed it.
        found: The value that the app reads then; None where the attribute is gone.
        rejected: Events of its kind that were handled later and changed nothing, in that order.
    """

    name: str
    value: Any
    set_by: Change | None
    or_by: tuple[Change, ...]
    newest: Newest | None
    rejected: tuple[LogLine, ...]
    is_found: bool = True
    found: Any = None
    gives_access_alone: bool = False

    @property
    def brought_to_light(self) -> Newest | None:
        """What the value comes from, where an event of another subscription has only brought that to light.

        The one that was shown ended or lost its rank, say, and since then this one is shown.
        """
        about = self.set_by.subscription_id if self.set_by else None
        is_of_one = self.name not in ACCESS_VIEW or self.gives_access_alone
        newest = self.newest if is_of_one else None
        return newest if newest and about not in {None, newest.subscription_id} else None

    @property
    def is_certain(self) -> bool:
        """Whether the log leaves no other event open."""
        return self.set_by is not None and not self.or_by and (self.newest is None or self.newest.is_logged)


def attributions(
    ledger: Ledger,
    shows: ViewSettings,
    user_id: str,
    lines: Sequence[LogLine],
    differing: Mapping[str, tuple[Any, Any]] = MappingProxyType({}),
) -> list[Attribution]:
    """Explain every attribute of a user's view that is there, that an event removed, or that is wrong.

    The lines are those about the user and the user's subscriptions, in order of time. `differing` has the
    attributes that do not say what the ledger says: name → (by the ledger, what the app reads).
    """
    changes = changes_of(lines, user_id)
    found = []
    values = {name: plain(value) for name, value in view(ledger, shows).items()}
    shown = shown_of(ledger, shows)
    of_shown = _newest(ledger, shown, changes, lines)
    of_access = of_shown.get(About.STATE)
    # What gives access may be any that lives: as soon as the log does not tell of one, nothing is certain.
    living = ledger.living(shows)
    for one in living.values():
        of_one = _newest(ledger, one, changes, lines)[About.STATE]
        of_access = of_access if of_one.is_logged else of_one
    for name in sorted({*values, *differing}):
        candidates = [change for change in changes if change.may_have_changed(name)]
        is_found, value = name not in differing, values.get(name)
        was_changed = any(name in (change.changed or ()) for change in candidates)
        if value is None and is_found and not was_changed:
            continue
        about = About.of_attribute(name)
        of_kind = of_shown.get(about)
        set_by, or_by = _last(candidates, about, of_kind.may_be if of_kind else frozenset())
        since = set_by.handled_at if set_by else None
        rejected = tuple(
            line
            for line in lines
            if line.decision == SKIP
            and line.reason in REJECTED
            and line.user_id == user_id
            and About.of_event(line.event_type) is about
            and (since is None or line.handled_at > since)
        )
        # Where the subscription shown has no payment, what removed the payment of another is that it came.
        newest = of_access if name in ACCESS_VIEW else of_shown.get(about, of_shown.get(About.STATE))
        app_reads = None if is_found else differing[name][1]
        is_alone = newest is not None and set(living) == {newest.subscription_id}
        found.append(Attribution(name, value, set_by, or_by, newest, rejected, is_found, app_reads, is_alone))
    return found


def _last(
    candidates: Sequence[Change], about: About, newest: frozenset[str]
) -> tuple[Change | None, tuple[Change, ...]]:
    """The last of the changes, and those that may have come after it all the same.

    `newest` are the events that may be the newest one of the subscription shown, of this kind.
    """
    told = [change for change in candidates if change.changed is not None]
    if not told:
        return None, tuple(candidates)
    last = max(told, key=lambda change: change.order)
    near = [
        change
        for change in candidates
        if change is last or (change.handled_at >= last.began_at and not change.is_of_one_line_with(last))
    ]
    # The ledger settles it among events of the subscription shown: its newest one was written last. Where two
    # events may be that one, it settles nothing: the other may have left this attribute as it was.
    final = [change for change in near if {change.event_id} == newest and change.about is about]
    alike = all(
        change.changed is not None
        and change.reason not in _WHATEVER_ITS_STATE
        and change.subscription_id == last.subscription_id
        and change.about is about
        for change in near
    )
    if alike and len(final) == 1:
        return final[0], ()
    return last, tuple(change for change in near if change is not last)


def _reports(event_created: str | None, event_type: str | None, version: StateVersion) -> bool:
    return (event_created, event_rank(event_type)) == (version.second, version.rank)


def _newest(
    ledger: Ledger, shown: Subscription | None, changes: Sequence[Change], lines: Sequence[LogLine]
) -> Mapping[About, Newest]:
    """The newest event of a subscription, of its state and of its payment."""
    if shown is None:
        return {}
    version = StateVersion.of(ledger.registers[shown.id])
    about = [line for line in lines if line.subscription_id == shown.id]
    if version.rank is Rank.SNAPSHOT:
        is_logged = any(change.reason == Reason.REFETCHED for change in changes)
        found = {About.STATE: Newest(shown.id, str(version), is_logged)}
    else:
        telling = [line for line in about if _reports(line.event_created, line.event_type, version)]
        found = {About.STATE: Newest(shown.id, str(version), bool(telling), *_events_of(telling))}
    payment = ledger.payments.get(shown.id)
    if payment is not None:
        # All lines are looked at, because the line of a thin event does not name the subscription.
        told = [line for line in lines if reports(line.event_type, line.event_created, payment)]
        mine = [line for line in told if line.subscription_id == shown.id]
        in_words = f"{payment.status} {payment_second(payment)}"
        found[About.PAYMENT] = Newest(shown.id, in_words, bool(told), *_events_of(mine))
    return found


def _events_of(lines: Sequence[LogLine]) -> tuple[str | None, frozenset[str]]:
    """The event of the last line, and those of all."""
    ids = [line.event_id for line in lines if line.event_id is not None]
    return (ids[-1] if ids else None), frozenset(ids)
