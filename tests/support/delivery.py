"""Delivers a world's events as badly as AWS may: any order, several handlers at once, some killed."""

from collections.abc import Sequence
from datetime import datetime
from email.utils import formatdate

from hypothesis import strategies as st

from stripe_subscription_handler.conversation.handling import handling
from stripe_subscription_handler.conversation.messages import Answer, FetchInvoice, FetchSubscription
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.errors import (
    ConcurrentUpdateError,
    StripeUnavailableError,
    UserNotFoundError,
)
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.stripe_side.api import snapshot_as_of
from support.model import FOREVER, Asked, Tables, stripe_at
from support.worlds import World

COMES_BACK = (ConcurrentUpdateError, StripeUnavailableError, UserNotFoundError)
"""Errors after which an event is delivered again: by Lambda's retries, or by a redrive."""
MOST_KILLS = 3
MOST_HANDLERS = 3
MOST_RETURNS = 6
"""Events that came back, after which Stripe's answers are fresh."""
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


def as_thin(event: StripeEvent) -> StripeEvent:
    """The thin event of an event: it says which object changed, and neither how nor whose it is."""
    subject = event.invoice or event.subscription
    return StripeEvent(
        id=event.id,
        type=f"v1.{event.type}",
        created=event.created,
        livemode=event.livemode,
        related_id=subject.id if subject else None,
    )


def interleaved(
    world: World, deliveries: Sequence[StripeEvent], draw: st.DrawFn, policy: Policy, *, thin: bool = False
) -> Tables:
    """Deliver with up to three handlers at once, which Hypothesis schedules and kills.

    Stripe answers with its state at any moment after the handled event, which the library has to date.

    Args:
        world: What happened.
        deliveries: Its events in the order in which they are first delivered.
        draw: Schedules and kills.
        policy: The environment's choices.
        thin: Whether they are delivered as thin events.
    """
    form = as_thin if thin else _as_it_is
    tables, waiting, running = Tables(policy=policy), list(deliveries), []
    kills, steps, happened, returned = MOST_KILLS, 0, 0, 0
    while waiting or running:
        steps += 1
        if waiting and (not running or (len(running) < MOST_HANDLERS and draw(st.booleans()))):
            event = waiting.pop(0)
            happened = max(happened, world.events.index(event) + 1)
            running.append((event, handling(form(event), policy), None))
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
            returned += 1
            continue
        if isinstance(request, FetchSubscription | FetchInvoice):
            # Sooner or later nothing happens any more, and Stripe shows all that did.
            done = (
                _stripes_answer(world, happened, request, draw)
                if returned < MOST_RETURNS
                else stripe_at(world.events, len(world.events), FOREVER)(request)
            )
        else:
            done = tables.execute(request, form(event))
        if kills and draw(st.integers(0, 9)) == 0:
            kills -= 1
            waiting.append(event)
            continue
        running.append((event, conversation, done))
    return tables


def _as_it_is(event: StripeEvent) -> StripeEvent:
    return event


def _stripes_answer(world: World, least: int, request: Asked, draw: st.DrawFn) -> Answer:
    """Let Stripe read the object at any moment after what was delivered, and the library compute `as_of`."""
    moments = _moments(world)
    reached = draw(st.integers(least, len(world.events)))
    quiet_ends = moments[reached] if reached < len(world.events) else moments[-1] + _LONGEST_QUIET
    read = draw(st.integers(moments[reached - 1], quiet_ends - 1))
    # The Date header is written between the read and the end of the round trip, and shows whole seconds.
    round_trip = draw(st.integers(0, _LONGEST_ROUND_TRIP))
    date = (read + draw(st.integers(0, round_trip))) // TICKS
    as_of = snapshot_as_of(formatdate(date, usegmt=True), round_trip / TICKS)
    return stripe_at(world.events, reached, as_of)(request)


def _moments(world: World) -> list[int]:
    """When each event happened, in ticks: those of one second one after the other, inside their second."""
    seconds = [int(datetime.fromisoformat(event.created).timestamp()) for event in world.events]
    return [second * TICKS + index - seconds.index(second) + 1 for index, second in enumerate(seconds)]
