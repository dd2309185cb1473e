"""Judges what a delivery came to: owners, views, what is held and what still waits, against the truth."""

from collections.abc import Collection, Mapping
from typing import Any

from stripe_subscription_handler.decisions.ledger import Ledger
from stripe_subscription_handler.decisions.view import view
from support.model import Tables
from support.one_owner import holders, linked_owners
from support.true_views import View
from support.truth import Truth, seen


def views(tables: Tables) -> dict[str, View]:
    """Every user's view; a user who sees nothing is left out, with a profile item or without."""
    return {user: found for user, item in tables.profiles.items() if (found := _seen(tables, item))}


def _seen(tables: Tables, item: Mapping[str, Any]) -> View:
    return seen(item, tables.policy.shows.profile_attributes)


def judge_nobody_elses(tables: Tables) -> None:
    """Nobody sees a subscription that is linked to somebody else.

    Raises:
        AssertionError: Somebody does.
    """
    linked = linked_owners(tables)
    for user, item in tables.profiles.items():
        shown = seen(item).get("subscriptionId")
        assert shown is None or linked.get(shown) == user, f"{user} sees {shown} of {linked.get(shown)}"


def judge_ledgers(tables: Tables) -> None:
    """Each view is a function of what the item itself remembers and of the settings.

    Raises:
        AssertionError: Computed anew, one is another.
    """
    shows = tables.policy.shows
    for user, item in tables.profiles.items():
        anew = {
            name: value for name, value in view(Ledger.from_item(item), shows).items() if value is not None
        }
        assert _seen(tables, item) == anew, f"{user} sees {_seen(tables, item)}, his ledger tells {anew}"


def judge(
    tables: Tables, truth: Truth, *, profiles: Collection[str] | None = None, forgotten: bool = False
) -> None:
    """Compare everything with the truth.

    Args:
        tables: What it came to, once everything was delivered.
        truth: What it must come to.
        profiles: Users who have a profile item, where the others are not given one.
        forgotten: Whether the best of several dead subscriptions may have changed hands when the others were
            forgotten: then a user of whose subscriptions none lives may see any of them, or none.

    Raises:
        AssertionError: Somebody sees, holds or waits for what he should not.
    """
    judge_ledgers(tables)
    owners = {}
    linked = linked_owners(tables)
    for subscription_id in truth.subscriptions():
        possible = truth.owners(subscription_id)
        sole = next(iter(possible)) if len(possible) == 1 else linked.get(subscription_id)
        assert sole in possible, f"{subscription_id} is linked to {sole}, none of {possible}"
        owners[subscription_id] = sole
    _judge_items(tables, truth, owners)
    has_item = {user for user in owners.values() if user and (profiles is None or user in profiles)}
    for user in sorted(has_item.union(tables.profiles)):
        expected = truth.views(owners, user)
        if forgotten:
            expected = [*expected, *_remains(truth, owners, user)]
        found = _seen(tables, tables.profiles.get(user, {}))
        assert found in expected, f"{user} sees {found}, and should see {expected}"
    if profiles is not None:
        assert set(tables.profiles) <= set(profiles)
    _judge_waiting(tables, truth, owners, has_item)


def _judge_items(tables: Tables, truth: Truth, owners: dict[str, str | None]) -> None:
    found = holders(tables)
    for subscription_id, owner in owners.items():
        held = found.get(subscription_id, set())
        assert held <= {owner}, f"{owner} owns {subscription_id}, which is in the items of {held}"
        if owner in tables.profiles and truth.lives(subscription_id):
            assert held, f"{owner} owns {subscription_id}, and holds nothing of it"


def _judge_waiting(
    tables: Tables, truth: Truth, owners: dict[str, str | None], has_item: Collection[str]
) -> None:
    waiting = {event_id for events in tables.parked.values() for event_id in events}
    for fact in truth.world.facts:
        if fact.subscription_id and fact.is_of_subscription:
            owner = owners[fact.subscription_id]
            waits = fact.event.id in waiting
            if owner is None:
                what = f"nobody owns {fact.subscription_id}, whose event is {fact.event.id}"
                assert waits or not truth.must_wait(fact), f"{what}: it must wait"
                assert not waits or not truth.must_not_wait(fact), f"{what}: another app's must not wait"
            elif owner in has_item:
                assert not waits, f"{owner} owns {fact.subscription_id}, whose event {fact.event.id} waits"


def _remains(truth: Truth, owners: dict[str, str | None], user: str) -> list[View]:
    """What a user of whose subscriptions none lives may see, if some of them were forgotten."""
    owned = [key for key, owner in owners.items() if owner == user and truth.states(key)]
    if any(truth.may_live(key) for key in owned):
        return []
    return [{}, *(one for key in owned for one in truth.views({**dict.fromkeys(owners), key: user}, user))]
