"""Runs a story again in memory, and finds its smallest part that ends wrong there. Pure and seeded.

The handler's own decisions are played on tables in memory. What is left out is what only the real thing has:
processes, the network, AWS.
"""

import random
from collections.abc import Callable, Iterator
from typing import Any, Final

import attrs

from stripe_handler_cli.lab.chaos.configured import Configured
from stripe_handler_cli.lab.chaos.plan import Event
from stripe_handler_cli.lab.chaos.stories import Story
from stripe_handler_cli.lab.fake_stripe import AHEAD_SECONDS
from stripe_handler_cli.lab.simulator import second_of, told_by
from stripe_handler_cli.lab.simulator.delivery import fetched_thin_event, snapshot_id
from stripe_subscription_handler.conversation.handling import handling
from stripe_subscription_handler.conversation.messages import (
    Fetch,
    Fetched,
    FetchedEvent,
    FetchEvent,
    Handling,
)
from stripe_subscription_handler.conversation.model import Tables
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.errors import HandlerError
from stripe_subscription_handler.events.envelope import StripeEvent, parse_event
from stripe_subscription_handler.events.fields import iso_time
from stripe_subscription_handler.events.objects import read_object
from stripe_subscription_handler.events.selection import Selection

_HANDLERS = 4
_KILL_SHARE = 0.03
_TRIES_PER_DELIVERY = 20
SCHEDULES = 200
"""Ways to interleave the handlers that are tried before a difference counts as not found again."""
_SHRINKING_SCHEDULES = 10
_MOST_RERUNS = 4_000
"""After so many, what was found so far is small enough."""

_STEPS: Final[tuple[Callable[[Story], Iterator[Story]], ...]] = (
    Story.ending_earlier,
    Story.without_payments,
    Story.with_one_subscription_less,
    Story.with_one_duplicate_less,
    Story.nearer_to_order,
)

Views = dict[str, dict[str, Any]]
Handle = Callable[[StripeEvent, Policy], Handling]


@attrs.frozen
class _Running:
    """A delivery that is being handled."""

    raw: Event
    event: StripeEvent
    conversation: Handling
    answer: Any = None


def rerun(story: Story, configured: Configured, schedule: int = 0, handle: Handle = handling) -> Views:
    """Run a story to its end, and return what each user's profile says.

    Schedule 0 handles one delivery after the other; any other number seeds an interleaving of several
    handlers, some of which die.
    """
    rng = random.Random(schedule)  # noqa: S311 - repeatable on purpose
    policy, selection = configured.policy, configured.selection
    stripe = _Stripe(story, selection)
    tables = Tables(policy=policy, stripe=stripe.fetched, stripe_events=stripe.fetched_event)
    waiting, running = list(story.deliveries), list[_Running]()
    tries = _TRIES_PER_DELIVERY * len(waiting)
    most = _HANDLERS if schedule else 1
    while waiting or running:
        if waiting and (not running or (len(running) < most and rng.random() < 1 / 2)):
            raw = waiting.pop(0)
            stripe.sent(raw)
            event = parse_event(raw, selection)
            running.append(_Running(raw, event, handle(event, policy)))
            continue
        one = running.pop(rng.randrange(len(running)))
        try:
            request = one.conversation.send(one.answer)
        except StopIteration:
            continue
        except HandlerError:
            ends_early = True
        else:
            one = attrs.evolve(one, answer=tables.execute(request, one.event))
            ends_early = bool(schedule) and rng.random() < _KILL_SHARE
        if not ends_early:
            running.append(one)
        elif (tries := tries - 1) > 0:
            waiting.append(one.raw)
    profiles = {user: tables.profiles.get(user, {}) for user in story.life.users}
    return {user: told_by(item, story.life.settings) for user, item in profiles.items()}


@attrs.define
class _Stripe:
    """What Stripe says while a story runs: as it was shortly after the newest event so far."""

    story: Story
    selection: Selection
    now: int = 0

    def sent(self, raw: Event) -> None:
        self.now = max(self.now, second_of(raw) + int(AHEAD_SECONDS))

    def fetched(self, request: Fetch) -> Fetched:
        # The round trip is below a second, so the answer counts as of two seconds before its date.
        as_of = iso_time(self.now - 2, "now")
        body = self.story.book.find(request.subject, request.object_id, self.now)
        found = None if body is None else read_object(request.subject, body, as_of, self.selection)
        return Fetched(found, as_of)

    def fetched_event(self, request: FetchEvent) -> FetchedEvent:
        is_thin = request.form == "v2.core.event"
        wanted = snapshot_id(request.event_id) if is_thin else request.event_id
        happened = (one.snapshot for one in self.story.life.happenings if one.second <= self.now)
        snapshot = next((event for event in happened if event["id"] == wanted), None)
        if snapshot is None:
            return FetchedEvent(None)
        return FetchedEvent(
            parse_event(fetched_thin_event(snapshot) if is_thin else snapshot, self.selection)
        )


@attrs.frozen
class Smallest:
    """A story that ends wrong: what each profile says in the end, when it is rerun by this schedule."""

    story: Story
    found: Views
    schedule: int


def smallest(story: Story, configured: Configured, handle: Handle = handling) -> Smallest | None:
    """Find the smallest part of a story that ends wrong in memory; None if it ended right every time."""
    return _Search(configured, handle).smallest(story)


@attrs.define
class _Search:
    configured: Configured
    handle: Handle
    reruns: int = 0

    def smallest(self, story: Story) -> Smallest | None:
        best = self._wrong(story, range(SCHEDULES))
        seen = None
        while best is not None and best is not seen and self.reruns <= _MOST_RERUNS:
            seen = best
            for step in _STEPS:
                best = self._exhausted(best, step)
        return best

    def _exhausted(self, best: Smallest, step: Callable[[Story], Iterator[Story]]) -> Smallest:
        """Take a step as often as what is left still ends wrong."""
        while True:
            # What goes wrong one after the other must go on to: that is easier to read.
            schedules = {best.schedule, *range(_SHRINKING_SCHEDULES)} if best.schedule else {0}
            tried = (self._wrong(candidate, sorted(schedules)) for candidate in step(best.story))
            found = next((one for one in tried if one is not None), None)
            if found is None or self.reruns > _MOST_RERUNS:
                return found or best
            best = found

    def _wrong(self, story: Story, schedules: range | list[int]) -> Smallest | None:
        for schedule in schedules:
            self.reruns += 1
            found = rerun(story, self.configured, schedule, self.handle)
            if found != story.truth:
                return Smallest(story, found, schedule)
        return None
