"""Who does a walk's work: in which order, by whom, how far ahead, and what an error leaves."""

import threading
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from stripe_subscription_handler.comparison.crew import PART, Alone, Task, Worker, Workers
from support.reconciling import Reconciliation


def workers(count: int) -> list[Worker]:
    """So many, over one model."""
    world = Reconciliation()
    return [Worker(world.comparer([], apply=False), world.account) for _ in range(count)]


def tasks(page: Sequence[tuple[int, str]]) -> list[Task]:
    """Tasks that are about a name each."""
    return [Task(number, frozenset({name})) for number, name in page]


def test_pages_come_back_in_their_order() -> None:
    """Although the second one is done first: its worker waits for nobody."""
    second_is_done = threading.Event()

    def work(_worker: Worker, numbers: Sequence[Any]) -> Sequence[Any]:
        if 1 in numbers:
            assert second_is_done.wait(30)
        else:
            second_is_done.set()
        return numbers

    pages = [[(1, "a")], [(2, "b")], [(3, "c")]]
    with Workers.of(workers(2)) as crew:
        done = [(page, list(parts)) for page, parts in crew.do(pages, tasks, work)]
    assert done == [(page, [[number for number, _ in page]]) for page in pages]


def test_what_is_about_one_customer_is_done_by_one_worker_in_order() -> None:
    """Within a page and across pages, also where only a third task links two."""
    lock, seen = threading.Lock(), dict[str, list[int]]()
    at_work = set[str]()

    def work(_worker: Worker, about: Sequence[Any]) -> None:
        for number, names in about:
            with lock:
                assert not at_work & set(names), "two workers at once"
                at_work.update(names)
                for name in names:
                    seen.setdefault(name, []).append(number)
            threading.Event().wait(0.001)
            with lock:
                at_work.difference_update(names)

    numbers = iter(range(10_000))
    pages = [
        [((next(numbers), names), names) for names in (("a",), ("b", f"x{page}"), ("a", "b"), ("c",)) * 8]
        for page in range(6)
    ]
    with Workers.of(workers(4)) as crew:
        done = list(
            crew.do(pages, lambda page: [Task(about, frozenset(names)) for about, names in page], work)
        )
    assert len(done) == len(pages)
    assert all(found == sorted(found) for found in seen.values())
    assert len(seen["a"]) == 6 * 8 * 2


def test_no_more_pages_are_fetched_than_can_be_worked_on() -> None:
    """While the first page is under way, a bounded number of others is in memory."""
    fetched, may_end = list[int](), threading.Event()

    def pages() -> Iterator[list[tuple[int, str]]]:
        for number in range(100):
            fetched.append(number)
            if len(fetched) > 20:
                raise AssertionError("it fetches on and on")
            if len(fetched) == 3:
                may_end.set()
            yield [(number, str(number))]

    def work(_worker: Worker, _about: Sequence[Any]) -> None:
        assert may_end.wait(30)

    with Workers.of(workers(2)) as crew:
        done = crew.do(pages(), tasks, work)
        next(done)
        assert len(fetched) == 3


def test_an_error_ends_the_work_and_drops_what_nobody_has_begun() -> None:
    """Pages before it were given back; the error is told as it was."""
    begun = list[int]()

    def work(_worker: Worker, numbers: Sequence[Any]) -> None:
        begun.extend(numbers)
        if 3 in numbers:
            raise ConnectionError

    pages = [[(number, "one")] for number in range(50)]
    ended = []
    with pytest.raises(ConnectionError), Workers.of(workers(1)) as crew:
        ended.extend(page for page, _ in crew.do(pages, tasks, work))
    assert ended == pages[:3]
    assert len(begun) < len(pages)


def test_a_page_is_shared_out() -> None:
    """In parts that are large enough to have their items read together."""
    page = [(number, str(number)) for number in range(4 * PART)]
    with Workers.of(workers(8)) as crew:
        [(_, parts)] = crew.do([page], tasks, lambda _worker, numbers: len(numbers))
    assert parts == [PART] * 4


def test_one_alone_does_it_in_place() -> None:
    """Nothing is fetched before what came earlier is noted."""
    log = list[str]()

    def pages() -> Iterator[list[tuple[int, str]]]:
        for number in range(3):
            log.append(f"fetch {number}")
            yield [(number, "one")] if number != 1 else []

    [one] = workers(1)
    for page, parts in Alone(one).do(pages(), tasks, lambda _worker, numbers: numbers):
        log.append(f"done {page} {parts}")
    assert log == [
        "fetch 0",
        "done [(0, 'one')] [[0]]",
        "fetch 1",
        "done [] []",
        "fetch 2",
        "done [(2, 'one')] [[2]]",
    ]
