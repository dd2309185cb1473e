"""One customer's deliveries, the truth they must end in, and smaller stories that are just as true. Pure.

A story is only ever made smaller in ways that leave a complete history: everything up to a second, some of
the subscriptions, without any payments, without duplicates, nearer to the order in which things happened.
Leaving out a single event would not do: no handler can make up for an event that never came.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import attrs

from stripe_handler_cli.lab.chaos.plan import Event
from stripe_handler_cli.lab.simulator import Book, SimulatedLife, subject_id, true_profile
from stripe_handler_cli.lab.simulator.owners import owner_of
from stripe_handler_cli.lab.simulator.truth.sight import Sight


@attrs.frozen
class Story:
    """A life, or a part of it, as it was delivered: some of its subscriptions, up to a second."""

    life: SimulatedLife
    deliveries: tuple[Event, ...]
    subscription_ids: frozenset[str]
    until: int
    with_payments: bool = True

    @classmethod
    def of(cls, life: SimulatedLife, deliveries: Sequence[Event]) -> "Story":
        until = max(happening.second for happening in life.happenings)
        return cls(life, tuple(deliveries), frozenset(life.book.subscriptions), until)

    @cached_property
    def book(self) -> Book:
        """What the account held, as far as the story goes."""
        book = self.life.book.part(self.subscription_ids, self.until)
        return book if self.with_payments else attrs.evolve(book, payments=[])

    @cached_property
    def truth(self) -> dict[str, dict[str, Any]]:
        """What each user's profile must say in the end."""
        life = self.life
        return {user: true_profile(self.book, user, life.version, life.settings) for user in life.users}

    @property
    def ends_in_a_guess(self) -> bool:
        """Whether nothing names a subscription's user while others of the customer have one.

        Whose that subscription is may then depend on the delivery, so the story has no one truth. Another
        app's is on no profile, whosever it is.
        """
        owners = {
            owner_of(self.book, key)
            for key, states in self.book.subscriptions.items()
            if Sight(states[-1][1], self.life.version, self.life.settings).is_ours
        }
        return None in owners and len(owners) > 1

    def ending_earlier(self) -> Iterator["Story"]:
        """The story up to an earlier second, the shortest first; not where it would end in a guess."""
        seconds = {one.event["id"]: one.second for one in self.life.happenings}
        for until in sorted({second for second in seconds.values() if second < self.until}):
            kept = (event for event in self.deliveries if seconds[event["id"]] <= until)
            story = attrs.evolve(self, deliveries=tuple(kept), until=until)
            if not story.ends_in_a_guess:
                yield story

    def without_payments(self) -> Iterator["Story"]:
        """The story for a destination that does not subscribe to invoices."""
        if self.with_payments:
            kept = (event for event in self.deliveries if "invoice." not in event["type"])
            yield attrs.evolve(self, deliveries=tuple(kept), with_payments=False)

    def with_one_subscription_less(self) -> Iterator["Story"]:
        """The story without one of its subscriptions and that one's invoices."""
        for left_out in sorted(self.subscription_ids):
            kept = (event for event in self.deliveries if self._subscription_of(event) != left_out)
            ids = self.subscription_ids - {left_out}
            yield attrs.evolve(self, deliveries=tuple(kept), subscription_ids=ids)

    def with_one_duplicate_less(self) -> Iterator["Story"]:
        """The story without one of several deliveries of an event."""
        ids = [event["id"] for event in self.deliveries]
        for index, event_id in enumerate(ids):
            if ids.count(event_id) > 1:
                kept = self.deliveries[:index] + self.deliveries[index + 1 :]
                yield attrs.evolve(self, deliveries=kept)

    def nearer_to_order(self) -> Iterator["Story"]:
        """The story with its beginning, or two neighbours, in the order in which things happened."""
        positions = {one.event["id"]: position for position, one in enumerate(self.life.happenings)}
        order = [positions[event["id"]] for event in self.deliveries]
        count = len(order)
        parts = [(0, end) for end in range(count, 2, -1)] + [(start, start + 2) for start in range(count - 1)]
        for start, end in parts:
            if order[start:end] != sorted(order[start:end]):
                part = sorted(self.deliveries[start:end], key=lambda event: positions[event["id"]])
                yield attrs.evolve(self, deliveries=(*self.deliveries[:start], *part, *self.deliveries[end:]))

    def _subscription_of(self, event: Event) -> str | None:
        subject = subject_id(event)
        if subject in self.life.book.subscriptions:
            return subject
        book = self.life.book
        if subject in book.customers:
            return None
        about = book.sessions[subject] if subject in book.sessions else book.invoices[subject]
        made = about[0][1].subscription
        return made.id if made else None
