"""Lives under Stripe's test clocks: objects have the clock's time, events the time when it was moved. Pure.

A life is lived first, in the clock's time. Then it is told as Stripe tells it: whoever moves the clock on by
a month sees a month's events within a moment. What is seconds apart stays so, and so does all order.

Source: https://docs.stripe.com/billing/testing/test-clocks
"""

from itertools import pairwise

import attrs

from stripe_handler_cli.lab.simulator.book import Book
from stripe_handler_cli.lab.simulator.life import Happening

LONGEST_SECONDS = 20
"""So long anything takes that takes longer by the clock."""


def moved(happenings: list[Happening], book: Book) -> tuple[list[Happening], Book]:
    """The same as it is told while the clock is moved on from the life's first second."""
    stamps = {int(one.event["created"]) for one in happenings} | {one.second for one in happenings}
    real = _real_seconds(stamps | book.seconds)
    told = [_at(one, real[one.second], real[int(one.event["created"])]) for one in happenings]
    return told, book.told_at(real)


def _real_seconds(seconds: set[int]) -> dict[int, int]:
    ordered = sorted(seconds)
    real = dict(zip(ordered[:1], ordered[:1], strict=True))
    for before, second in pairwise(ordered):
        real[second] = real[before] + min(second - before, LONGEST_SECONDS)
    return real


def _at(happening: Happening, second: int, stamp: int) -> Happening:
    event = {**happening.event, "created": stamp}
    return attrs.evolve(happening, second=second, event=event, snapshot=event)
