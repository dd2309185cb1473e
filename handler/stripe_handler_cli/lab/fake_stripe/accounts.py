"""What the fake Stripe knows: objects that somebody hands it, or a simulated account at a moment of its life.

Answers from memory; knows no request and no HTTP.
"""

import math
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

import attrs

from stripe_handler_cli.lab.simulator import SimulatedLife, Simulation, second_of, subject_id

AHEAD_SECONDS = 3.0
"""How far Stripe's clock is past an event when that is delivered: enough for its own second to be over."""


@attrs.frozen
class Found:
    """An object as it was at a moment.

    Attributes:
        body: The object; None where there was none.
        at: The moment, Unix seconds; None for the server's own now.
    """

    body: Mapping[str, Any] | None
    at: float | None = None


class Account(Protocol):
    """A Stripe account, as far as the fake shows one.

    Its kinds of object are `subscription`, `customer`, `invoice`, `checkout.session` and `event`, and the
    summary of everything that a customer is entitled to, which has the customer's id.
    """

    def find(self, kind: str, identifier: str) -> Found:
        """Find an object by its kind and id."""

    def newest_first(self, kind: str, of: str | None = None) -> Sequence[str]:
        """The ids of every object of a kind that there ever is, in the order in which Stripe lists them.

        With the id of a subscription, at least those of its own: an account may know them by heart.
        """


@attrs.frozen
class HandedObjects:
    """Objects that somebody handed over, by `object` and `id`."""

    by_name: Mapping[tuple[str, str], Mapping[str, Any]]

    def find(self, kind: str, identifier: str) -> Found:
        return Found(self.by_name.get((kind, identifier)))

    def newest_first(self, kind: str, of: str | None = None) -> Sequence[str]:
        del of
        mine = [(one["created"], key[1]) for key, one in self.by_name.items() if key[0] == kind]
        return [identifier for _, identifier in sorted(mine, reverse=True)]


def objects(*handed: Mapping[str, Any]) -> HandedObjects:
    """Make an account of these objects; each has the fields `object` and `id`, a summary its customer."""
    return HandedObjects({(one["object"], one.get("id") or one["customer"]): one for one in handed})


@attrs.define
class CustomerClocks:
    """A Stripe clock for each simulated customer: a little past the newest event of theirs that was sent.

    So Stripe never shows less than the events sent so far tell, and nothing that happened long after them.
    That every customer has a clock of their own is more than Stripe does, but nobody can see it: what is
    asked is always about one customer. It lets a stream be delivered in any order while each customer's
    account still unfolds bit by bit.
    """

    ahead_seconds: float = AHEAD_SECONDS
    monotonic: Callable[[], float] = time.monotonic
    _set: dict[str, tuple[float, float]] = attrs.field(factory=dict, init=False)
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False)

    def now(self, customer_id: str) -> float:
        """Read a customer's clock, Unix seconds; 0 before their first event."""
        since, shown = self._set.get(customer_id, (0.0, -math.inf))
        return max(0.0, shown + self.monotonic() - since)

    def advance(self, customer_id: str, second: int) -> None:
        """Set a customer's clock past an event of this second, unless it is there already."""
        with self._lock:  # events are sent by several threads, and no clock may go back
            shown = max(self.now(customer_id), second + self.ahead_seconds)
            self._set[customer_id] = self.monotonic(), shown


@attrs.define
class AccountClock(CustomerClocks):
    """One Stripe clock for the whole account, for whatever looks at many customers at once, such as lists.

    Let it be the server's `now` too. Events must be sent in the order in which they happened: with the newest
    one, the whole account goes on.
    """

    def now(self, _customer_id: str = "") -> float:
        return super().now("")

    def advance(self, _customer_id: str, second: int) -> None:
        super().advance("", second)


@attrs.frozen
class SimulatedAccount:
    """A simulated account: as it ended up; or, with clocks, as it was when the last events were sent."""

    simulation: Simulation
    clocks: CustomerClocks | None = None

    def sent(self, events: Iterable[Mapping[str, Any]]) -> None:
        """Let the clocks of these events' customers go on; call it before the events are on their way."""
        for event in events:
            life = self.simulation.life_of(subject_id(event))
            if self.clocks is not None and life is not None:
                self.clocks.advance(_customer_id(life), second_of(event))

    def find(self, kind: str, identifier: str) -> Found:
        """Find an object; the clock is read first, and then the state at that very moment."""
        event = self.simulation.snapshot_events.get(identifier) if kind == "event" else None
        life = self.simulation.life_of(subject_id(event) if event else identifier)
        if life is None:
            return Found(None)
        at = None if self.clocks is None else self.clocks.now(_customer_id(life))
        if kind == "event":
            return Found(event if event and (at is None or event["created"] <= at) else None, at)
        return Found(life.book.find(kind, identifier, None if at is None else math.floor(at)), at)

    def newest_first(self, kind: str, of: str | None = None) -> Sequence[str]:
        del of
        return self._ids[kind]

    @cached_property
    def _ids(self) -> dict[str, list[str]]:
        made = self.simulation
        kinds = {
            "subscription": made.subscriptions,
            "customer": made.customers,
            "invoice": made.invoices,
            "checkout.session": made.sessions,
            "event": made.snapshot_events,
        }
        # Sorting is stable: of those of one second, the one made last comes first.
        return {
            kind: sorted(bodies, key=lambda identifier: int(bodies[identifier]["created"]))[::-1]
            for kind, bodies in kinds.items()
        }


def _customer_id(life: SimulatedLife) -> str:
    return next(iter(life.book.customers))
