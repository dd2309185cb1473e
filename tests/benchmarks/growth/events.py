"""The events of the growth benchmark: each newer than the last, of a user and subscription one names."""

import itertools
from collections.abc import Iterator
from typing import Any

import attrs

from support import events as made

Event = dict[str, Any]


@attrs.frozen
class Story:
    """A user whose subscriptions are numbered from 0; the one with the highest number is the primary.

    Attributes:
        user: The user.
    """

    user: str
    _seconds: Iterator[int] = attrs.field(factory=lambda: itertools.count(made.T0 + 100_000), init=False)

    @property
    def customer(self) -> str:
        """The user's customer."""
        return f"cus_{self.user}"

    def created(self, place: int) -> Event:
        """A subscription begins."""
        return made.created(
            self._subscription(place), event_id=f"evt_{self.user}_c{place}", created=made.T0 + place
        )

    def deleted(self, place: int) -> Event:
        """A subscription ends."""
        second = next(self._seconds)
        body = self._subscription(place, status="canceled", ended_at=second)
        return made.deleted(body, event_id=f"evt_{self.user}_{second}", created=second)

    def renewed(self, place: int, *, named: bool = True) -> Event:
        """A subscription's next period begins; only a named event says whose it is."""
        second = next(self._seconds)
        body = self._subscription(place, period_start=second, period_end=second + 2_592_000)
        if not named:
            body["metadata"] = {}
        return made.updated(
            body, event_id=f"evt_{self.user}_{second}", created=second, previous={"latest_invoice": "in_0"}
        )

    def paid(self, place: int, *, named: bool = True) -> Event:
        """A subscription's invoice is paid; only a named event says whose it is."""
        second = next(self._seconds)
        bill = made.invoice(
            id=f"in_{self.user}_{second}",
            sub=f"sub_{self.user}_{place}",
            customer=self.customer,
            user=self.user if named else None,
            created=second,
        )
        return made.paid(bill, event_id=f"evt_{self.user}_{second}", created=second)

    def _subscription(self, place: int, **changes: Any) -> dict[str, Any]:
        return made.subscription(
            id=f"sub_{self.user}_{place}",
            customer=self.customer,
            user=self.user,
            created=made.T0 + place,
            **changes,
        )
