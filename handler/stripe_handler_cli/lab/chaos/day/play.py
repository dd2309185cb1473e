"""Plays a planned day in its time: delivers, does harm, looks at the profiles, and waits until all is right.

It knows what is to be done and when, and nothing of how: that comes in.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

import attrs

from stripe_handler_cli.lab.chaos.day.clock import DayClock
from stripe_handler_cli.lab.chaos.day.plan import DayPlan, Event
from stripe_handler_cli.lab.chaos.day.watch import Watch
from stripe_handler_cli.lab.fake_stripe import Fault

Views = Mapping[str, Mapping[str, Any]]

_PUT_THREADS, _PUT_TOGETHER = 4, 10
_TICK_SECONDS = 0.02
_REST_SECONDS = 0.5
"""Between two looks; a look that takes longer than half of that is followed by twice its own time."""
_REST_FACTOR = 2.0
_LAST_LOOKS = 3
"""So many looks in a row must find everything right before the day counts as over."""


@attrs.frozen
class Hands:
    """What the day does to the world.

    Attributes:
        put: Puts events on the bus.
        views: Looks at all profiles: user id → what it says.
        copied: Copies the table.
        set_back: Sets it back to a copy.
        replace: Overwrites a user's profile.
        kill: Kills one of the function's processes, if one is there.
        misbehave: Lets Stripe's next answers meet faults.
    """

    put: Callable[[Sequence[Event]], None]
    views: Callable[[], Views]
    copied: Callable[[], Any]
    set_back: Callable[[Any], None]
    replace: Callable[[str], None]
    kill: Callable[[], bool]
    misbehave: Callable[[Iterable[Fault]], None]


@attrs.define
class DayPlayer:
    """One day being played.

    Attributes:
        is_over: Whether whatever is still wrong will stay so; asked at moments after the day's end.
        kills: Processes that were killed.
        put_at: Event id → when it was first put on the bus, Unix time of ours.
        last: What the last look found.
    """

    clock: DayClock
    plan: DayPlan
    watch: Watch
    hands: Hands
    end: float
    is_over: Callable[[float], bool]
    kills: int = 0
    put_at: dict[str, float] = attrs.Factory(dict)
    last: dict[str, Mapping[str, Any]] = attrs.Factory(dict)
    _copy: Any = attrs.field(default=None, init=False)
    _left: list[tuple[float, Event]] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._left = list(self.plan.deliveries[::-1])

    def play(self, progress: Callable[[int, int], None]) -> None:
        """Play it; told are the minutes of the day that have passed, and all there are.

        Raises:
            CliError: EventBridge refused an event.
        """
        deeds = self._deeds()
        minutes = round((self.end - self.clock.start) / 60)
        right_in_a_row = 0
        look: Future[frozenset[str]] | None = None
        rest_until = 0.0
        puts: list[Future[None]] = []
        self.clock.begin()
        with ThreadPoolExecutor(_PUT_THREADS) as pool, ThreadPoolExecutor(1) as looking:
            while True:
                now = self.clock.now()
                progress(min(minutes, round((now - self.clock.start) / 60)), minutes)
                while deeds and deeds[-1][0] <= now:
                    deeds.pop()[1]()
                puts = [*_unfinished(puts), *self._put_due(pool, now)]
                if look is not None and look.done():
                    is_settled = not deeds and not self._left and not puts and now > self.end
                    is_right = not look.result()
                    right_in_a_row, look = (right_in_a_row + 1 if is_settled and is_right else 0), None
                    if right_in_a_row >= _LAST_LOOKS or (is_settled and self.is_over(now)):
                        return
                if look is None and time.monotonic() >= rest_until:
                    look = looking.submit(self._look)
                    rest_until = time.monotonic() + _REST_SECONDS
                time.sleep(_TICK_SECONDS)

    def _put_due(self, pool: ThreadPoolExecutor, now: float) -> list["Future[None]"]:
        due: list[Event] = []
        while self._left and self._left[-1][0] <= now:
            due.append(self._left.pop()[1])
        at = time.time()
        for event in due:
            self.put_at.setdefault(event["id"], at)
        parts = (due[start : start + _PUT_TOGETHER] for start in range(0, len(due), _PUT_TOGETHER))
        return [pool.submit(self.hands.put, part) for part in parts]

    def _look(self) -> frozenset[str]:
        began, started = self.clock.now(), time.monotonic()
        found = self.hands.views()
        ended = self.clock.now()
        wrong = self.watch.look(found, began, ended)
        self.last = dict(found)
        # A look costs both sides something; most of the machine is the stack's.
        time.sleep((time.monotonic() - started) * _REST_FACTOR)
        return wrong

    def _deeds(self) -> list[tuple[float, Callable[[], object]]]:
        """What is done besides deliveries, the last first."""
        plan = self.plan
        deeds: list[tuple[float, Callable[[], object]]] = [(second, self._kill) for second in plan.kills]
        deeds += [(second, partial(self.hands.misbehave, faults)) for second, faults in plan.faults]
        deeds += [(second, partial(self.hands.replace, user)) for second, user in plan.replaced]
        if plan.copied is not None and plan.restored is not None:
            deeds += [(plan.copied, self._take_copy), (plan.restored, self._set_back)]
        return sorted(deeds, key=lambda deed: -deed[0])

    def _kill(self) -> None:
        self.kills += self.hands.kill()

    def _take_copy(self) -> None:
        self._copy = self.hands.copied()

    def _set_back(self) -> None:
        self.hands.set_back(self._copy)


def _unfinished(puts: Iterable["Future[None]"]) -> list["Future[None]"]:
    """Those still under way; what became of the others is raised."""
    left = []
    for put in puts:
        if put.done():
            put.result()
        else:
            left.append(put)
    return left
