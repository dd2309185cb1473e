"""Many thin events at once, against a Stripe that answers 25 requests a second: all applied, by themselves.

Each event has a thread, as it has an execution environment of its own on Lambda, and the real Stripe client
against a real HTTP server. Time is made up: it goes on when all of them wait, so a slow machine makes no
difference.
"""

import heapq
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import attrs

from stripe_handler_cli.lab.fake_stripe import API_KEY, FakeStripe, objects
from stripe_handler_cli.lab.fake_stripe.limits import Limits
from stripe_subscription_handler.conversation.handling import handling
from stripe_subscription_handler.conversation.messages import FetchedEvent, FetchEvent
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.events.envelope import parse_event
from stripe_subscription_handler.stripe_side.api import StripeApi
from stripe_subscription_handler.stripe_side.secret import StripeKey
from support import events
from support.model import Tables
from support.thin import thin_of

EVENTS = 300
SECONDS_OF_AN_INVOCATION = 30.0


@attrs.define
class MadeUpTime:
    """A clock for many threads, which goes on to the next one's end of waiting when all of them wait.

    Attributes:
        busy: Threads that do something.
        now: Seconds since the beginning.
    """

    busy: int
    now: float = 0.0
    _waiting: list[tuple[float, int, threading.Event]] = attrs.field(factory=list, init=False)
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False)

    def __call__(self) -> float:
        """Read it."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Wait."""
        over = threading.Event()
        with self._lock:
            heapq.heappush(self._waiting, (self.now + seconds, id(over), over))
            self._one_less()
        over.wait()

    def end(self) -> None:
        """A thread does nothing more."""
        with self._lock:
            self._one_less()

    def _one_less(self) -> None:
        self.busy -= 1
        if self.busy == 0 and self._waiting:
            self.now, _, over = heapq.heappop(self._waiting)
            self.busy = 1
            over.set()


@attrs.define
class Environment:
    """An execution environment: it handles one event, with the time that an invocation has."""

    url: str
    tables: Tables
    lock: threading.Lock
    time: MadeUpTime

    def handle(self, raw: dict[str, Any]) -> None:
        """Carry the event through, all events beginning at once."""
        try:
            self._handle(raw)
        finally:
            self.time.end()

    def _handle(self, raw: dict[str, Any]) -> None:
        key = StripeKey.from_environment({"STRIPE_SECRET_KEY": API_KEY})
        assert key is not None
        api = StripeApi(
            key, lambda: SECONDS_OF_AN_INVOCATION - self.time(), url=self.url, sleep=self.time.sleep
        )
        event = parse_event(raw)
        conversation = handling(event, self.tables.policy)
        answer: Any = None
        while True:
            try:
                request = conversation.send(answer)
            except StopIteration:
                return
            if isinstance(request, FetchEvent):
                body = api.fetch_event(request.form, request.event_id)
                answer = FetchedEvent(None if body is None else parse_event(body))
            else:
                with self.lock:
                    answer = self.tables.execute(request, event)


def test_a_burst_waits_for_its_turn_and_is_applied() -> None:
    """Nothing fails, so nothing is left for a retry, a queue or a person."""
    lives = [
        events.updated(
            events.subscription(id=f"sub_{number}", customer=f"cus_{number}", user=f"user_{number}"),
            event_id=f"evt_{number}",
        )
        for number in range(EVENTS)
    ]
    tables, lock = Tables(policy=Policy(can_ask_stripe=True)), threading.Lock()
    clock = MadeUpTime(EVENTS)
    limits = Limits(clock=clock)
    with FakeStripe(objects(*lives), limits=limits) as stripe, ThreadPoolExecutor(EVENTS) as pool:
        environments = [Environment(stripe.url, tables, lock, clock) for _ in lives]
        done = [pool.submit(one.handle, thin_of(raw)) for one, raw in zip(environments, lives, strict=True)]
        for one in done:
            one.result()
    assert len(tables.profiles) == EVENTS
    assert limits.refused > 0, "there was a burst"
