"""Worlds with one way to deliver them each, as Hypothesis draws them."""

from collections.abc import Callable
from typing import Any

import attrs
from hypothesis import strategies as st

from stripe_subscription_handler.decisions.policy import Policy
from support.delivery import Ask, Delivery, Sync, interleaved
from support.happenings import Fact, World
from support.model import Tables
from support.tapes import Tape, cut, parted
from support.worlds import CHOICES, Kinds, drawn_world

MOST_COPIES = 6
"""Events that come twice, or more often."""
PARTS = (CHOICES, 64, 224)
"""Choices that make the world, that arrange its deliveries, and that schedule these."""


@attrs.frozen(repr=False)
class Stream:
    """A world and one way to deliver it.

    Attributes:
        deliveries: Its events in any order, some of them several times, and what the app does in between.
        tape: What chance decides while they are handled.
    """

    world: World
    deliveries: tuple[Delivery, ...]
    tape: Tape

    def delivered(self, policy: Policy, **how: Any) -> Tables:
        """The tables afterwards, what closes the world delivered last; `how` is `interleaved`'s."""
        tables = interleaved(self.world, self.deliveries, self.tape, policy, **how)
        return self.close(tables)

    def close(self, tables: Tables) -> Tables:
        """Deliver what closes the world."""
        for event in self.world.events[len(self.world.events) - self.world.closing :]:
            tables.deliver(event)
        return tables

    def closed_by(self, is_wanted: Callable[[Fact], bool]) -> "Stream":
        """Of what closes the world, the first that is wanted of each customer; the rest never happened."""
        facts = self.world.facts
        start = len(facts) - self.world.closing
        closing = {fact.customer_id: fact for fact in reversed(facts[start:]) if is_wanted(fact)}.values()
        world = attrs.evolve(self.world, facts=(*facts[:start], *closing), closing=len(closing))
        return attrs.evolve(self, world=world)

    def __repr__(self) -> str:
        """Show the world, then the order of the deliveries."""
        order = "\n".join(f"  {getattr(one, 'id', one)}" for one in self.deliveries)
        return f"{self.world!r}\ndelivered:\n{order}\n{self.tape!r}"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:  # noqa: FBT001 - Hypothesis's protocol
        """Hypothesis prints attrs classes field by field unless told otherwise."""
        printer.text(repr(self))


@st.composite
def streams(
    draw: st.DrawFn, kinds: Kinds, *between: Delivery, lost: bool = False, synced: bool = False
) -> Stream:
    """Worlds of these kinds, delivered in any way.

    Args:
        draw: Hypothesis's.
        kinds: What may happen.
        between: What comes at any time.
        lost: Whether some events never come. They are left out of the world too, but not of Stripe.
        synced: Whether subscriptions are compared with Stripe in between, and success pages ask.
    """
    choices = draw(st.binary(min_size=sum(PARTS), max_size=sum(PARTS)))
    making, arranging, delivering = parted(choices, *PARTS)
    world = drawn_world(making.pick, kinds)
    if lost and len(world.facts) > 1:
        gone = set(arranging.some_of(range(len(world.facts)), len(world.facts) - 1))
        kept = (fact for place, fact in enumerate(world.facts) if place not in gone)
        world = attrs.evolve(world, facts=tuple(kept))
    places = range(len(world.events) - world.closing)
    copies = arranging.some_of(places, MOST_COPIES)
    if synced:
        ids = sorted({fact.subscription_id for fact in world.facts if fact.subscription_id})
        between += tuple(map(Sync, arranging.some_of(ids, 3)))
        between += tuple(map(Ask, arranging.some_of(ids, 3)))
    every = (*(world.events[place] for place in (*places, *copies)), *between)
    return Stream(world, tuple(arranging.shuffled(every)), cut(delivering))
