"""Which subscriptions came to a user and which went to somebody else, by log lines and links. Pure."""

from collections.abc import Iterator, Mapping, Sequence

import attrs

from stripe_handler_cli.stack.function_log import LogLine
from stripe_handler_cli.stack.stored import Ownership
from stripe_subscription_handler.conversation.messages import Applied
from stripe_subscription_handler.decisions.decision import Reason


@attrs.frozen
class Handover:
    """A subscription was taken from one user and given to another.

    Attributes:
        subscription_id: None where the line of the event does not name it.
        to_user: None where no line tells.
        event_id: The event that did it.
        line: The line that tells of it.
        was_shown: Whether the profile of `from_user` looked otherwise afterwards.
    """

    subscription_id: str | None
    from_user: str
    to_user: str | None
    event_id: str
    line: LogLine
    was_shown: bool


@attrs.frozen
class Passed:
    """A subscription that changed hands, as one of its users is told.

    Attributes:
        user_id: That user.
        ownership: Whose it is, by its link; None where the link was not found.
        handover: The last one that the log tells of; None where only the link tells.
    """

    user_id: str
    subscription_id: str | None
    ownership: Ownership | None
    handover: Handover | None

    @property
    def owner(self) -> str | None:
        """Who has it; None while nobody has, because its user has no profile, or where nothing tells."""
        if self.ownership is not None:
            return self.ownership.owner
        return self.handover.to_user if self.handover else None

    @property
    def is_here(self) -> bool:
        return self.owner == self.user_id

    @property
    def former_user(self) -> str | None:
        """Who had it before, or whom its label named before."""
        if self.handover is not None:
            return self.handover.from_user
        return self.ownership.former_user if self.ownership else None

    @property
    def sentence(self) -> str:
        return f"{self._now}; {self._before}"

    @property
    def _now(self) -> str:
        name = self.subscription_id or "a subscription"
        if self.ownership is None:
            second = self.handover.line.event_created if self.handover else None
            at = f" with an event of {second}" if second else ""
            return f"{name} went to {self.owner or 'another user'}{at}"
        since = f" since {self.ownership.since}" if self.ownership.since else ""
        by = f"{since} by {self.ownership.why}"
        if self.owner is None:
            return (
                f"{name} is for {self.ownership.claim.user_id}{by}, and waits until that user has a profile"
            )
        return f"{name} belongs to {self.owner}{by}"

    @property
    def _before(self) -> str:
        former = self.former_user
        if former != self.user_id:
            return f"before that it was {former}'s"
        if self.handover is None:
            return "before that this user was named"
        return (
            "until then it was shown here" if self.handover.was_shown else "until then it was here, not shown"
        )

    def as_json(self) -> dict[str, object]:
        return {
            "subscription_id": self.subscription_id,
            "direction": "came" if self.is_here else "left",
            "owner": self.owner,
            "former_user": self.former_user,
            "link": self.ownership.as_json() if self.ownership else None,
            "event_id": self.handover.event_id if self.handover else None,
            "handled_at": self.handover.line.handled_at.isoformat() if self.handover else None,
            "sentence": self.sentence,
        }


def handovers(lines: Sequence[LogLine]) -> Iterator[Handover]:
    """Every subscription that changed hands, by lines in order of time."""
    about = {line.event_id: line.subscription_id for line in lines if line.subscription_id is not None}
    for line in lines:
        for one in line.also_applied:
            to_user = _receiver(line, one)
            # A customer's event tells of both sides; who got it is no loss.
            if one.reason == Reason.MOVED and one.user_id != to_user:
                subscription_id = about.get(one.event_id)
                yield Handover(
                    subscription_id, one.user_id, to_user, one.event_id, line, was_shown=bool(one.changed)
                )


def _receiver(line: LogLine, lost: Applied) -> str | None:
    """Who got what was taken: whom the line is about, or its parked event."""
    if lost.event_id == line.event_id:
        return line.user_id
    others = (one.user_id for one in line.also_applied if one.event_id == lost.event_id)
    return next(others, None)


def passed(user_id: str, lines: Sequence[LogLine], ownerships: Mapping[str, Ownership]) -> tuple[Passed, ...]:
    """What came to a user or went from there. What went back and forth is told once, as it is now.

    The ownerships are by subscription id, as far as links were found.
    """
    unnamed: list[Passed] = []
    last: dict[str, Handover | None] = {
        key: None
        for key, one in ownerships.items()
        if one.former_user is not None and user_id in {one.former_user, one.owner}
    }
    for one in handovers(lines):
        if user_id not in {one.from_user, one.to_user}:
            continue
        key = one.subscription_id or _by_its_claim(one, last, ownerships)
        if key is None:
            unnamed.append(Passed(user_id, None, None, one))
        else:
            last[key] = one
    named = [Passed(user_id, key, ownerships.get(key), one) for key, one in sorted(last.items())]
    return (*named, *unnamed)


def _by_its_claim(
    handover: Handover, last: Mapping[str, Handover | None], ownerships: Mapping[str, Ownership]
) -> str | None:
    """A subscription that came to its owner by this event, and of which no line was found yet."""
    found = (key for key, one in ownerships.items() if handover.event_id in one.came.steps)
    return next((key for key in sorted(found) if last.get(key) is None), None)
