"""Who does a walk's work: one worker alone, or several side by side, in threads. Decides nothing.

What is about the same customer or the same user is done by one worker, in its order: so no two workers write
one item, and a race is lost only to live events. Results come back in the order of the pages, whoever was
first: so a checkpoint moves only behind what is done. Pages are fetched as others end, so memory does not
grow with them.
"""

import threading
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

import attrs

from stripe_subscription_handler.comparison.comparer import Comparer
from stripe_subscription_handler.comparison.differences import Difference
from stripe_subscription_handler.stripe_side.api import Snapshot

PART = 25
"""Tasks in one worker's hand: few enough to share a page out, enough to read their items together."""
_AHEAD = 2
"""So many pages more than the workers have in hand are fetched ahead."""

_Page = TypeVar("_Page")
_Done = TypeVar("_Done")


class Subscriptions(Protocol):
    """Stripe, as far as a worker asks for single subscriptions."""

    def subscription(self, subscription_id: str) -> Snapshot | None: ...


@attrs.frozen
class Worker:
    """What does the work: it compares, and asks Stripe. For one thread."""

    comparer: Comparer
    stripe: Subscriptions


@attrs.frozen
class Task:
    """Something to look at.

    Attributes:
        about: What it is; the work knows.
        keys: Whom it is about: tasks that share a key are done by one worker, in order.
    """

    about: Any
    keys: frozenset[Hashable] = frozenset()


class Crew(Protocol):
    """Does pages of tasks."""

    def do(
        self,
        pages: Iterable[_Page],
        tasks_of: Callable[[_Page], Sequence[Task]],
        work: Callable[[Worker, Sequence[Any]], _Done],
    ) -> Iterator[tuple[_Page, list[_Done]]]:
        """Do all tasks of all pages, and give each page back, in order, with what its parts came to.

        `work` is called with a worker and what some tasks of a page are about.
        """


@attrs.frozen
class Alone:
    """One worker, one page after the other, in the caller's thread."""

    worker: Worker

    def do(
        self,
        pages: Iterable[_Page],
        tasks_of: Callable[[_Page], Sequence[Task]],
        work: Callable[[Worker, Sequence[Any]], _Done],
    ) -> Iterator[tuple[_Page, list[_Done]]]:
        for page in pages:
            tasks = tasks_of(page)
            yield page, [work(self.worker, [task.about for task in tasks])] if tasks else []


@attrs.define
class Workers:
    """Several, each with a thread of its own; a context manager.

    Leaving it waits for the parts in hand; what nobody has begun is dropped.

    Attributes:
        workers: They share nothing that is not made for it.
    """

    workers: Sequence[Worker]
    _threads: list[ThreadPoolExecutor] = attrs.field(factory=list, init=False)
    _holders: dict[Hashable, tuple[int, Future[Any]]] = attrs.field(factory=dict, init=False)
    _in_hand: dict[Future[Any], tuple[int, Sequence[Task]]] = attrs.field(factory=dict, init=False)

    @classmethod
    def of(cls, workers: Iterable[Worker]) -> "Workers":
        """Make a crew of workers; what they report is reported by one at a time."""
        lock = threading.Lock()

        def by_turns(report: Callable[[Difference], None]) -> Callable[[Difference], None]:
            def told(difference: Difference) -> None:
                with lock:
                    report(difference)

            return told

        return cls(
            [
                attrs.evolve(one, comparer=attrs.evolve(one.comparer, report=by_turns(one.comparer.report)))
                for one in workers
            ]
        )

    def __enter__(self) -> Self:
        self._threads = [ThreadPoolExecutor(1, f"worker-{number}") for number in range(len(self.workers))]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for one in self._threads:
            one.shutdown(wait=False, cancel_futures=True)
        for one in self._threads:
            one.shutdown(wait=True)

    def do(
        self,
        pages: Iterable[_Page],
        tasks_of: Callable[[_Page], Sequence[Task]],
        work: Callable[[Worker, Sequence[Any]], _Done],
    ) -> Iterator[tuple[_Page, list[_Done]]]:
        most = _AHEAD + len(self.workers) * PART // 100
        under_way: deque[tuple[_Page, list[Future[_Done]]]] = deque()
        for page in pages:
            under_way.append((page, self._begin(tasks_of(page), work)))
            while len(under_way) > most or (under_way and all(one.done() for one in under_way[0][1])):
                yield self._ended(*under_way.popleft())
        while under_way:
            yield self._ended(*under_way.popleft())

    def _ended(self, page: _Page, parts: Sequence[Future[_Done]]) -> tuple[_Page, list[_Done]]:
        done = [one.result() for one in parts]
        for part in parts:
            _, tasks = self._in_hand.pop(part)
            for key in (key for task in tasks for key in task.keys):
                if key in self._holders and self._holders[key][1] is part:
                    del self._holders[key]
        return page, done

    def _begin(
        self, tasks: Sequence[Task], work: Callable[[Worker, Sequence[Any]], _Done]
    ) -> list[Future[_Done]]:
        """Share a page's tasks out."""
        parts: dict[int, list[Task]] = {}
        filling: int | None = None
        for together in _connected(tasks):
            keys = frozenset().union(*(task.keys for task in together))
            number = self._holder(keys)
            if number is None:
                if filling is None or len(parts[filling]) >= PART:
                    filling = self._least_busy(parts)
                number = filling
            parts.setdefault(number, []).extend(together)
        return [self._submit(number, part, work) for number, part in parts.items()]

    def _least_busy(self, parts: Mapping[int, Sequence[Task]]) -> int:
        load = Counter({number: len(part) for number, part in parts.items()})
        for future, (number, tasks) in self._in_hand.items():
            load[number] += 0 if future.done() else len(tasks)
        return min(range(len(self.workers)), key=lambda number: load[number])

    def _holder(self, keys: Iterable[Hashable]) -> int | None:
        """The worker who has something in hand about one of these, if any; waits until it is one at most."""
        while True:
            held = {key: self._holders[key] for key in keys if key in self._holders}
            busy = {number: future for number, future in held.values() if not future.done()}
            if len(busy) <= 1:
                return next(iter(busy), None)
            wait(list(busy.values())[1:])

    def _submit(
        self, number: int, part: Sequence[Task], work: Callable[[Worker, Sequence[Any]], _Done]
    ) -> Future[_Done]:
        future = self._threads[number].submit(work, self.workers[number], [task.about for task in part])
        self._in_hand[future] = number, part
        self._holders |= {key: (number, future) for task in part for key in task.keys}
        return future


def _connected(tasks: Sequence[Task]) -> list[list[Task]]:
    """Tasks in groups: those that share a key, directly or through others. Each group keeps their order."""
    groups: dict[int, list[int]] = {}
    group_of: dict[Hashable, int] = {}
    for number, task in enumerate(tasks):
        met = sorted({group_of[key] for key in task.keys if key in group_of})
        merged = sorted([number, *(one for group in met for one in groups.pop(group))])
        groups[merged[0]] = merged
        for one in merged:
            group_of |= dict.fromkeys(tasks[one].keys, merged[0])
    return [[tasks[one] for one in group] for _, group in sorted(groups.items())]
