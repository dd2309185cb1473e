"""The names of changed attributes that a handling reports are those that changed."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from stripe_subscription_handler.conversation.messages import Outcome
from stripe_subscription_handler.decisions.view import VIEW
from stripe_subscription_handler.errors import UserNotFoundError
from stripe_subscription_handler.events.envelope import StripeEvent
from support.happenings import World
from support.model import Tables
from support.worlds import Kinds, worlds

Names = set[tuple[str, str]]
"""User and attribute."""


def views(tables: Tables) -> dict[tuple[str, str], Any]:
    """Every attribute of every view."""
    return {
        (user, name): item[name] for user, item in tables.profiles.items() for name in VIEW if name in item
    }


def reported(event: StripeEvent, outcome: Outcome) -> Names:
    """What the outcome says was changed."""
    whole = (*outcome.also_applied, outcome.of(event.id, outcome.user_id or ""))
    return {(one.user_id, name) for one in whole for name in one.changed}


@settings(deadline=None)
@given(
    world=worlds(Kinds(same_second=True, labels=1, companions=1)),
    order=st.randoms(use_true_random=False),
)
def test_reported_names_are_those_that_changed(world: World, order: Any) -> None:
    """In any order, with duplicates; parked events that are applied on the way report their own."""
    deliveries = [*world.events, *world.events]
    order.shuffle(deliveries)
    tables = Tables()
    for event in deliveries:
        before = views(tables)
        try:
            outcome = tables.deliver(event)
        except UserNotFoundError:
            continue
        after = views(tables)
        changed = {key for key in {**before, **after} if before.get(key) != after.get(key)}
        if outcome.drained:  # one may undo what another did
            assert changed <= reported(event, outcome)
        else:
            assert changed == reported(event, outcome)
