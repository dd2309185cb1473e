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
        end = table.PERIODS[period]
        only = item("prod_basic", period=None)
        place = only if period == table.OF_ITEM else {}
        place["current_period_start"] = table.PERIOD_START
        if end is not None:
            place["current_period_end"] = end
        has_ended = status in {"canceled", "incomplete_expired"}
        whole = {} if period == table.OF_ITEM else place
        return subscription(
            items=items(only),
            status=status,
            created=table.PERIOD_START,
            ended_at=table.ENDED if has_ended else None,
            pause_collection={"behavior": "void", "resumes_at": None} if is_held else None,
            **table.CANCELS[cancel],
            **whole,
        )


def cases() -> Iterator[Case]:
    """Every case of every row."""
    for statuses, pauses, cancels, periods, answers in table.ROWS:
        for key in itertools.product(statuses, pauses, cancels, periods):
            for number, until in enumerate(answers):
                yield Case((*key, number), until)


ALL = tuple(cases())
