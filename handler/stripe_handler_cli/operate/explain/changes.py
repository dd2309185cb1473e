"""Log lines → what was written to one user's profile, and when. Pure."""

import enum
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import attrs

from stripe_handler_cli.stack.function_log import LogLine
from stripe_handler_cli.stack.function_log.lines import SKIP, WRITE
from stripe_subscription_handler.decisions.access import ACCESS_VIEW
from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.decisions.view import ENTITLEMENTS_SHOWN, PAYMENT_VIEW
from stripe_subscription_handler.events.event_types import (
    ENTITLEMENT_EVENTS,
    INVOICE_EVENTS,
    SUBSCRIPTION_EVENTS,
    Rank,
)

REJECTED = frozenset({Reason.STALE, Reason.CLOSED, Reason.DUPLICATE})
"""Reasons of events that came too late to change anything."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def event_rank(event_type: str | None) -> Rank | None:
    """Rank of a subscription event, thin ones too; None for every other type."""
    return SUBSCRIPTION_EVENTS.get(_plain(event_type))


class About(enum.Enum):
    """What an event, or an attribute, is about."""

    STATE = enum.auto()
    PAYMENT = enum.auto()
    ENTITLEMENTS = enum.auto()

    @classmethod
    def of_event(cls, event_type: str | None) -> "About":
        """Tell it of a type, a thin one too."""
        if _plain(event_type) in INVOICE_EVENTS:
            return cls.PAYMENT
        return cls.ENTITLEMENTS if _plain(event_type) in ENTITLEMENT_EVENTS else cls.STATE

    @classmethod
    def of_attribute(cls, name: str) -> "About":
        """Tell it of an attribute of the view."""
        if name in PAYMENT_VIEW:
            return cls.PAYMENT
        return cls.ENTITLEMENTS if name == ENTITLEMENTS_SHOWN else cls.STATE


def _plain(event_type: str | None) -> str:
    return (event_type or "").removeprefix("v1.")


@attrs.frozen(kw_only=True)
class Change:
    """One event's write to the profile, between `began_at` and `handled_at`.

    Its type, second and subscription are None if only the line of another event tells of it. The names of the
    attributes it changed are None if no line tells. One line may tell of several, in the order of `place`:
    its own event, then what was applied on the way.
    """

    event_id: str
    event_type: str | None
    event_created: str | None
    subscription_id: str | None
    reason: str
    changed: tuple[str, ...] | None
    began_at: datetime
    handled_at: datetime
    replay: str | None = None
    place: int = 0

    @property
    def order(self) -> tuple[datetime, int]:
        """What sorts changes as they were written, as far as the log tells."""
        return self.handled_at, self.place

    def is_of_one_line_with(self, other: "Change") -> bool:
        """Whether one line tells of both: then their order is certain."""
        return (self.handled_at, self.began_at) == (other.handled_at, other.began_at)

    @property
    def about(self) -> About:
        return About.of_event(self.event_type)

    def may_have_changed(self, name: str) -> bool:
        """Whether it changed the attribute, or no line says that it did not."""
        if self.changed is not None:
            return name in self.changed
        if self.about is About.ENTITLEMENTS:
            return name == ENTITLEMENTS_SHOWN
        # While past due, access can end so many days after the newest invoice failed. And a subscription's
        # event can bring the payment of another subscription to light.
        return self.about is About.STATE or name in PAYMENT_VIEW or name in ACCESS_VIEW


def changes_of(lines: Sequence[LogLine], user_id: str) -> list[Change]:
    """What was written to a user's profile, by the lines about user and subscriptions in order of time."""
    # The line of an event that was parked tells more of it than the line of the one that brought it out.
    by_event = {line.event_id: line for line in reversed(lines) if line.event_id is not None}
    found: list[Change] = []
    written: set[str] = set()
    for line in lines:
        new = [*_itself(line, user_id, written), *_on_the_way(line, user_id, by_event)]
        written.update(change.event_id for change in new)
        found += new
    return found


def _on_the_way(line: LogLine, user_id: str, by_event: dict[str, LogLine]) -> Iterator[Change]:
    for place, other in enumerate(line.also_applied, start=1):
        if other.user_id == user_id and (other.changed or other.reason not in REJECTED):
            own = by_event.get(other.event_id)
            yield Change(
                event_id=other.event_id,
                event_type=own.event_type if own else None,
                event_created=own.event_created if own else None,
                subscription_id=own.subscription_id if own else None,
                reason=other.reason,
                changed=other.changed,
                began_at=line.began_at,
                handled_at=line.handled_at,
                replay=line.replay,
                place=place,
            )


def _itself(line: LogLine, user_id: str, written: set[str]) -> Iterator[Change]:
    if line.user_id != user_id or line.event_id is None:
        return
    # A duplicate of an event whose write left no line: it was written at any time before.
    is_silent = line.decision == SKIP and line.reason == Reason.DUPLICATE and line.event_id not in written
    if line.decision != WRITE and not is_silent:
        return
    yield Change(
        event_id=line.event_id,
        event_type=line.event_type,
        event_created=line.event_created,
        subscription_id=line.subscription_id,
        reason=line.reason or "",
        changed=None if is_silent else line.changed,
        began_at=_LONG_AGO if is_silent else line.began_at,
        handled_at=line.handled_at,
        replay=line.replay,
    )
