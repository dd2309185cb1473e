"""One day of an account: each life is moved in time so that something of it happens then. Pure and seeded.

Lives last for years, so on a day that is just picked hardly anything happens. Here each life has one of its
events on the day, at a time of its own, and whatever else of it falls on the day with that; all before is the
account's past. What would come after the day has not happened.
"""

import random
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import attrs

from stripe_handler_cli.lab.simulator.book import Book
from stripe_handler_cli.lab.simulator.delivery import second_of
from stripe_handler_cli.lab.simulator.options import SimulationOptions
from stripe_handler_cli.lab.simulator.owners import owner_of
from stripe_handler_cli.lab.simulator.simulation import SimulatedLife, Simulation, simulate_life
from stripe_handler_cli.lab.simulator.truth.profile import true_profile
from stripe_handler_cli.lab.simulator.truth.sight import Sight

DAY_SECONDS = 86_400
USUAL_DAY = 1_780_272_000
"""2026-06-01T00:00:00Z, a Monday."""
_BUSIEST_SECOND = 14 * 3600
_TRIES = 4
"""Events of a life that are tried; where none fits, the whole life is over before the day."""
_CORRECTIONS = 3

Told = Callable[[int, int], None]


@attrs.frozen
class SimulatedDay:
    """An account at the end of a day.

    Attributes:
        account: What happened until then; the profiles are those of the day's end.
        start: The day's first second, Unix time.
    """

    account: Simulation
    start: int

    @property
    def end(self) -> int:
        """The second after the day's last one."""
        return self.start + DAY_SECONDS

    @cached_property
    def moments(self) -> dict[str, tuple[int, ...]]:
        """User id → the seconds of the day in which something of their customer changed, ascending."""
        return {
            user: tuple(second for second in _changes(life.book) if second >= self.start)
            for life in self.account.lives
            for user in life.users
        }

    def past(self) -> Iterator[tuple[SimulatedLife, tuple[dict[str, Any], ...]]]:
        """Each life with its snapshot events of before the day, in their order."""
        for life in self.account.lives:
            yield life, tuple(one.snapshot for one in life.happenings if one.second < self.start)


def simulate_day(
    seed: int,
    users: int,
    options: SimulationOptions | None = None,
    start: int = USUAL_DAY,
    progress: Told = lambda _done, _all: None,
) -> SimulatedDay:
    """Simulate an account of so many customers until the end of a day.

    Nobody is left to a guess on the day: a subscription that nothing names while others of its customer have
    an owner has no one true profile (`owners`).

    Raises:
        SimulationError: The options cannot be simulated.
    """
    # They begin where they are put.
    options = attrs.evolve(options or SimulationOptions(), spread_seconds=0)
    lives = []
    for index in range(users):
        lives.append(_life_on(seed, index, options, start))
        progress(index + 1, users)
    return SimulatedDay(Simulation(tuple(lives)), start)


def truth_at(life: SimulatedLife, user: str, second: int) -> dict[str, Any]:
    """What a user's profile must say at the end of a second."""
    book = life.book.part(life.book.subscriptions.keys(), second)
    return true_profile(book, user, life.version, life.settings)


def _life_on(seed: int, index: int, options: SimulationOptions, start: int) -> SimulatedLife:
    rng = random.Random(f"a day of {seed} {index}")  # noqa: S311 - repeatable on purpose
    whole = simulate_life(seed, index, options)
    places = list(range(len(whole.happenings)))
    for place in rng.sample(places, min(_TRIES, len(places))):
        wanted = start + int(rng.triangular(0, DAY_SECONDS - 1, _BUSIEST_SECOND))
        life = _with_event_at(seed, index, options, place, wanted)
        if life is not None:
            life = _until(life, start + DAY_SECONDS - 1)
            if not _is_left_to_a_guess(life, start):
                return life
    over = start - DAY_SECONDS - whole.happenings[-1].second if places else 0
    life = simulate_life(seed, index, attrs.evolve(options, start_second=options.start_second + over))
    return _until(life, start + DAY_SECONDS - 1)


def _with_event_at(
    seed: int, index: int, options: SimulationOptions, place: int, wanted: int
) -> SimulatedLife | None:
    """The life, begun when its event at this place comes at the wanted second; None where none does."""
    begin = options.start_second
    for _ in range(_CORRECTIONS):
        life = simulate_life(seed, index, attrs.evolve(options, start_second=begin))
        if place >= len(life.happenings):
            return None
        if life.happenings[place].second == wanted:
            return life
        # Months differ in length, so a moved life is not exactly as long as it was.
        begin += wanted - life.happenings[place].second
    return None


def _until(life: SimulatedLife, last: int) -> SimulatedLife:
    """What of a life has happened by the end of a second."""
    book = life.book.part(life.book.subscriptions.keys(), last)
    # An update may be stamped a second late, by which nobody has heard of it yet.
    happened = (one for one in life.happenings if max(one.second, second_of(one.event)) <= last)
    return attrs.evolve(
        life,
        happenings=tuple(happened),
        book=book,
        profiles={user: true_profile(book, user, life.version, life.settings) for user in life.users},
    )


def _changes(book: Book) -> list[int]:
    histories = (book.customers, book.subscriptions, book.invoices, book.sessions, book.entitlements)
    seconds = {second for history in histories for states in history.values() for second, _ in states}
    return sorted(seconds | {fact.second for fact in book.payments})


def _is_left_to_a_guess(life: SimulatedLife, start: int) -> bool:
    """Whether at any moment of the day somebody's subscription could only be guessed."""
    changes = _changes(life.book)
    moments = [*[second for second in changes if second < start][-1:], *[s for s in changes if s >= start]]
    return any(_is_a_guess(life, second) for second in moments)


def _is_a_guess(life: SimulatedLife, second: int) -> bool:
    book = life.book.part(life.book.subscriptions.keys(), second)
    owners = {
        owner_of(book, key)
        for key, states in book.subscriptions.items()
        if Sight(states[-1][1], life.version, life.settings).is_ours
    }
    return None in owners and len(owners) > 1
