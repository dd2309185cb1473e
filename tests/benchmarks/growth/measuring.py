"""Measures the three kinds of growth. What comes out are samples by name, and rows for tables and plots."""

import itertools
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import attrs

from benchmarks.growth.events import Event, Story
from benchmarks.growth.subject import Subject
from benchmarks.interleaving import Samples, interleaved
from benchmarks.setting import Setting
from benchmarks.summary import summarise

Key = dict[str, Any]
Make = Callable[[], tuple[Story, Event]]
"""Prepares what an event needs, and makes the event."""
BARE = "bare update"
SUBSCRIPTIONS = (1, 10, 50, 100)
MOST_LIVE = 50
"""Beyond about 70 that live at the same time, the guard does not fit into an expression (docs/semantics.md):
of 100 subscriptions, 50 are over."""
PARKED = (1, 10, 50, 200)
PROFILES = (0, 10_000, 100_000)
QUICK_PROFILES = (0, 500)


@attrs.frozen
class Growth:
    """One kind of growth.

    Attributes:
        rows: For each size and case: what one event cost (`Cost`), and its CPU time, also in bare updates.
        samples: Name → CPU seconds of each round; `BARE` among them.
    """

    rows: list[dict[str, Any]]
    samples: Samples


def by_subscriptions(subject: Subject, setting: Setting) -> Growth:
    """Events of users with few and with many subscriptions."""
    makers: dict[str, tuple[Key, Make]] = {}
    for size in SUBSCRIPTIONS:
        story = Story(f"ledger{size}")
        for place in range(size):
            subject.deliver(story.created(place))
            if place < size - MOST_LIVE:
                subject.deliver(story.deleted(place))
        events: dict[str, Callable[[], Event]] = {
            "update of the primary": partial(story.renewed, size - 1),
            "invoice of the primary": partial(story.paid, size - 1),
        }
        if size > 1:
            events["update of another"] = partial(story.renewed, size - 2)
        for case, make in events.items():
            key = {"case": case, "subscriptions": size}
            makers[f"{case}, {size} subscriptions"] = key, partial(_of, story, make)
    return _measured(subject, makers, rounds=setting.rounds(60, quick=5))


def by_parked(subject: Subject, setting: Setting) -> Growth:
    """The event that names the user at last, with few and many parked events of the customer."""
    users = itertools.count()

    def with_parked(size: int) -> tuple[Story, Event]:
        story = Story(f"parked{next(users)}")
        for number in range(size):
            subject.deliver(story.renewed(0, named=False) if number % 2 == 0 else story.paid(0, named=False))
        return story, story.renewed(0)

    makers: dict[str, tuple[Key, Make]] = {
        f"{size} parked": ({"case": "drained event", "parked": size}, partial(with_parked, size))
        for size in PARKED
    }
    return _measured(subject, makers, rounds=setting.rounds(4, quick=1), warm_up_rounds=0)


def by_profiles(subject: Subject, setting: Setting) -> Growth:
    """The same events in a small and in a large table."""
    example = Story("example")
    subject.deliver(example.created(0))
    users, filled = itertools.count(), 0
    rows: list[dict[str, Any]] = []
    samples: Samples = {}

    def new_user() -> tuple[Story, Event]:
        story = Story(f"new{next(users):06}")
        return story, story.created(0)

    for size in QUICK_PROFILES if setting.quick else PROFILES:
        setting.say(f"filling the table: {size} profiles")
        subject.fill(size - filled, filled, example)
        filled = size
        makers: dict[str, tuple[Key, Make]] = {
            "update of the primary": (
                {"case": "update of the primary", "profiles": size},
                partial(_of, example, partial(example.renewed, 0)),
            ),
            "new user": ({"case": "new user", "profiles": size}, new_user),
        }
        one = _measured(subject, makers, rounds=setting.rounds(60, quick=5))
        rows += one.rows
        samples |= {f"{name}, {size} profiles": taken for name, taken in one.samples.items()}
    return Growth(rows, samples)


def _of(story: Story, make: Callable[[], Event]) -> tuple[Story, Event]:
    return story, make()


def _measured(
    subject: Subject, makers: Mapping[str, tuple[Key, Make]], *, rounds: int, warm_up_rounds: int = 3
) -> Growth:
    """Time each event in turn with the bare update, and count each once."""

    def timed(make: Make) -> float:
        _, event = make()
        return subject.cpu_seconds(event)

    contenders = {
        BARE: subject.bare_update,
        **{name: partial(timed, make) for name, (_, make) in makers.items()},
    }
    samples = interleaved(contenders, rounds=rounds, warm_up_rounds=warm_up_rounds)
    rows = []
    for name, (key, make) in makers.items():
        cost = attrs.asdict(subject.cost(*make()))
        taken, bare = summarise(samples[name]), summarise(samples[BARE])
        per_bare = {"cpu_ms": taken.median * 1000, "cpu_per_bare": taken.median / bare.median}
        rows.append({**key, **cost, **per_bare})
    return Growth(rows, samples)
