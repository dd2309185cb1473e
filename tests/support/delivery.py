"""Delivers a world's events as badly as AWS may: any order, several handlers at once, some killed."""

from collections.abc import Sequence
from datetime import datetime
from email.utils import formatdate

from hypothesis import strategies as st

from stripe_subscription_handler.conversation import Fetched, FetchSubscription
from stripe_subscription_handler.envelope import StripeEvent
from stripe_subscription_handler.errors import (
    ConcurrentUpdateError,
    StripeUnavailableError,
    UserNotFoundError,
)
from stripe_subscription_handler.handling import handling
from stripe_subscription_handler.policy import Policy
from stripe_subscription_handler.stripe_api import snapshot_as_of
from support.model import Tables, stripe_at
from support.worlds import World

COMES_BACK = (ConcurrentUpdateError, StripeUnavailableError, UserNotFoundError)
"""Errors after which an event is delivered again: by Lambda's retries, or by a redrive."""
MOST_KILLS = 3
MOST_HANDLERS = 3
TICKS = 20
"""Ticks in a second: more than the events of a world, so that each event gets a tick of its own."""
_LONGEST_ROUND_TRIP = 3 * TICKS
_LONGEST_QUIET = 12 * TICKS
_GIVE_UP = 400


def in_order(world: World, policy: Policy) -> Tables:
    """What in-order, exactly-once delivery gives, each event handled before the next one happens."""
    tables = Tables(policy=policy)
    for index, event in enumerate(world.events):
        tables.stripe = stripe_at(world.events, index + 1, event.created)
        tables.deliver(event)
    return tables


def interleaved(world: World, deliveries: Sequence[StripeEvent], draw: st.DrawFn, policy: Policy) -> Tables:
    """Deliver with up to three handlers at once, which Hypothesis schedules and kills.

    Stripe answers with its state at any moment after the handled event, which the library has to date.
    """
    tables, waiting, running = Tables(policy=policy), list(deliveries), []
    kills, steps = MOST_KILLS, 0
    while waiting or running:
        steps += 1
        if waiting and (not running or (len(running) < MOST_HANDLERS and draw(st.booleans()))):
            event = waiting.pop(0)
            running.append((event, handling(event, policy), None))
            continue
        event, conversation, answer = running.pop(draw(st.integers(0, len(running) - 1)))
        try:
            request = conversation.send(answer)
        except StopIteration:
            continue
        except COMES_BACK:
            if steps > _GIVE_UP:
                raise
            waiting.append(event)
            continue
        if isinstance(request, FetchSubscription):
            done = _stripes_answer(world, event, request, draw)
        else:
            done = tables.execute(request, event)
        if kills and draw(st.integers(0, 9)) == 0:
            kills -= 1
            waiting.append(event)
            continue
        running.append((event, conversation, done))
    return tables


def _stripes_answer(world: World, event: StripeEvent, request: FetchSubscription, draw: st.DrawFn) -> Fetched:
    """Let Stripe read the subscription at any moment after the event, and the library compute `as_of`."""
    happened = list(world.events)
    moments = _moments(world)
    reached = draw(st.integers(happened.index(event) + 1, len(happened)))
    quiet_ends = moments[reached] if reached < len(happened) else moments[-1] + _LONGEST_QUIET
    read = draw(st.integers(moments[reached - 1], quiet_ends - 1))
    # The Date header is written between the read and the end of the round trip, and shows whole seconds.
    round_trip = draw(st.integers(0, _LONGEST_ROUND_TRIP))
    date = (read + draw(st.integers(0, round_trip))) // TICKS
    as_of = snapshot_as_of(formatdate(date, usegmt=True), round_trip / TICKS)
    return stripe_at(happened, reached, as_of)(request)


def _moments(world: World) -> list[int]:
    """When each event happened, in ticks: those of one second one after the other, inside their second."""
    seconds = [int(datetime.fromisoformat(event.created).timestamp()) for event in world.events]
    return [second * TICKS + index - seconds.index(second) + 1 for index, second in enumerate(seconds)]
