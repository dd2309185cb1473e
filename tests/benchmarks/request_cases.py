"""The events whose requests are counted: for each case, those that came before and the one that counts.

Ids are as long as Stripe's own, because items are charged by size. Each case has a user of its own.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from support import events

_RENEWED = {"cancel_at_period_end": True}


@attrs.frozen
class Case:
    """One case.

    Attributes:
        before: Events that came before.
        counted: The event that counts.
    """

    before: Sequence[Mapping[str, Any]]
    counted: Mapping[str, Any]


@attrs.frozen
class Customer:
    """Makes a customer's objects and events.

    Attributes:
        number: Which customer.
    """

    number: int

    def subscription(self, which: int = 1, **changes: Any) -> dict[str, Any]:
        """One of the customer's subscriptions."""
        tail = f"{self.number:06}{which:08}"
        return events.subscription(
            id=f"sub_1RnBenchma{tail}",
            customer=f"cus_Rbench{self.number:08}",
            price="price_1RnBenchmark0000000000001",
            user=f"0f5f6ab8-93a1-4d0e-9a0e-{self.number:012}",
            created=changes.pop("since", events.T0) + which,
            **changes,
        )

    def event(self, make: Any, body: dict[str, Any], number: int, second: int, **rest: Any) -> dict[str, Any]:
        """An event with an id as long as Stripe's, in its envelope."""
        event_id = f"evt_1RnBen{self.number:06}{number:08}"
        return events.envelope(make(body, event_id=event_id, created=events.T0 + second, **rest))

    def created(self, which: int = 1) -> dict[str, Any]:
        """A subscription begins."""
        return self.event(events.created, self.subscription(which), which, which)

    def renewed(self, number: int = 1, second: int = 9_000, which: int = 1) -> dict[str, Any]:
        """A subscription goes on."""
        return self.event(
            events.updated, self.subscription(which), 10_000 + number, second, previous=_RENEWED
        )

    def paid(self, which: int = 1) -> dict[str, Any]:
        """A subscription's invoice is paid."""
        body = self.subscription(which)
        invoice = events.invoice(
            id=f"in_1RnBenchma{self.number:06}{which:08}",
            customer=body["customer"],
            sub=body["id"],
            user=body["metadata"]["userId"],
        )
        return self.event(events.paid, invoice, 20_000 + which, 9_001)

    def subscriptions(self, live: int, ended: int) -> list[dict[str, Any]]:
        """Subscriptions begin, and the first ones end; the newest is the primary one."""
        events_so_far = []
        for which in range(1, live + ended + 1):
            events_so_far.append(self.created(which))
            if which <= ended:
                body = self.subscription(which, status="canceled", ended_at=events.T0 + 5_000 + which)
                events_so_far.append(self.event(events.deleted, body, 30_000 + which, 5_000 + which))
        return events_so_far


def cases() -> dict[str, Case]:
    """The cases of the design's table."""
    made = [Customer(number) for number in range(1, 8)]
    new, following, twice, late, billed, second, tied = made
    tie_partner = {"quantity": 2}
    body = tied.subscription(status="past_due")
    return {
        "new user": Case([], new.created()),
        "next event": Case([following.created(), following.paid()], following.renewed()),
        "duplicate": Case([twice.created(), twice.paid(), twice.renewed()], twice.renewed()),
        "stale": Case([late.created(), late.paid(), late.renewed(2, 9_100)], late.renewed(1, 9_000)),
        "invoice": Case([billed.created(), billed.renewed()], billed.paid()),
        "second subscription": Case([second.created(), second.renewed()], second.created(2)),
        "tie in one second": Case(
            [
                tied.created(),
                tied.event(events.updated, body, 10_001, 9_000, previous={"status": "active"}),
            ],
            tied.event(
                events.updated,
                tied.subscription(status="past_due", **tie_partner),
                10_002,
                9_000,
                previous={"items": {"data": body["items"]["data"]}},
            ),
        ),
    }


def growing(number: int, *, live: int, ended: int = 0) -> dict[str, Case]:
    """Cases of a user who has, and had, many subscriptions; to be counted one after the other."""
    customer, primary = Customer(number), live + ended
    renewed = customer.renewed(1, 9_000, which=primary)
    return {
        "next event of the primary": Case(customer.subscriptions(live, ended), renewed),
        "invoice of the primary": Case([], customer.paid(which=primary)),
    }
