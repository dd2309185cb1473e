"""Many handlers at work on one user at the same time, in model time: what no local emulator can show. Pure.

The handlers are the real conversations with the store's own pauses; the tables are the model. A request takes
the time given here. As in DynamoDB, a transaction holds its items until it is answered, and a write that
meets a held item is refused as a conflict. Lambda tries a failed event again one and two minutes later.
"""

import heapq
import itertools
import random
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

import attrs

from benchmarks.load.delivering import Event
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.conversation.handling import handling
from stripe_subscription_handler.conversation.messages import Commit, Handling, ItemSeen, Refused, Written
from stripe_subscription_handler.conversation.model import Tables
from stripe_subscription_handler.decisions.decision import ReadItem, Write
from stripe_subscription_handler.dynamodb.store import Store
from stripe_subscription_handler.errors import ConcurrentUpdateError
from stripe_subscription_handler.events.envelope import StripeEvent, parse_event

_UPDATE_SECONDS = (0.003, 0.008)
_TRANSACTION_SECONDS = (0.008, 0.020)
"""How long a request takes, there and back: assumptions, of the size that AWS shows within a region."""
_MAX_CONFLICTS = 10
_ORDINARY_REFUSALS = 2
"""As in `Store`: further ones are lost races."""
_RETRY_SECONDS = (60.0, 120.0)
"""Lambda's waits before the second and the third attempt of an asynchronous invocation."""


@attrs.frozen
class CrowdFigures:
    """What a crowd did.

    Attributes:
        handlers: How many at once.
        requests_per_event: DynamoDB requests, in the mean, those of failed attempts included.
        most_requests: Of one attempt.
        lost_races: Writes refused because the item had changed since it was read.
        transaction_conflicts: Writes refused because a transaction held the item.
        retries: Attempts beyond the first of an event.
        dropped: Events given up after three attempts.
        seconds: Until the last event was handled, in model time; retries take minutes.
        first_attempts_seconds: Until all first attempts had ended.
    """

    handlers: int
    requests_per_event: float
    most_requests: int
    lost_races: int
    transaction_conflicts: int
    retries: int
    dropped: int
    seconds: float
    first_attempts_seconds: float


@attrs.define
class _Attempt:
    """One invocation under way."""

    event: StripeEvent
    number: int
    conversation: Handling
    request: Any = None
    answer: Any = None
    refusals: int = 0
    conflicts: int = 0
    requests: int = 0


