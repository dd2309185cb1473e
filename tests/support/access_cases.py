"""The rows of the access table as cases: Stripe's object, the settings, and the answer."""

import itertools
from collections.abc import Iterator
from typing import Any

import attrs

from stripe_subscription_handler.decisions.view_settings import ViewSettings
from support import access_table as table
from support.catalogue import item, items
from support.events import subscription


@attrs.frozen
class Case:
    """One subscription under one choice of settings.

    Attributes:
        key: Status, whether collection is paused, cancel, period, and which settings.
        until: Until when it gives access.
    """

    key: tuple[str, bool, str, str, int]
    until: str | None

    @property
    def settings(self) -> ViewSettings:
        """The app's choice."""
        return ViewSettings(**table.SETTINGS[self.key[-1]])

    def body(self) -> dict[str, Any]:
        """Stripe's object."""
        status, is_held, cancel, period, _ = self.key
        times = {"current_period_start": table.PERIOD_START}
        if period != table.ENDLESS:
            times["current_period_end"] = table.PERIOD_END
        is_of_item = period == table.OF_ITEM
        sold = item("prod_basic", period=None) | (times if is_of_item else {})
        has_ended = status in {"canceled", "incomplete_expired"}
        return subscription(
            items=items(sold),
            status=status,
            created=table.PERIOD_START,
            ended_at=table.ENDED if has_ended else None,
            pause_collection={"behavior": "void", "resumes_at": None} if is_held else None,
            **table.CANCELS[cancel],
            **({} if is_of_item else times),
        )


def cases() -> Iterator[Case]:
    """Every case of every row."""
    for statuses, pauses, cancels, periods, answers in table.ROWS:
        for key in itertools.product(statuses, pauses, cancels, periods):
            for number, until in enumerate(answers):
                yield Case((*key, number), until)


ALL = tuple(cases())