@attrs.define
class Crowd:
    """A number of handlers, and the events that wait for them.

    Attributes:
        handlers: How many at once.
        rng: Decides how long each request takes.
        tables: What they write; the profiles are there in the end.
    """

    handlers: int
    rng: random.Random
    tables: Tables = attrs.field(factory=Tables, init=False)
    _now: float = attrs.field(default=0.0, init=False)
    _held: dict[tuple[str, str], float] = attrs.field(factory=dict, init=False)
    _agenda: list[tuple[float, int, Any]] = attrs.field(factory=list, init=False)
    _order: Iterator[int] = attrs.field(factory=itertools.count, init=False)
    _waiting: "deque[tuple[StripeEvent, int]]" = attrs.field(factory=deque, init=False)
    _pauses: list[float] = attrs.field(factory=list, init=False)
    _store: Store = attrs.field(init=False)
    _done: list[_Attempt] = attrs.field(factory=list, init=False)
    _lost_races: int = attrs.field(default=0, init=False)
    _conflicts: int = attrs.field(default=0, init=False)
    _dropped: int = attrs.field(default=0, init=False)
    _tried: int = attrs.field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        """Borrow the store's pauses."""
        client: Any = None
        self._store = Store(client, Config(table_name="t", sync_table_name="s"), sleep=self._pauses.append)

    def handle(self, events: Sequence[Event]) -> CrowdFigures:
        """Handle events that all come at once."""
        self._waiting.extend((parse_event(event), 1) for event in events)
        for _ in range(self.handlers):
            self._take_next()
        first_attempts_seconds = 0.0
        while self._agenda:
            self._now, _, step = heapq.heappop(self._agenda)
            step()
            if self._tried < len(events):
                first_attempts_seconds = self._now
        requests = sum(attempt.requests for attempt in self._done)
        return CrowdFigures(
            handlers=self.handlers,
            requests_per_event=round(requests / len(events), 3),
            most_requests=max(attempt.requests for attempt in self._done),
            lost_races=self._lost_races,
            transaction_conflicts=self._conflicts,
            retries=sum(attempt.number > 1 for attempt in self._done),
            dropped=self._dropped,
            seconds=round(self._now, 2),
            first_attempts_seconds=round(first_attempts_seconds, 2),
        )

    def _after(self, seconds: float, step: Any) -> None:
        heapq.heappush(self._agenda, (self._now + seconds, next(self._order), step))

    def _take_next(self) -> None:
        if self._waiting:
            event, number = self._waiting.popleft()
            attempt = _Attempt(event, number, handling(event, self.tables.policy))
            attempt.request = next(attempt.conversation)
            self._send(attempt)

    def _send(self, attempt: _Attempt) -> None:
        attempt.requests += 1
        bounds = _TRANSACTION_SECONDS if _is_transaction(attempt.request) else _UPDATE_SECONDS
        seconds = self.rng.uniform(*bounds)
        self._after(seconds / 2, lambda: self._arrive(attempt, seconds / 2))

    def _arrive(self, attempt: _Attempt, seconds_back: float) -> None:
        items = _written_items(attempt.request)
        if any(self._held.get(item, 0.0) > self._now for item in items):
            self._after(seconds_back, lambda: self._conflict(attempt))
            return
        if _is_transaction(attempt.request):
            self._held |= dict.fromkeys(items, self._now + seconds_back)
        attempt.answer = self.tables.execute(attempt.request, attempt.event)
        self._after(seconds_back, lambda: self._answered(attempt))

    def _conflict(self, attempt: _Attempt) -> None:
        self._conflicts += 1
        if isinstance(attempt.request, Write):
            self._read_again(attempt)
        elif attempt.conflicts == _MAX_CONFLICTS - 1:
            self._fail(attempt)
        else:
            attempt.conflicts += 1
            self._after(self._pause(attempt.conflicts - 1), lambda: self._send(attempt))

    def _answered(self, attempt: _Attempt) -> None:
        attempt.conflicts = 0
        if _is_refusal(attempt) and attempt.refusals >= _ORDINARY_REFUSALS:
            self._lost_races += 1
            self._read_again(attempt)
        else:
            self._go_on(attempt)

    def _read_again(self, attempt: _Attempt) -> None:
        """Pause and read the items again, as `Store` does where a race was lost."""
        refused = attempt.answer
        users = refused.items if isinstance(refused, Refused) else [attempt.request.user_id]
        attempt.requests += len(users)
        seconds = len(users) * self.rng.uniform(*_UPDATE_SECONDS) / 2

        def arrive() -> None:
            seen = {user: self.tables.execute(ReadItem(user), attempt.event).item for user in users}
            is_commit = isinstance(refused, Refused)
            attempt.answer = (
                attrs.evolve(refused, items=seen) if is_commit else ItemSeen(seen[attempt.request.user_id])
            )
            self._after(seconds, lambda: self._go_on(attempt))

        self._after(self._pause(max(0, attempt.refusals - _ORDINARY_REFUSALS)) + seconds, arrive)

    def _go_on(self, attempt: _Attempt) -> None:
        if isinstance(attempt.answer, Written):
            attempt.refusals = 0
        elif _is_refusal(attempt):
            attempt.refusals += 1
        try:
            attempt.request = attempt.conversation.send(attempt.answer)
        except StopIteration:
            self._end(attempt)
        except ConcurrentUpdateError:
            self._fail(attempt)
        else:
            self._send(attempt)

    def _fail(self, attempt: _Attempt) -> None:
        if attempt.number <= len(_RETRY_SECONDS):
            self._after(_RETRY_SECONDS[attempt.number - 1], lambda: self._again(attempt))
        else:
            self._dropped += 1
        self._end(attempt)

    def _again(self, attempt: _Attempt) -> None:
        self._waiting.append((attempt.event, attempt.number + 1))
        self._take_next()

    def _end(self, attempt: _Attempt) -> None:
        self._done.append(attempt)
        self._tried += attempt.number == 1
        self._take_next()

    def _pause(self, attempt: int) -> float:
        self._store._pause(attempt)  # noqa: SLF001 - the very pauses the function makes
        return self._pauses.pop()


def _is_refusal(attempt: _Attempt) -> bool:
    is_write = isinstance(attempt.request, Write | Commit)
    return is_write and isinstance(attempt.answer, ItemSeen | Refused)


def _is_transaction(request: Any) -> bool:
    return isinstance(request, Commit)


def _written_items(request: Any) -> list[tuple[str, str]]:
    if isinstance(request, Write):
        return [("user", request.user_id)]
    if not isinstance(request, Commit):
        return []
    link = [("link", request.link.subscription_id)] if request.link else []
    customer = [("customer", request.customer_id)] if request.customer else []
    return [*(("user", write.user_id) for write in request.writes), *link, *customer]


def crowd_figures(events: Sequence[Event], handlers: int, *, seed: int = 1) -> tuple[CrowdFigures, Tables]:
    """Let so many handlers at once handle events that all come at once.

    Returns:
        The figures, and the tables in the end.
    """
    crowd = Crowd(handlers, random.Random(f"crowd {seed}"))  # noqa: S311 - repeatable on purpose
    return crowd.handle(events), crowd.tables
